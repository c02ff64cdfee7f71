"""Import and export of whole projects: all or nothing, and what is exported can be imported again."""

from typing import Any

from bson import ObjectId

from auth.policies import delivery
from models import Card, Column, Label, Project
from models.base import Record, collection, to_record
from models.enums import ActivityType, Priority, TokenScope
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.rank import ranks_after
from realtime.events import CardCreated, ColumnCreated, LabelCreated
from realtime.log import Change, Committed
from resolvers.access import access, check_workspace
from resolvers.activity import new_activity, record_activities
from resolvers.card import checklist_of, new_card
from resolvers.card_place import BY_RANK
from resolvers.context import Context
from resolvers.inputs.board import MAX_PROJECT_LABELS
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.transfer import ImportedCard, ProjectImport
from resolvers.label import new_label
from resolvers.operation import operation
from resolvers.project import insert_project

PALETTE = ("#ef4444", "#f59e0b", "#10b981", "#3b82f6", "#8b5cf6", "#ec4899", "#14b8a6", "#6b7280")
EXPORT_LIMIT = 100_000


@operation("projectImport", scope=TokenScope.PROJECTS_WRITE, permission=delivery.WRITE)
async def import_project(ctx: Context, workspace_id: ObjectId | str, values: ProjectImport) -> Committed[Record]:
    """Make a project out of its whole description, in one transaction.

    Raises BadUserInput that names the first bad card (`cards.7.columnIndex`, and `index` in the details).
    """
    wanted = parse_id(workspace_id, Kind.WORKSPACE, field="workspaceId")
    await check_workspace(ctx, wanted, delivery.WRITE)
    _check(values)

    async def body(change: Change) -> Record:
        created = ProjectCreate(workspace_id=wanted, **values.project.model_dump())
        project = await insert_project(change, created, ctx.user_id)
        columns = await _columns(change, project, values)
        labels = await _labels(change, project, values)
        await _cards(change, project, columns, labels, values.cards)
        return project

    return await ctx.write(wanted, body)


def _check(values: ProjectImport) -> None:
    """What the shape of each card alone does not tell."""
    names: set[str] = set()
    for index, card in enumerate(values.cards):
        if card.column_index is not None and card.column_index >= len(values.columns):
            raise BadUserInput("points to no column", field=f"cards.{index}.columnIndex", index=index)
        ids = [item.id for item in card.checklist if item.id is not None]
        if len(set(ids)) != len(ids):
            raise BadUserInput("has two items with one id", field=f"cards.{index}.checklist", index=index)
        names.update(card.labels)
        if len(names) > MAX_PROJECT_LABELS:
            limit = f"a project has at most {MAX_PROJECT_LABELS} labels"
            raise BadUserInput(limit, field=f"cards.{index}.labels", index=index)


async def _columns(change: Change, project: Record, values: ProjectImport) -> list[Record]:
    ranks = ranks_after(None, len(values.columns))
    columns = [
        to_record(
            Column(
                workspace_id=project["workspace_id"],
                project_id=project["_id"],
                name=column.name,
                rank=rank,
                created_at=change.at,
            )
        )
        for column, rank in zip(values.columns, ranks, strict=True)
    ]
    if columns:
        await collection(Column).insert_many(columns, session=change.session)
    events = (ColumnCreated(column=one, order=place, project_id=project["_id"]) for place, one in enumerate(columns))
    change.append(project["workspace_id"], *events)
    return columns


async def _labels(change: Change, project: Record, values: ProjectImport) -> dict[str, ObjectId]:
    names = list(dict.fromkeys(name for card in values.cards for name in card.labels))
    labels = [new_label(change, project, name, PALETTE[n % len(PALETTE)]) for n, name in enumerate(names)]
    if labels:
        await collection(Label).insert_many(labels, session=change.session)
    change.append(project["workspace_id"], *(LabelCreated(label=one, project_id=project["_id"]) for one in labels))
    return {label["name"]: label["_id"] for label in labels}


async def _cards(
    change: Change, project: Record, columns: list[Record], labels: dict[str, ObjectId], imported: list[ImportedCard]
) -> None:
    cards: list[Record] = []
    open_before: dict[int | None, int] = {}
    for card, rank in zip(imported, ranks_after(None, len(imported)), strict=True):
        column = columns[card.column_index] if card.column_index is not None else None
        given = card.model_dump(exclude={"column_index", "labels", "checklist"})
        record = new_card(change, project, column, rank, given)
        record["label_ids"] = [labels[name] for name in dict.fromkeys(card.labels)]
        record["checklist"] = checklist_of(card.checklist)
        order = open_before.get(card.column_index, 0)
        open_before[card.column_index] = order + (not card.archived)
        change.append(project["workspace_id"], CardCreated(card=record, order=order))
        cards.append(record)
    if cards:
        await collection(Card).insert_many(cards, session=change.session)
        kind = ActivityType.CARD_CREATED
        await record_activities(change, [new_activity(change, one, kind, {"title": one["title"]}) for one in cards])


@operation("projectExport", scope=TokenScope.PROJECTS_READ, permission=delivery.READ, read_only=True)
async def export_project(ctx: Context, project_id: ObjectId | str) -> dict[str, Any]:
    """The project in the import format: its own columns first, then its scopes'; dates as datetimes.

    It can be imported again as long as it keeps to the limits of an import (columns, cards).
    """
    project = await access(ctx, Project, Kind.PROJECT, project_id, delivery.READ)
    inside = {"project_id": project["_id"]}
    columns = await collection(Column).find(inside).sort([("scope_id", 1), *BY_RANK]).to_list()
    labels = {one["_id"]: one["name"] for one in await collection(Label).find(inside).to_list()}
    index = {column["_id"]: place for place, column in enumerate(columns)}
    cards = await collection(Card).find(inside).sort(BY_RANK).limit(EXPORT_LIMIT).to_list()
    cards.sort(key=lambda card: index.get(card["column_id"], len(columns)))
    return {
        "project": {name: project[name] for name in ("name", "description", "deadline")},
        "columns": [{"name": column["name"]} for column in columns],
        "cards": [_exported(card, index, labels) for card in cards],
    }


def _exported(card: Record, index: dict[ObjectId, int], labels: dict[ObjectId, str]) -> dict[str, Any]:
    return {
        "title": card["title"],
        "columnIndex": index.get(card["column_id"]),
        "description": card["description"],
        "priority": Priority(card["priority"]).word if card["priority"] else None,
        "startDate": card["start_date"],
        "dueDate": card["due_date"],
        "archived": card["archived"],
        "checklist": [{"title": item["title"], "done": item["done"]} for item in card["checklist"]],
        "labels": [labels[one] for one in card["label_ids"] if one in labels],
    }
