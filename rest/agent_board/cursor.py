"""Where a snapshot stands, for clients that go on with the events after it."""

from bson import ObjectId
from starlette.responses import Response

from rest.routing import Call

CURSOR = "x-orrery-cursor"


async def tell_cursor(call: Call, workspace_id: ObjectId) -> None:
    """Have the answer tell a cursor that nothing is older than which is read from here on: of the stream that tells of
    a workspace's projects."""
    head = await call.ctx.services.hub.log.head(workspace_id)

    def finish(response: Response) -> None:
        response.headers[CURSOR] = str(head)

    call.finish.append(finish)
