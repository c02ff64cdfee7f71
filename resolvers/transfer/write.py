"""The parts of an import, each small enough for a transaction: all of them in one, or one after the other in a job."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import Card, Column, Comment, CustomField, Document, Label, Scope
from models.base import AnyRecord, Recorded, collection, insert_all, text_keys, to_record, with_changes
from models.enums import ActivityType, ColumnKind
from models.facts import TRANSFER
from models.ids import Kind, kind_of, portions
from models.rank import ranks_after
from models.records import CardRecord, CardStepRecord, CommentRecord, LabelRecord, ProjectRecord
from models.turns import in_turns
from realtime.events.card import CardCreated
from realtime.events.column import ColumnCreated
from realtime.events.comment import CommentAdded
from realtime.events.custom_field import CustomFieldCreated
from realtime.events.label import LabelCreated
from realtime.events.scope import ScopeCreated
from realtime.log import Change
from realtime.numbers import number
from resolvers.activity.activity import new_activity, record_activities
from resolvers.card.card import checklist_of, new_card
from resolvers.card.label import new_label
from resolvers.card.progress import progress
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.transfer import ImportedCard, ImportedColumn
from resolvers.kit.context import Context
from resolvers.kit.fields import values_of
from resolvers.kit.plan_limits import require_plan_room
from resolvers.lane.card_kept import keep
from resolvers.member.project_member import add_member
from resolvers.project.project import insert_project
from resolvers.template.apply import FILLS
from resolvers.transfer.documents import document_parts
from resolvers.transfer.plan import Plan
from resolvers.transfer.relations import relation_parts

_MODELS: dict[type[Recorded[Any]], Kind] = {
    Card: Kind.CARD,
    Column: Kind.COLUMN,
    Document: Kind.DOCUMENT,
    Label: Kind.LABEL,
    Scope: Kind.SCOPE,
}
MAKES = ("projectCreate", *FILLS, "relationCreate", "commentCreate", "documentCreate", "documentLink")
"""The operations whose work an import does."""
CARDS_AT_ONCE = 200
"""Cards, with their comments, of one part."""


@dataclass(frozen=True, slots=True)
class Part:
    """A bounded piece of an import: `size` objects that `write` writes into a project, inside of `ready`.

    `refers` are ids of what it points to in parts before it.
    """

    size: int
    write: Callable[[Change, ProjectRecord], Awaitable[None]]
    refers: frozenset[ObjectId] = frozenset()
    ready: Callable[[], AbstractAsyncContextManager[None]] = nullcontext


async def write_project(ctx: Context, change: Change, plan: Plan) -> ProjectRecord:
    """The project itself, its members and its board without cards."""
    await require_plan_room(ctx, change, "projects", {"workspace_id": plan.workspace_id})
    created = ProjectCreate(workspace_id=plan.workspace_id, **plan.values.project.model_dump())
    project = await insert_project(change, created, ctx.user_id)
    members = [plan.people.get(email) for email in plan.values.members]
    assignees = [plan.people.get(card.assignee or "") for card in plan.values.cards]
    for user_id in dict.fromkeys([*members, *assignees]):
        if user_id is not None and user_id != ctx.user_id:
            await add_member(change, project, user_id)
    await _scopes(change, plan, project)
    await _columns(change, plan, project)
    await _labels(change, plan, project)
    await _fields(change, plan, project)
    return project


def parts(plan: Plan) -> Iterator[Part]:
    """What is left to write after the project itself, in order."""
    yield from _card_parts(plan)
    for size, write, refers in (*relation_parts(plan), *document_parts(plan)):
        yield Part(size, write, refers)


async def find_gone(change: Change, plan: Plan, part: Part) -> None:
    """Look for what a part points to, where others may have worked on the project since that was written."""
    plan.gone = set(part.refers)
    for model, kind in _MODELS.items():
        for ids in portions(refer for refer in part.refers if kind_of(refer) is kind):
            found = collection(model).find({"_id": {"$in": ids}}, {"_id": 1}, session=change.session)
            plan.gone.difference_update([record["_id"] async for record in found])


async def _scopes(change: Change, plan: Plan, project: ProjectRecord) -> None:
    given = plan.values.scopes
    scopes = [
        to_record(
            Scope(
                id=scope_id,
                workspace_id=plan.workspace_id,
                project_id=project["_id"],
                **values_of(scope, Scope, TRANSFER),
                rank=rank,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        for scope_id, scope, rank in zip(plan.scope_ids, given, ranks_after(None, len(given)), strict=True)
    ]
    await insert_all(Scope, scopes, change)
    change.append(plan.workspace_id, *(ScopeCreated(scope=scope, project_id=project["_id"]) for scope in scopes))


async def _columns(change: Change, plan: Plan, project: ProjectRecord) -> None:
    given = plan.values.columns
    columns = [
        to_record(
            Column(
                id=column_id,
                workspace_id=plan.workspace_id,
                project_id=project["_id"],
                scope_id=None if column.scope_index is None else plan.scope_ids[column.scope_index],
                **values_of(column, Column, TRANSFER),
                rank=rank,
                created_at=change.at,
            )
        )
        for column_id, column, rank in zip(plan.column_ids, given, ranks_after(None, len(given)), strict=True)
    ]
    await insert_all(Column, columns, change)
    places: dict[ObjectId | None, int] = {}
    for column in columns:
        place = places.get(column["scope_id"], 0)
        places[column["scope_id"]] = place + 1
        change.append(plan.workspace_id, ColumnCreated(column=column, order=place, project_id=project["_id"]))


async def _labels(change: Change, plan: Plan, project: ProjectRecord) -> None:
    labels: list[LabelRecord] = [
        {**new_label(change, project, values), "_id": label_id} for label_id, values in plan.labels.values()
    ]
    await insert_all(Label, labels, change)
    change.append(plan.workspace_id, *(LabelCreated(label=label, project_id=project["_id"]) for label in labels))


async def _fields(change: Change, plan: Plan, project: ProjectRecord) -> None:
    inside = {"workspace_id": plan.workspace_id, "project_id": project["_id"], "created_at": change.at}
    fields = [with_changes(field, inside) for field in plan.fields.values()]
    await insert_all(CustomField, fields, change)
    events = (
        CustomFieldCreated(custom_field=field, order=place, project_id=project["_id"])
        for place, field in enumerate(fields)
    )
    change.append(plan.workspace_id, *events)


def _card_parts(plan: Plan) -> Iterator[Part]:
    cards = plan.values.cards
    ranks = ranks_after(None, len(cards))
    open_before: dict[int | None, int] = {}
    orders: list[int] = []
    for card in cards:
        order = open_before.get(card.column_index, 0)
        open_before[card.column_index] = order + (not card.archived)
        orders.append(order)
    start = size = 0
    for end, card in enumerate(cards, 1):
        size += 1 + len(card.comments)
        if size >= CARDS_AT_ONCE or end == len(cards):
            labels = {plan.labels[name][0] for item in cards[start:end] for name in item.labels}
            columns = {plan.column_ids[item.column_index] for item in cards[start:end] if item.column_index is not None}
            write = _cards(plan, range(start, end), ranks, orders)
            yield Part(end - start, write, frozenset(labels | columns))
            start, size = end, 0


def _cards(
    plan: Plan, which: range, ranks: Sequence[str], orders: Sequence[int]
) -> Callable[[Change, ProjectRecord], Awaitable[None]]:
    boards = _boards(plan)

    async def write(change: Change, project: ProjectRecord) -> None:
        cards: list[CardRecord] = []
        comments: list[CommentRecord] = []
        async for place in in_turns(which):
            card = _card(change, plan, project, place, ranks[place], boards)
            await number(change, Card, card)
            said = await _comments(change, card, plan.values.cards[place])
            change.append(plan.workspace_id, CardCreated(card=card, order=orders[place]), *_told(said))
            cards.append({**card, "comment_count": len(said)})
            comments += said
        await insert_all(Card, cards, change)
        await keep(change, [(None, card) for card in cards])
        await insert_all(Comment, comments, change)
        if plan.is_hidden:  # what shows it tells of it
            return
        kind = ActivityType.CARD_CREATED
        created = [new_activity(change, record, kind, {"title": record["title"]}) async for record in in_turns(cards)]
        # Nobody is notified of each card of a project that arrives as a whole.
        await record_activities(change, created, audience=None)

    return write


def _card(
    change: Change,
    plan: Plan,
    project: ProjectRecord,
    place: int,
    rank: str,
    boards: Mapping[int | None, list[AnyRecord]],
) -> CardRecord:
    values = plan.values.cards[place]
    column: AnyRecord | None = None
    board: list[AnyRecord] = []
    if values.column_index is not None and plan.column_ids[values.column_index] not in plan.gone:
        scope = plan.values.columns[values.column_index].scope_index
        board = boards[scope]
        column = {
            "_id": plan.column_ids[values.column_index],
            "scope_id": None if scope is None else plan.scope_ids[scope],
            "kind": _kind(plan.values.columns[values.column_index]),
        }
    moments = progress({}, column, board, change.at)
    moments |= {name: value for name, value in values.given().items() if name in moments}
    given = values_of(values, Card, TRANSFER) | moments | {"id": plan.card_ids[place]}
    record = new_card(change, project, column, rank, given)
    labels = (plan.labels[name][0] for name in dict.fromkeys(values.labels))
    record["label_ids"] = [label for label in labels if label not in plan.gone]
    record["pipeline"] = _pipeline(plan, values)
    record["checklist"] = checklist_of(values.checklist)
    record["custom_values"] = plan.card_values[place]
    record["text_keys"] = text_keys(record["custom_values"])
    if values.assignee is not None:
        record["assignee_id"] = plan.people.get(values.assignee)
    return record


def _pipeline(plan: Plan, values: ImportedCard) -> list[CardStepRecord] | None:
    if values.pipeline is None:
        return None
    return [
        {"column_id": plan.column_ids[step.column_index], "enabled": step.enabled, "prompt": step.prompt}
        for step in values.pipeline
    ]


def _boards(plan: Plan) -> dict[int | None, list[AnyRecord]]:
    """The columns of each board in order, by the place of its scope."""
    found: dict[int | None, list[AnyRecord]] = {}
    for column_id, column in zip(plan.column_ids, plan.values.columns, strict=True):
        found.setdefault(column.scope_index, []).append({"_id": column_id, "kind": _kind(column)})
    return found


def _kind(column: ImportedColumn) -> ColumnKind | None:
    kind: ColumnKind | None = values_of(column, Column, TRANSFER)["kind"]
    return kind


async def _comments(change: Change, card: CardRecord, values: ImportedCard) -> list[CommentRecord]:
    return [
        to_record(
            Comment(
                workspace_id=card["workspace_id"],
                project_id=card["project_id"],
                card_id=card["_id"],
                author_id=change.actor_id,
                content=comment.content,
                original_author=comment.author,
                original_at=comment.created_at,
                created_at=change.at,
            )
        )
        async for comment in in_turns(values.comments)
    ]


def _told(comments: Sequence[CommentRecord]) -> Iterator[CommentAdded]:
    for count, comment in enumerate(comments, 1):
        yield CommentAdded(
            comment=comment, comment_count=count, project_id=comment["project_id"], card_id=comment["card_id"]
        )
