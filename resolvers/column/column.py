"""Columns: the stages of a board, which is a project's own or a scope's."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from auth.policies import board
from models import Card, Column, Project, Scope
from models.base import AnyRecord, collection, to_record, with_changes
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.facts import CREATE
from models.rank import MAX_LENGTH, rank_between, ranks_after
from models.records import ColumnRecord, ProjectRecord, ScopeRecord
from realtime.events.column import ColumnCleaned, ColumnCreated, ColumnDeleted, ColumnUpdated
from realtime.log import Change, Committed
from resolvers.column.board_hints import BOARDS
from resolvers.column.reorder import write_order
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.column import MAX_COLUMNS, ColumnCreate, ColumnReorder, ColumnUpdate
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.fields import values_of
from resolvers.kit.load import one_by, to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import COLUMN, PROJECT, SCOPE
from resolvers.kit.operation import edge, operation, reader
from resolvers.lane.card_place import BY_RANK
from resolvers.lane.store import archived_counts, open_counts
from resolvers.state.card_run import require_no_run
from resolvers.worktree.guard import Force, require_cards_finished

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE

_LEADING = frozenset({"kind", "prompt", "requires_approval"})
"""What begins runs of cards that come to a column, and says what those do."""

get_column = reader("column", COLUMN)


@operation("columns", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def list_columns(ctx: Context, project: ProjectRecord) -> list[ColumnRecord]:
    """Every column of a project in order, its own first, then its scopes'; each with its `order`."""
    found = collection(Column).find({"project_id": project["_id"]}).sort([("scope_id", 1), *BY_RANK])
    return _numbered(await found.to_list())


@operation("columnCreate", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE)
async def create_column(ctx: Context, project: ProjectRecord, values: ColumnCreate) -> Committed[ColumnRecord]:
    """Create a column at the end of a board."""
    if values.scope_id is not None:
        scope = await access(ctx, SCOPE, values.scope_id, board.WRITE, field="scopeId")
        if scope["project_id"] != project["_id"]:
            raise BadUserInput("is a scope of another project", field="scopeId")

    async def body(change: Change) -> ColumnRecord:
        await require_parent(change, Project, project["_id"])
        if values.scope_id is not None:
            await require_parent(change, Scope, values.scope_id)
        siblings = await read_columns(change, project["_id"], values.scope_id)
        board = {"workspace_id": project["workspace_id"], "project_id": project["_id"], "scope_id": values.scope_id}
        return await insert_column(change, board, siblings, len(siblings), values_of(values, Column, CREATE))

    return await ctx.write(project["workspace_id"], body)


async def insert_column(
    change: Change, board: AnyRecord, siblings: list[ColumnRecord], place: int, values: Mapping[str, Any]
) -> ColumnRecord:
    """Write a column at a place among its siblings, which it is put into, within a change that may go on. `board` tells
    workspace, project and scope."""
    if len(siblings) >= MAX_COLUMNS:
        raise Conflict(f"A board has at most {MAX_COLUMNS} columns")
    inside = {key: board[key] for key in ("workspace_id", "project_id", "scope_id")}
    rank = await _rank(change, siblings, place)
    column = to_record(Column(**inside, **values, rank=rank, led_confined=change.confined, created_at=change.at))
    await collection(Column).insert_one(column, session=change.session)
    event = ColumnCreated(column=column, order=place, project_id=board["project_id"])
    change.append(board["workspace_id"], event)
    made: ColumnRecord = {**column, "order": place}
    siblings.insert(place, made)
    return made


@operation("columnUpdate", opens=COLUMN.whole, permission=board.WRITE, scope=WRITE)
async def update_column(ctx: Context, column: ColumnRecord, values: ColumnUpdate) -> Committed[ColumnRecord]:
    """Change a column, or move it to another place on its board.

    One document is written.
    """

    async def body(change: Change) -> ColumnRecord:
        board = await read_columns(change, column["project_id"], column["scope_id"])
        place = next((i for i, record in enumerate(board) if record["_id"] == column["_id"]), None)
        if place is None:
            raise NotFound("Column")
        current = board.pop(place)
        given = {name: value for name, value in values.given().items() if name != "order"}
        changes = {name: value for name, value in given.items() if current.get(name) != value}
        if values.order is not None and min(values.order, len(board)) != place:
            place = min(values.order, len(board))
            changes["rank"] = await _rank(change, board, place)
        if not changes:
            return {**current, "order": place}
        if changes.keys() & _LEADING:
            changes["led_confined"] = change.confined
        await collection(Column).update_one({"_id": current["_id"]}, {"$set": changes}, session=change.session)
        current = with_changes(current, changes)
        event = ColumnUpdated(column=current, order=place, project_id=current["project_id"])
        change.append(current["workspace_id"], event)
        return {**current, "order": place}

    return await ctx.write(column["workspace_id"], body)


