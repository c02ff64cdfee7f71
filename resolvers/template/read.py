"""Making a template's content out of a project: everything by place rather than by id, dates as days."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from models import Card, Column, CustomField, Label, Scope
from models.base import AnyRecord, R, Record, Recorded, collection
from models.enums import FieldType
from models.errors import Conflict
from models.facts import TEMPLATE, declared
from models.records import CardRecord, CustomFieldRecord
from models.template import TemplateContent, part_key
from realtime.log import Change
from resolvers.inputs.custom_value import known
from resolvers.kit.tombstone import Gone
from resolvers.lane.card_place import BY_RANK

MAX_CARDS = 500
MAX_COLUMNS = 500

Places = dict[ObjectId | None, int]


async def content_of(change: Change, project_id: ObjectId, gone: Gone, *, cards: bool) -> TemplateContent:
    """What a project holds now; raises Conflict for one that is too large for a template."""

    async def all_of(model: type[Recorded[R]], sort: Sequence[tuple[str, int]], **where: Any) -> list[R]:
        found = collection(model).find({"project_id": project_id, **where}, session=change.session)
        return gone.without(await found.sort(list(sort)).to_list())

    scopes, labels = await all_of(Scope, BY_RANK), await all_of(Label, [("name", 1)])
    columns = await all_of(Column, [("scope_id", 1), *BY_RANK])
    fields = await all_of(CustomField, BY_RANK)
    copied = await all_of(Card, BY_RANK, archived=False) if cards else []
    for noun, found, most in (("columns", columns, MAX_COLUMNS), ("open cards", copied, MAX_CARDS)):
        if len(found) > most:
            raise Conflict(f"A template has at most {most} {noun}; the project has {len(found)}")
    first = min((date for date in (*_dates(Scope, scopes), *_dates(Card, copied)) if date is not None), default=None)
    in_scopes, in_columns, in_labels = _places(scopes), _places(columns), _places(labels)
    return TemplateContent.model_validate(
        {
            "scopes": [_carried(Scope, scope, first) for scope in scopes],
            "columns": [
                _carried(Column, column, first) | {"scope": in_scopes.get(column["scope_id"])} for column in columns
            ],
            "labels": [_carried(Label, label, first) for label in labels],
            "custom_fields": [
                _carried(CustomField, field, first)
                | {"options": [{"name": option["label"], "color": option["color"]} for option in field["options"]]}
                for field in fields
            ],
            "cards": [_card(copied_card, first, in_columns, in_labels, fields) for copied_card in copied],
        }
    )


def _card(
    card: CardRecord, first: datetime | None, columns: Places, labels: Places, fields: Sequence[CustomFieldRecord]
) -> Record:
    places = {field["_id"]: place for place, field in enumerate(fields)}
    return _carried(Card, card, first) | {
        "column": columns.get(card["column_id"]),
        "labels": [labels[label_id] for label_id in card["label_ids"] if label_id in labels],
        "checklist": [item["title"] for item in card["checklist"]],
        "values": [
            {"field": places[field["_id"]], "value": _value(field, value)}
            for field, value in known(card.get("custom_values"), fields)
        ],
    }


def _carried(model: type[Recorded[Any]], record: AnyRecord, first: datetime | None) -> Record:
    """What a template has of a record because its model says so."""
    return {
        part_key(field): _day(record.get(key), first) if field.type is datetime else record.get(key, field.default)
        for key, field in declared(model, TEMPLATE).items()
    }


def _dates(model: type[Recorded[Any]], records: Sequence[AnyRecord]) -> Iterator[datetime | None]:
    keys = [key for key, field in declared(model, TEMPLATE).items() if field.type is datetime]
    return (record.get(key) for record in records for key in keys)


def _value(field: CustomFieldRecord, value: Any) -> Any:
    options = {option["id"]: place for place, option in enumerate(field["options"])}
    if field["type"] == FieldType.SELECT.value:
        return options[value]
    return [options[element] for element in value] if field["type"] == FieldType.MULTI_SELECT.value else value


def _places(records: Sequence[AnyRecord]) -> Places:
    return {record["_id"]: place for place, record in enumerate(records)}


def _day(date: datetime | None, first: datetime | None) -> int | None:
    return None if date is None or first is None else (date.date() - first.date()).days
