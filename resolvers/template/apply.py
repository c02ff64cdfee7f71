"""Filling a new project with what a template holds, within the change that creates it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from models import Card, Column, CustomField, Label, Scope
from models.base import AnyRecord, Record, Recorded, insert_all, to_record
from models.card import ChecklistItem
from models.enums import ActivityType, FieldType
from models.facts import TEMPLATE, declared
from models.ids import Kind, new_id
from models.rank import ranks_after
from models.records import (
    CardRecord,
    ColumnRecord,
    CustomFieldRecord,
    LabelRecord,
    ProjectRecord,
    ScopeRecord,
    TemplateCardRecord,
    TemplateColumnRecord,
    TemplateContentRecord,
    TemplateFieldRecord,
    TemplateScopeRecord,
)
from models.template import part_key
from realtime.events.card import CardCreated
from realtime.events.column import ColumnCreated
from realtime.events.custom_field import CustomFieldCreated
from realtime.events.label import LabelCreated
from realtime.events.scope import ScopeCreated
from realtime.log import Change
from realtime.numbers import number
from resolvers.activity.activity import new_activity, record_activities
from resolvers.card.card import new_card
from resolvers.card.label import new_label
from resolvers.lane.card_kept import keep

FILLS = ("scopeCreate", "columnCreate", "labelCreate", "customFieldCreate", "cardCreate")
"""The operations whose work it does."""


async def fill_project(change: Change, project: ProjectRecord, content: TemplateContentRecord) -> None:
    """Write scopes, columns, labels, custom fields and cards; everything is told as if it were created one by one."""
    inside = {"workspace_id": project["workspace_id"], "project_id": project["_id"], "created_at": change.at}
    scopes = await _scopes(change, inside, content["scopes"])
    columns = await _columns(change, inside, content["columns"], scopes)
    labels = [new_label(change, project, _carried(change, Label, label)) for label in content["labels"]]
    await insert_all(Label, labels, change)
    change.append(project["workspace_id"], *(LabelCreated(label=label, project_id=project["_id"]) for label in labels))
    fields = await _fields(change, inside, content["custom_fields"])
    await _cards(change, project, content["cards"], columns, labels, fields)


async def fill_board(change: Change, scope: ScopeRecord, content: TemplateContentRecord) -> None:
    """Give a new scope the columns of a template's own board."""
    inside = {"workspace_id": scope["workspace_id"], "project_id": scope["project_id"], "created_at": change.at}
    given: list[TemplateColumnRecord] = [
        {**column, "scope": 0} for column in content["columns"] if column["scope"] is None
    ]
    await _columns(change, inside, given, [scope])


def _moment(change: Change, day: int | None) -> datetime | None:
    """The midnight (UTC) of a day that counts from today; one beyond the last of all, which means never, is that."""
    today = change.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return None if day is None else today + timedelta(days=min(day, (date.max - today.date()).days))


def _carried(change: Change, model: type[Recorded[Any]], part: AnyRecord) -> Record:
    """What a part of a template gives an object because its model says so; one of before may lack some."""
    values = {key: part.get(part_key(field), field.default) for key, field in declared(model, TEMPLATE).items()}
    return {
        key: _moment(change, value) if declared(model, TEMPLATE)[key].type is datetime else value
        for key, value in values.items()
    }


async def _scopes(change: Change, inside: Record, given: Sequence[TemplateScopeRecord]) -> list[ScopeRecord]:
    scopes = [
        to_record(
            Scope(
                **inside,
                **_carried(change, Scope, scope),
                rank=rank,
                updated_at=change.at,
            )
        )
        for scope, rank in zip(given, ranks_after(None, len(given)), strict=True)
    ]
    await insert_all(Scope, scopes, change)
    events = (ScopeCreated(scope=scope, project_id=scope["project_id"]) for scope in scopes)
    change.append(inside["workspace_id"], *events)
    return scopes


async def _columns(
    change: Change, inside: Record, given: Sequence[TemplateColumnRecord], scopes: Sequence[ScopeRecord]
) -> list[ColumnRecord]:
    columns: list[ColumnRecord] = []
    places: dict[int | None, int] = {}
    for record, rank in zip(given, ranks_after(None, len(given)), strict=True):
        scope_id = None if record["scope"] is None else scopes[record["scope"]]["_id"]
        column = to_record(Column(**inside, scope_id=scope_id, rank=rank, **_carried(change, Column, record)))
        order = places.get(record["scope"], 0)
        places[record["scope"]] = order + 1
        change.append(
            inside["workspace_id"], ColumnCreated(column=column, order=order, project_id=inside["project_id"])
        )
        columns.append(column)
    await insert_all(Column, columns, change)
    return columns


async def _fields(change: Change, inside: Record, given: Sequence[TemplateFieldRecord]) -> list[CustomFieldRecord]:
    fields: list[CustomFieldRecord] = []
    for order, (record, rank) in enumerate(zip(given, ranks_after(None, len(given)), strict=True)):
        field = to_record(CustomField(**inside, **_carried(change, CustomField, record), rank=rank))
        field["options"] = [
            {"id": new_id(Kind.CUSTOM_FIELD_OPTION), "label": option["name"], "color": option["color"]}
            for option in record["options"]
        ]
        event = CustomFieldCreated(custom_field=field, order=order, project_id=inside["project_id"])
        change.append(inside["workspace_id"], event)
        fields.append(field)
    await insert_all(CustomField, fields, change)
    return fields


async def _cards(
    change: Change,
    project: ProjectRecord,
    given: Sequence[TemplateCardRecord],
    columns: Sequence[ColumnRecord],
    labels: Sequence[LabelRecord],
    fields: Sequence[CustomFieldRecord],
) -> None:
    cards: list[CardRecord] = []
    places: dict[int | None, int] = {}
    for record, rank in zip(given, ranks_after(None, len(given)), strict=True):
        column = None if record["column"] is None else columns[record["column"]]
        values = {
            **_carried(change, Card, record),
            "label_ids": [labels[place]["_id"] for place in record["labels"]],
            "checklist": [ChecklistItem(title=title) for title in record["checklist"]],
            "custom_values": {
                str(fields[value["field"]]["_id"]): _value(fields[value["field"]], value["value"])
                for value in record["values"]
            },
        }
        card = new_card(change, project, column, rank, values)
        await number(change, Card, card)
        order = places.get(record["column"], 0)
        places[record["column"]] = order + 1
        change.append(project["workspace_id"], CardCreated(card=card, order=order))
        cards.append(card)
    await insert_all(Card, cards, change)
    await keep(change, [(None, card) for card in cards])
    kind = ActivityType.CARD_CREATED
    await record_activities(change, [new_activity(change, item, kind, {"title": item["title"]}) for item in cards])


def _value(field: CustomFieldRecord, value: Any) -> Any:
    """A value as the card holds it: options by their ids here."""
    options = field["options"]
    if field["type"] == FieldType.SELECT.value:
        return options[value]["id"]
    return [options[place]["id"] for place in value] if field["type"] == FieldType.MULTI_SELECT.value else value