@operation("columnReorder", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE, includes=("columnUpdate",))
async def reorder_columns(ctx: Context, project: ProjectRecord, values: ColumnReorder) -> Committed[ProjectRecord]:
    """Put the columns of a board into another order. As few are written as the order allows."""

    async def body(change: Change) -> ProjectRecord:
        query = {"_id": values.ids[0], "project_id": project["_id"]}
        first = await collection(Column).find_one(query, {"scope_id": 1}, session=change.session)
        stored = [] if first is None else await read_columns(change, project["_id"], first["scope_id"])
        for place, column in await write_order(change, Column, stored, values.ids):
            event = ColumnUpdated(column=column, order=place, project_id=column["project_id"])
            change.append(column["workspace_id"], event)
        return project

    return await ctx.write(project["workspace_id"], body)


@operation(
    "columnClean",
    opens=COLUMN.whole,
    permission=board.WRITE,
    scope=WRITE,
    includes=("cardDelete",),
    destroys=True,
)
async def clean_column(ctx: Context, column: ColumnRecord, force: Force = False) -> Committed[ColumnRecord]:
    """Delete all cards of a column, the archived ones included; the column stays.

    At once nobody sees them any more. Where there are many, no card comes to the column until all are gone. Raises
    WorktreeDirty where the work on one is not merged.
    """
    await require_cards_finished(ctx, column["project_id"], {"column_id": column["_id"]}, force=force)

    async def body(change: Change) -> ColumnRecord:
        current = await collection(Column).find_one({"_id": column["_id"]}, session=change.session)
        if current is None:
            raise NotFound("Column")
        inside = {"column_id": column["_id"]}
        if current.get("emptying") or not await collection(Card).find_one(inside, {"_id": 1}, session=change.session):
            return current
        await require_no_run(change, column["project_id"], inside)
        event = ColumnCleaned(column_id=column["_id"], project_id=column["project_id"])
        change.append(column["workspace_id"], event)
        if not await bury(change, column["_id"], column["workspace_id"], keeps=True):
            closed = {"$set": {"emptying": True}}
            await collection(Column).update_one({"_id": column["_id"]}, closed, session=change.session)
        return current

    return await delete(ctx, column["workspace_id"], body)


