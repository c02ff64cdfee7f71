"""Todos: steps towards objectives and priorities."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from auth.policies import pilotage as policy
from models import Objective, PilotagePriority
from models.base import AnyRecord, Recorded, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.records import TodoRecord, WorkspaceMemberRecord
from realtime.events.pilotage import TodoCreated, TodoDeleted, TodoUpdated
from realtime.log import Change, Committed
from resolvers.inputs.pilotage import TodoCreate, TodoUpdate
from resolvers.kit.context import Context
from resolvers.kit.nouns import TODO, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.pilotage.cycle import finishing
from resolvers.register.register import Register, create_in, delete_in, listed, update_in

WRITE = TokenScope.PILOTAGE_WRITE

_SERVES: Mapping[str, type[Recorded[Any]]] = {"objective_id": Objective, "priority_id": PilotagePriority}


async def _following(change: Change, before: AnyRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a todo serves is of its workspace."""
    for key, model in _SERVES.items():
        if (named := values.get(key)) is not None:
            there = {"_id": named, "workspace_id": before["workspace_id"]}
            if await collection(model).find_one(there, {"_id": 1}, session=change.session) is None:
                raise NotFound(key.removesuffix("_id").capitalize())
    return await finishing(change, before, values)


TODOS = Register(TODO, TodoCreated, TodoUpdated, TodoDeleted, most=5_000, follow=_following)

todos_of = listed(TODO)
"""The todos of a workspace, oldest first."""


@operation("todoCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_todo(ctx: Context, membership: WorkspaceMemberRecord, values: TodoCreate) -> Committed[TodoRecord]:
    """Create a todo, perhaps of an objective or a priority of the workspace."""
    return await create_in(ctx, TODOS, membership, values)


@operation("todoUpdate", opens=TODO, permission=policy.WRITE, scope=WRITE)
async def update_todo(ctx: Context, door: TodoRecord, values: TodoUpdate) -> Committed[TodoRecord]:
    """Change a todo, or its status."""
    return await update_in(ctx, TODOS, door, values)


@operation("todoDelete", opens=TODO, permission=policy.WRITE, scope=WRITE)
async def delete_todo(ctx: Context, door: TodoRecord) -> Committed[ObjectId]:
    """Delete a todo."""
    return await delete_in(ctx, TODOS, door)
