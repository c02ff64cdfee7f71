"""Which queue a name in a request means."""

from models.records import QueueRecord
from resolvers.job.queue import find_queue
from resolvers.kit.access import check_workspace
from rest.orkosi.workspace import workspace_of
from rest.routing import Call


async def queue_of(call: Call, name: str) -> QueueRecord | None:
    """The queue of a name, for whoever may do what the route does, whether there is such a queue or not. Raises
    Forbidden for others."""
    operation, workspace_id = call.route.operation, await workspace_of(call)
    operation.admit(call.ctx)
    if operation.permission is not None:
        await check_workspace(call.ctx, workspace_id, operation.permission)
    return await find_queue(workspace_id, name)