@operation("columnDelete", opens=COLUMN.whole, permission=board.WRITE, scope=WRITE)
async def delete_column(ctx: Context, column: ColumnRecord, force: Force = False) -> Committed[ObjectId]:
    """Delete a column with its cards, the archived ones included (`archivedCardCount`).

    Raises WorktreeDirty where the work on one is not merged.
    """
    await require_cards_finished(ctx, column["project_id"], {"column_id": column["_id"]}, force=force)

    async def body(change: Change) -> ObjectId:
        await require_no_run(change, column["project_id"], {"column_id": column["_id"]})
        deleted = await collection(Column).delete_one({"_id": column["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Column")
        event = ColumnDeleted(deleted_id=column["_id"], project_id=column["project_id"])
        change.append(column["workspace_id"], event)
        await bury(change, column["_id"], column["workspace_id"])
        return ObjectId(column["_id"])

    return await delete(ctx, column["workspace_id"], body)


async def read_columns(change: Change, project_id: ObjectId, scope_id: ObjectId | None) -> list[ColumnRecord]:
    """The columns of a board, in order, as they are within a change."""
    query = {"project_id": project_id, "scope_id": scope_id}
    return await collection(Column).find(query, session=change.session).sort(BY_RANK).to_list()


async def _rank(change: Change, others: list[ColumnRecord], place: int) -> str:
    """A rank for a place among the board's other columns, which get short ranks again when theirs have grown long."""
    ranks = [other["rank"] for other in others]
    if any(len(rank) >= MAX_LENGTH for rank in ranks):
        ranks = list(ranks_after(None, len(ranks)))
        updates = [
            UpdateOne({"_id": other["_id"]}, {"$set": {"rank": rank}})
            for other, rank in zip(others, ranks, strict=True)
        ]
        await collection(Column).bulk_write(updates, session=change.session)
        for number, (record, rank) in enumerate(zip(others, ranks, strict=True)):
            column: ColumnRecord = {**record, "rank": rank}
            others[number] = column
            order = number + (number >= place)
            change.append(
                record["workspace_id"], ColumnUpdated(column=column, order=order, project_id=record["project_id"])
            )
    return rank_between(ranks[place - 1] if place else None, ranks[place] if place < len(ranks) else None)


def _numbered(columns: list[ColumnRecord]) -> list[ColumnRecord]:
    """The columns, sorted by board and rank, each with its place on its board."""
    places: dict[ObjectId | None, int] = {}
    for column in columns:
        column["order"] = places.get(column["scope_id"], 0)
        places[column["scope_id"]] = column["order"] + 1
    return columns


async def columns_around(column: ColumnRecord) -> list[ColumnRecord]:
    """The columns of the board that one stands on, in order, each with its `order`: for whoever was given the one."""
    board = {"project_id": column["project_id"], "scope_id": column["scope_id"]}
    return _numbered(await collection(Column).find(board).sort(BY_RANK).to_list())


@edge(scope=READ)
async def columns_of_project(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[list[ColumnRecord]]:
    """The columns of a project's own board, in order."""
    found = await to_list(
        Column, projects, "project_id", sort=BY_RANK, where={"scope_id": None}, fields=_with_board(fields)
    )
    for project, columns in zip(projects, found, strict=True):
        BOARDS.see(project["_id"], (column["_id"] for column in columns))
    return [_numbered(columns) for columns in found]


@edge(scope=READ)
async def columns_of_scope(ctx: Context, scopes: Sequence[ScopeRecord], fields: Fields) -> list[list[ColumnRecord]]:
    """The columns of a scope's board, in order."""
    found = await to_list(Column, scopes, "scope_id", sort=BY_RANK, fields=_with_board(fields))
    return [_numbered(columns) for columns in found]


def _with_board(fields: Fields) -> Fields:
    return None if fields is None else fields | {"scope_id"}


column_of = one_by(COLUMN, "column_id")
"""The column of each card; None for one that stands in none."""


@edge(scope=READ)
async def order_of(ctx: Context, columns: Sequence[ColumnRecord], fields: Fields) -> list[int]:
    """A column's place on its board, from 0. Columns that came with their board know it already."""
    unknown = [column for column in columns if "order" not in column]
    if unknown:
        query = {"project_id": {"$in": list({column["project_id"] for column in unknown})}}
        wanted = {"project_id": 1, "scope_id": 1}
        found = collection(Column).find(query, wanted).sort([("project_id", 1), ("scope_id", 1), *BY_RANK])
        boards: dict[tuple[ObjectId, ObjectId | None], int] = {}
        places: dict[ObjectId, int] = {}
        for column in await found.to_list():
            board = (column["project_id"], column["scope_id"])
            places[column["_id"]] = boards.get(board, 0)
            boards[board] = places[column["_id"]] + 1
        for column in unknown:
            column["order"] = places.get(column["_id"], 0)
    return [column["order"] for column in columns]


@edge(scope=READ)
async def card_count_of(ctx: Context, columns: Sequence[ColumnRecord], fields: Fields) -> list[int]:
    """How many cards a column has, archived ones left out."""
    found = await open_counts(column["_id"] for column in columns)
    return [found[column["_id"]] for column in columns]


@edge(scope=READ)
async def archived_card_count_of(ctx: Context, columns: Sequence[ColumnRecord], fields: Fields) -> list[int]:
    """How many archived cards a column has: they are deleted with it, and stand on no board."""
    found = await archived_counts(column["_id"] for column in columns)
    return [found[column["_id"]] for column in columns]
