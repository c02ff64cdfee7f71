"""Scopes: work packages of a project."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Column, Project, Scope
from models.base import AnyRecord, collection, to_record
from models.enums import TokenScope
from models.errors import BadUserInput, NotFound
from models.facts import CREATE
from models.rank import rank_between
from models.records import ColumnRecord, ProjectRecord, ScopeRecord
from realtime.events.scope import ScopeCreated, ScopeDeleted, ScopeUpdated
from realtime.log import Change, Committed
from resolvers.column.done import done_among
from resolvers.column.reorder import write_order
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.scope import MAX_SCOPES, ScopeCreate, ScopeReorder, ScopeUpdate, ScopeViewSet
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import one_by, to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT, SCOPE
from resolvers.kit.operation import edge, operation, reader
from resolvers.lane.card_place import BY_RANK
from resolvers.lane.store import open_counts
from resolvers.state.card_run import require_no_run
from resolvers.worktree.guard import Force, require_cards_finished

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE


get_scope = reader("scope", SCOPE)


@operation("scopes", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def list_scopes(ctx: Context, project: ProjectRecord) -> list[ScopeRecord]:
    """The scopes of a project, in order."""
    return (await scopes_of(ctx, [project], None))[0]


@operation("scopeCreate", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE)
async def create_scope(ctx: Context, project: ProjectRecord, values: ScopeCreate) -> Committed[ScopeRecord]:
    """Create a scope."""
    check_dates(values.model_dump())

    return await ctx.write(project["workspace_id"], lambda change: insert_scope(change, project, values))


async def insert_scope(change: Change, project: ProjectRecord, values: ScopeCreate) -> ScopeRecord:
    """Write a scope behind the others of its project, within a change that may go on."""
    await require_parent(change, Project, project["_id"])
    await require_room(change, Scope, {"project_id": project["_id"]}, MAX_SCOPES, "scopes in this project")
    scope = to_record(
        Scope(
            workspace_id=project["workspace_id"],
            project_id=project["_id"],
            **values_of(values, Scope, CREATE),
            rank=await _last_rank(change, project["_id"]),
            created_at=change.at,
            updated_at=change.at,
        )
    )
    await collection(Scope).insert_one(scope, session=change.session)
    change.append(scope["workspace_id"], ScopeCreated(scope=scope, project_id=scope["project_id"]))
    return scope


@operation("scopeUpdate", opens=SCOPE, permission=board.WRITE, scope=WRITE)
async def update_scope(ctx: Context, door: ScopeRecord, values: ScopeUpdate) -> Committed[ScopeRecord]:
    """Change a scope."""
    return await _set(ctx, door, values.given())


@operation("scopeReorder", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE)
async def reorder_scopes(ctx: Context, project: ProjectRecord, values: ScopeReorder) -> Committed[ProjectRecord]:
    """Put the scopes of a project into another order. As few are written as the order allows."""

    async def body(change: Change) -> ProjectRecord:
        query = {"project_id": project["_id"]}
        stored = await collection(Scope).find(query, session=change.session).sort(BY_RANK).to_list()
        for _, scope in await write_order(change, Scope, stored, values.ids):
            change.append(scope["workspace_id"], ScopeUpdated(scope=scope, project_id=scope["project_id"]))
        return project

    return await ctx.write(project["workspace_id"], body)


@operation("scopeSetView", opens=SCOPE, permission=board.WRITE, scope=WRITE, tool="set_scope_view")
async def set_scope_view(ctx: Context, door: ScopeRecord, values: ScopeViewSet) -> Committed[ScopeRecord]:
    """Switch the view that a scope opens with."""
    return await _set(ctx, door, {"active_view": values.active_view})


@operation("scopeDelete", opens=SCOPE.whole, permission=board.WRITE, scope=WRITE)
async def delete_scope(ctx: Context, scope: ScopeRecord, force: Force = False) -> Committed[ObjectId]:
    """Delete a scope with its columns, cards and documents.

    Raises WorktreeDirty where the work on a card is not merged.
    """
    await require_cards_finished(ctx, scope["project_id"], {"scope_id": scope["_id"]}, force=force)

    async def body(change: Change) -> ObjectId:
        await require_no_run(change, scope["project_id"], {"scope_id": scope["_id"]})
        deleted = await collection(Scope).delete_one({"_id": scope["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Scope")
        change.append(scope["workspace_id"], ScopeDeleted(deleted_id=scope["_id"], project_id=scope["project_id"]))
        await bury(change, scope["_id"], scope["workspace_id"])
        return ObjectId(scope["_id"])

    return await delete(ctx, scope["workspace_id"], body)


async def _last_rank(change: Change, project_id: ObjectId) -> str:
    last = await collection(Scope).find_one(
        {"project_id": project_id}, {"rank": 1}, sort=[("rank", -1)], session=change.session
    )
    return rank_between(None if last is None else last.get("rank") or None, None)


async def _set(ctx: Context, door: ScopeRecord, values: dict[str, Any]) -> Committed[ScopeRecord]:
    async def body(change: Change) -> ScopeRecord:
        scope, differs = await set_fields(change, Scope, door["_id"], values)
        check_dates(scope)
        if differs:
            change.append(scope["workspace_id"], ScopeUpdated(scope=scope, project_id=scope["project_id"]))
        return scope

    return await ctx.write(door["workspace_id"], body)


def check_dates(values: AnyRecord) -> None:
    """Raise BadUserInput for a scope that ends before it starts."""
    if values["start_date"] and values["end_date"] and values["end_date"] < values["start_date"]:
        raise BadUserInput("must not lie before startDate", field="endDate")


@edge(scope=READ)
async def scopes_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[list[ScopeRecord]]:
    """A project's scopes, in order."""
    return await to_list(Scope, projects, "project_id", sort=BY_RANK, fields=fields)


project_of = one_by(PROJECT, "project_id")
"""The project of each scope (or of anything else that carries `project_id`)."""
scope_of = one_by(SCOPE, "scope_id")
"""The scope of each column or card; None for those of the project itself."""


@edge(scope=READ)
async def progress_of(ctx: Context, scopes: Sequence[ScopeRecord], fields: Fields) -> list[float]:
    """Done cards over all cards, 0 to 1; archived cards left out. `done_among` says what is done."""
    ids = list({scope["_id"] for scope in scopes})
    query = {"scope_id": ids[0] if len(ids) == 1 else {"$in": ids}}
    columns = await collection(Column).find(query, {"scope_id": 1, "rank": 1, "kind": 1}).to_list()
    counted = await open_counts(column["_id"] for column in columns)
    boards: dict[ObjectId | None, list[ColumnRecord]] = {}
    for column in sorted(columns, key=lambda record: (record["rank"], record["_id"])):
        boards.setdefault(column["scope_id"], []).append(column)
    return [_progress(boards.get(scope["_id"], []), counted) for scope in scopes]


def _progress(board: Sequence[ColumnRecord], counted: Mapping[ObjectId, int]) -> float:
    done = sum(counted[column_id] for column_id in done_among(board))
    return done / max(sum(counted[column["_id"]] for column in board), 1)
