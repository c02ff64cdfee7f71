"""Columns of the boards of a project."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import Field

from models.errors import NotFound
from models.ids import Kind, parse_id
from resolvers.column.column import (
    clean_column,
    create_column,
    delete_column,
    list_columns,
    reorder_columns,
    update_column,
)
from resolvers.inputs.column import ColumnCreate, ColumnReorder, ColumnUpdate
from resolvers.kit.input import AnyId, ColumnId, Flag, Input, Name, NotNull
from rest.agent_board import guards
from rest.agent_board.bodies import ColumnTypeWord, DeletionQuery, Prompt, kind_of
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.board import ColumnData, columns
from rest.dialect import NO_CONTENT
from rest.routing import Call

MAX_COLUMNS = 200

routes = board_routes("columns", guards.PROJECT_PATH + "/columns", about="The stages of boards.", place=90)


class ColumnQuery(Input):
    """Whose columns."""

    board_id: AnyId | None = None


class ColumnBody(Input):
    """A new column at the end of a board."""

    name: Name
    column_type: ColumnTypeWord
    board_id: AnyId
    prompt: Prompt | None = None
    requires_approval: Flag | None = None


class ColumnChange(Input):
    """What changes of a column. Only what is given does."""

    name: Annotated[Name | None, NotNull] = None
    column_type: Annotated[ColumnTypeWord | None, NotNull] = None
    prompt: Prompt | None = None
    requires_approval: Annotated[Flag | None, NotNull] = None


class ColumnOrder(Input):
    """The columns of a board in another order."""

    ids: Annotated[list[ColumnId], Field(min_length=1, max_length=MAX_COLUMNS)]


@routes.get("", "List the columns of a project", runs=list_columns, query=ColumnQuery)
async def find(call: Call) -> list[ColumnData]:
    """Board by board, each in order; those of one board with `boardId`."""
    wanted = call.query(ColumnQuery).board_id
    found = columns(await list_columns(call.ctx, call.id("projectId", Kind.PROJECT)))
    return [column for column in found if wanted is None or column["boardId"] == str(wanted)]


@routes.post("", "Create a column", runs=create_column, body=ColumnBody, reads=[list_columns])
async def create(call: Call) -> ColumnData:
    """At the end of a board."""
    project, values = await guards.project(call), call.body(ColumnBody)
    given: dict[str, Any] = {"name": values.name, "prompt": values.prompt, **kind_of(values.column_type)}
    if values.requires_approval is not None:
        given["requires_approval"] = values.requires_approval
    if values.board_id != project["_id"]:
        given["scope_id"] = parse_id(values.board_id, Kind.SCOPE, field="boardId")
    made = await create_column(call.ctx, ColumnCreate.of(project_id=project["_id"], **given))
    return await _column(call, made.value["_id"])


@routes.patch("/{columnId}", "Change a column", runs=update_column, body=ColumnChange, reads=[list_columns])
async def update(call: Call) -> ColumnData:
    found, given = await guards.column(call), call.body(ColumnChange).given()
    if (word := given.pop("column_type", None)) is not None:
        given = {**kind_of(word), **given}
    changed = await update_column(call.ctx, found["_id"], ColumnUpdate.of(**given))
    return await _column(call, changed.value["_id"])


@routes.delete("/{columnId}", "Delete a column with its cards", runs=delete_column, body=None, query=DeletionQuery)
async def delete(call: Call) -> None:
    await delete_column(call.ctx, (await guards.column(call))["_id"], force=call.query(DeletionQuery).force)


@routes.post(
    "/{columnId}/clean-all", "Delete all cards of a column", runs=clean_column, status=NO_CONTENT, query=DeletionQuery
)
async def clean(call: Call) -> None:
    """The archived ones included, all or none."""
    await clean_column(call.ctx, (await guards.column(call))["_id"], force=call.query(DeletionQuery).force)


@routes.patch(
    "/reorder",
    "Put the columns of a board into another order",
    runs=reorder_columns,
    body=ColumnOrder,
    reads=[list_columns],
)
async def reorder(call: Call) -> list[ColumnData]:
    """All columns of the board, each once: else 409."""
    project, values = await guards.project(call), call.body(ColumnOrder)
    await reorder_columns(call.ctx, ColumnReorder(project_id=project["_id"], ids=values.ids))
    found = columns(await list_columns(call.ctx, project["_id"]))
    board = next(column["boardId"] for column in found if column["id"] == str(values.ids[0]))
    return [column for column in found if column["boardId"] == board]


async def _column(call: Call, column_id: ObjectId) -> ColumnData:
    found = columns(await list_columns(call.ctx, call.id("projectId", Kind.PROJECT)))
    for column in found:
        if column["id"] == str(column_id):
            return column
    raise NotFound("Column")
