"""Scopes of a project and the views that they are shown in."""

from models.records import ScopeRecord
from resolvers.column.column import columns_of_scope
from resolvers.column.scope import (
    create_scope,
    delete_scope,
    get_scope,
    list_scopes,
    progress_of,
    set_scope_view,
    update_scope,
)
from resolvers.inputs.scope import ScopeCreate, ScopeUpdate, ScopeViewSet
from resolvers.kit.context import Context
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECT
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.column import column
from rest.stellary.present.scope import Scope, ScopeDetails, Views, scope, views

routes = Routes(
    "Scopes", PROJECT + "/scopes", about="Work packages of a project, with boards and views of their own.", place=190
)


@routes.get("", "List the scopes of a project", runs=list_scopes)
async def find(call: Call) -> list[Scope]:
    project = await guards.project(call)
    return [scope(record) for record in await list_scopes(call.ctx, project["_id"])]


@routes.post("", "Create a scope", runs=create_scope, given=["projectId"])
async def create(call: Call) -> ScopeDetails:
    project = await guards.project(call)
    return await _details(
        call.ctx, (await create_scope(call.ctx, call.body(ScopeCreate, projectId=project["_id"]))).value
    )


@routes.get("/{scopeId}", "Read a scope with its columns and views", runs=get_scope)
async def get(call: Call) -> ScopeDetails:
    found = await guards.scope(call)
    return await _details(call.ctx, await get_scope(call.ctx, found["_id"]))


@routes.patch("/{scopeId}", "Change a scope", runs=update_scope)
async def update(call: Call) -> ScopeDetails:
    found = await guards.scope(call)
    return await _details(call.ctx, (await update_scope(call.ctx, found["_id"], call.body(ScopeUpdate))).value)


@routes.delete("/{scopeId}", "Delete a scope with its columns, cards and documents", runs=delete_scope)
async def delete(call: Call) -> Ok:
    found = await guards.scope(call)
    await delete_scope(call.ctx, found["_id"])
    return ok()


@routes.get("/{scopeId}/views", "Read the views of a scope and the active one", runs=get_scope)
async def get_views(call: Call) -> Views:
    found = await guards.scope(call)
    return views(await get_scope(call.ctx, found["_id"]))


@routes.patch("/{scopeId}/views", "Switch the active view of a scope", runs=set_scope_view)
async def set_view(call: Call) -> Views:
    found = await guards.scope(call)
    return views((await set_scope_view(call.ctx, found["_id"], call.body(ScopeViewSet))).value)


async def _details(ctx: Context, record: ScopeRecord) -> ScopeDetails:
    columns = (await columns_of_scope(ctx, [record], None))[0]
    progress = (await progress_of(ctx, [record], None))[0]
    return {**scope(record), "columns": [column(column_record) for column_record in columns], "progress": progress}
