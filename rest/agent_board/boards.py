"""Boards of a project: its scopes and, before them, the columns outside of scopes, whose board has the project's id."""

from collections.abc import Sequence
from typing import Annotated

from bson import ObjectId

from models.errors import BadUserInput, Conflict
from models.ids import Kind, parse_id
from models.limits import Text
from models.records import ProjectRecord, ScopeRecord
from resolvers.column.column import columns_of_project
from resolvers.column.scope import create_scope, delete_scope, list_scopes, reorder_scopes, update_scope
from resolvers.inputs.scope import ScopeCreate, ScopeReorder, ScopeUpdate
from resolvers.inputs.template import ScopeCreateFromTemplate
from resolvers.kit.input import Input, Name, NotNull
from resolvers.kit.nouns import SCOPE
from resolvers.template.board import create_scope_from_template
from rest.agent_board import guards
from rest.agent_board.bodies import DeletionQuery, Order
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.board import BoardData, boards
from rest.routing import Call

routes = board_routes(
    "boards",
    guards.PROJECT_PATH + "/boards",
    about="Boards of a project: its scopes, and the columns outside of them.",
    place=80,
)


class BoardBody(Input):
    """A new board, which may begin with a template."""

    name: Name
    template_id: Annotated[str, Text(1, 60)] | None = None


class BoardChange(Input):
    """What changes of a board."""

    name: Annotated[Name | None, NotNull] = None


@routes.get("", "List the boards of a project", runs=list_scopes)
async def find(call: Call) -> list[BoardData]:
    """In order."""
    return await _boards(call, await guards.project(call))


@routes.post("", "Create a board", runs=create_scope, body=BoardBody, reads=[list_scopes])
async def create(call: Call) -> BoardData:
    """After the others; with the columns of a template, or none."""
    project, values = await guards.project(call), call.body(BoardBody)
    inside = {"project_id": project["_id"], "name": values.name}
    if values.template_id is None:
        made = (await create_scope(call.ctx, ScopeCreate.of(**inside))).value
    else:
        made = await _from_template(call, ScopeCreateFromTemplate.of(**inside, template=values.template_id))
    return _named(await _boards(call, project), made["_id"])


@routes.patch("/{boardId}", "Rename a board", runs=update_scope, body=BoardChange, reads=[list_scopes])
async def update(call: Call) -> BoardData:
    """The board outside of scopes keeps its name: 409."""
    scope_id, values = await _scope(call), call.body(BoardChange)
    await update_scope(call.ctx, scope_id, ScopeUpdate.of(**values.given()))
    return _named(await _boards(call, await guards.project(call)), scope_id)


@routes.delete(
    "/{boardId}", "Delete a board with its columns and cards", runs=delete_scope, body=None, query=DeletionQuery
)
async def delete(call: Call) -> None:
    """The board outside of scopes stays: 409."""
    await delete_scope(call.ctx, await _scope(call), force=call.query(DeletionQuery).force)


@routes.patch(
    "/reorder",
    "Put the boards of a project into another order",
    runs=reorder_scopes,
    body=Order,
    reads=[list_scopes],
)
async def reorder(call: Call) -> list[BoardData]:
    """All of them, each once: else 409. The one outside of scopes comes first."""
    project, ids = await guards.project(call), list(call.body(Order).ids)
    if ids[:1] == [project["_id"]]:
        del ids[0]
    scopes = [parse_id(scope_id, Kind.SCOPE, field="ids") for scope_id in ids]
    await reorder_scopes(call.ctx, ScopeReorder(project_id=project["_id"], ids=scopes))
    return await _boards(call, project)


async def _boards(call: Call, project: ProjectRecord) -> list[BoardData]:
    [own] = await columns_of_project(call.ctx, [project], frozenset())
    return boards(project, await list_scopes(call.ctx, project["_id"]), has_own=bool(own))


async def _from_template(call: Call, values: ScopeCreateFromTemplate) -> ScopeRecord:
    try:
        return (await create_scope_from_template(call.ctx, values)).value
    except BadUserInput as error:
        if error.field != "template":
            raise
        raise BadUserInput("is no template of boards", field="templateId") from error


async def _scope(call: Call) -> ObjectId:
    """The scope that is the board of the path."""
    project_id = call.id("projectId", Kind.PROJECT)
    if call.path["boardId"] == str(project_id):
        await guards.project(call)
        raise Conflict("This board is the project's own: it is neither renamed nor deleted")
    return ObjectId((await guards.inside(call, SCOPE, "boardId"))["_id"])


def _named(found: Sequence[BoardData], scope_id: ObjectId) -> BoardData:
    return next(board for board in found if board["id"] == str(scope_id))
