"""Columns of a project's board and of its scopes' boards."""

from resolvers.column.column import create_column, delete_column, get_column, list_columns, order_of, update_column
from resolvers.inputs.column import ColumnCreate, ColumnUpdate
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECT
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.column import Column, column

routes = Routes("Columns", PROJECT + "/columns", about="The stages of a board.", place=210)


@routes.get("", "List the columns of a project in order", runs=list_columns)
async def find(call: Call) -> list[Column]:
    """The project's own come first, then those of its scopes."""
    project = await guards.project(call)
    return [column(record) for record in await list_columns(call.ctx, project["_id"])]


@routes.post("", "Create a column", runs=create_column, given=["projectId"])
async def create(call: Call) -> Column:
    """At the end of the project's board or, with `scopeId`, of a scope's."""
    project = await guards.project(call)
    return column((await create_column(call.ctx, call.body(ColumnCreate, projectId=project["_id"]))).value)


@routes.get("/{columnId}", "Read a column", runs=get_column)
async def get(call: Call) -> Column:
    found = await guards.column(call)
    record = await get_column(call.ctx, found["_id"])
    await order_of(call.ctx, [record], None)
    return column(record)


@routes.patch("/{columnId}", "Rename or move a column", runs=update_column)
async def update(call: Call) -> Column:
    found = await guards.column(call)
    return column((await update_column(call.ctx, found["_id"], call.body(ColumnUpdate))).value)


@routes.delete("/{columnId}", "Delete a column with its cards, the archived ones included", runs=delete_column)
async def delete(call: Call) -> Ok:
    found = await guards.column(call)
    await delete_column(call.ctx, found["_id"])
    return ok()
