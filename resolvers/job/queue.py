"""Queues of a workspace."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import job as policy
from models import Queue, Workspace
from models.base import collection, to_record, without
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.records import QueueRecord, WorkspaceMemberRecord, WorkspaceRecord
from models.write import find_and_delete
from realtime.events.job import QueueCreated, QueueDeleted, QueueEvent, QueueUpdated
from realtime.log import Change, Committed
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.job import MAX_QUEUES, QueueCreate, QueueUpdate
from resolvers.job.book import book_of
from resolvers.job.untold import OF_QUEUES
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import QUEUE, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import Page, Window, pages
from resolvers.kit.position_note import note_queues

WRITE = TokenScope.PILOTAGE_WRITE


get_queue = reader("queue", QUEUE)


@edge(scope=TokenScope.PILOTAGE_READ)
async def queues_of(
    ctx: Context,
    workspaces: Sequence[WorkspaceRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page[QueueRecord]]:
    """The queues of each workspace, oldest first."""
    ids = [workspace["_id"] for workspace in workspaces]
    await note_queues(ctx, ids)
    found = await pages(Queue, "workspace_id", ids, Window.read(first, after), fields=fields)
    return [found[workspace_id] for workspace_id in ids]


@operation(
    "queues",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.READ,
    scope=TokenScope.PILOTAGE_READ,
    read_only=True,
)
async def list_queues(ctx: Context, membership: WorkspaceMemberRecord) -> list[QueueRecord]:
    """The queues of a workspace, oldest first; it has at most 50."""
    await note_queues(ctx, [membership["workspace_id"]])
    found = collection(Queue).find({"workspace_id": membership["workspace_id"]})
    return await found.sort("_id", 1).to_list()


async def find_queue(workspace_id: ObjectId, name: str, change: Change | None = None) -> QueueRecord | None:
    """The queue that is called so in a workspace, whose door was passed."""
    session = None if change is None else change.session
    return await collection(Queue).find_one({"workspace_id": workspace_id, "name": name}, session=session)


async def add_queue(change: Change, workspace_id: ObjectId, name: str, user_id: ObjectId) -> QueueRecord:
    """A new queue; raises Conflict where its name is taken, or the workspace has no room for it."""
    await require_room(change, Queue, {"workspace_id": workspace_id}, MAX_QUEUES, "queues in this workspace")
    made = {"created_by": user_id, "created_at": change.at, "updated_at": change.at}
    queue = to_record(Queue(workspace_id=workspace_id, name=name, **made))
    try:
        await collection(Queue).insert_one(queue, session=change.session)
    except DuplicateKeyError as error:
        raise Conflict("is taken by another queue of the workspace", field="name") from error
    tell_of(change, queue, QueueCreated(queue=without(queue, OF_QUEUES)))
    return queue


def tell_of(change: Change, queue: QueueRecord, event: QueueEvent) -> None:
    """Append an event about a queue to the history of its workspace, and to its own."""
    change.append(queue["workspace_id"], event)
    change.append(queue["_id"], event)


@operation("queueCreate", inside=WORKSPACE, permission=policy.MANAGE, scope=WRITE)
async def create_queue(ctx: Context, membership: WorkspaceMemberRecord, values: QueueCreate) -> Committed[QueueRecord]:
    """Create a queue, which jobs wait in."""
    workspace_id = membership["workspace_id"]

    async def body(change: Change) -> QueueRecord:
        await require_parent(change, Workspace, workspace_id)
        return await add_queue(change, workspace_id, values_of(values, Queue, CREATE)["name"], ctx.user_id)

    return await ctx.write(workspace_id, body)


@operation("queueUpdate", opens=QUEUE, permission=policy.MANAGE, scope=WRITE)
async def update_queue(ctx: Context, door: QueueRecord, values: QueueUpdate) -> Committed[QueueRecord]:
    """Pause a queue, or go on with it. Jobs that were claimed go on either way."""

    async def body(change: Change) -> QueueRecord:
        await change.settle()  # what jobs of the same transaction have counted
        queue, differs = await set_fields(change, Queue, door["_id"], values.given())
        book_of(change, door["_id"]).queue = queue
        if differs:
            tell_of(change, queue, QueueUpdated(queue=without(queue, OF_QUEUES)))
        return queue

    # In its jobs' turn, which it would meet again and again where they are many: both write the head of its history.
    return await ctx.write(door["_id"], body)


@operation("queueDelete", opens=QUEUE, permission=policy.MANAGE, scope=WRITE)
async def delete_queue(ctx: Context, door: QueueRecord) -> Committed[ObjectId]:
    """Delete a queue with its jobs and its schedules."""

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Queue, {"_id": door["_id"]}, change.session) is None:
            raise NotFound("Queue")
        tell_of(change, door, QueueDeleted(deleted_id=door["_id"]))
        await bury(change, door["_id"], door["workspace_id"])
        return door["_id"]

    return await delete(ctx, door["workspace_id"], body)
