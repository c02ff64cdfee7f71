"""What people and agents tell a workspace themselves: notices to all its people, and what is recorded of it."""

from datetime import timedelta

from bson import ObjectId

from auth.counting import count_attempt
from auth.policies import board
from models import Activity, Agent, Workspace
from models.base import collection, to_record
from models.enums import ActivityType, ActorType, TokenScope
from models.errors import BadUserInput, Forbidden, NotFound
from models.fanout import Audience
from models.ids import Kind, kind_of
from models.records import ActivityRecord, WorkspaceMemberRecord
from realtime.events.activity import ActivityRecorded
from realtime.log import Change, Committed
from resolvers.activity.activity import record_activities
from resolvers.inputs.activity import ActivityCreate, NoticeCreate
from resolvers.kit.access import allow
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation

WRITE = TokenScope.PROJECTS_WRITE
MAX_NOTICES_AN_HOUR = 120
"""Of one person or agent: each is written once for everybody in the workspace."""
MAX_RECORDED_A_MINUTE = 300
"""By one person or agent."""


@operation("noticeCreate", inside=WORKSPACE, permission=board.WRITE, scope=WRITE, tool="notify_people")
async def create_notice(
    ctx: Context, membership: WorkspaceMemberRecord, values: NoticeCreate
) -> Committed[ActivityRecord]:
    """Tell all people of a workspace something, the caller too.

    Raises RateLimited for too many.
    """
    await count_attempt("notice", str(ctx.user_id), limit=MAX_NOTICES_AN_HOUR, window=timedelta(hours=1))

    async def body(change: Change) -> ActivityRecord:
        told = Activity(
            workspace_id=membership["workspace_id"],
            type=ActivityType.NOTICE,
            actor_id=change.actor_id,
            approved_by=change.approved_by,
            meta={
                "title": values.title,
                "message": values.message,
                "level": values.level.value,
                "source": values.source,
                "link": values.link,
            },
            created_at=change.at,
        )
        return await _record(change, told, Audience.PEOPLE)

    return await ctx.write(membership["workspace_id"], body)


@operation("activityCreate", inside=WORKSPACE, permission=board.WRITE, scope=WRITE, tool="record_activity")
async def create_activity(
    ctx: Context, membership: WorkspaceMemberRecord, values: ActivityCreate
) -> Committed[ActivityRecord]:
    """Record what happened; nobody is notified of it.

    Who did it is the caller or an agent of the workspace; that it happened by itself is for the workspace's admins to
    say. `recordedBy` tells who recorded it. Raises Forbidden for anybody else, RateLimited for too many.
    """
    await count_attempt("record", str(ctx.user_id), limit=MAX_RECORDED_A_MINUTE, window=timedelta(minutes=1))

    async def body(change: Change) -> ActivityRecord:
        told = Activity(
            workspace_id=membership["workspace_id"],
            type=ActivityType.RECORDED,
            actor_id=await _actor(ctx, change, membership, values),
            approved_by=change.approved_by,
            action=values.action,
            recorded_by=ctx.user_id,
            meta={"entityType": values.entity_type, "entityId": values.entity_id, "metadata": values.metadata},
            created_at=change.at,
        )
        return await _record(change, told, None)

    return await ctx.write(membership["workspace_id"], body)


async def _record(change: Change, told: Activity, audience: Audience | None) -> ActivityRecord:
    await require_parent(change, Workspace, told.workspace_id)
    activity = to_record(told)
    await record_activities(change, [activity], audience)
    change.append(told.workspace_id, ActivityRecorded(activity=activity))
    return activity


async def _actor(
    ctx: Context, change: Change, membership: WorkspaceMemberRecord, values: ActivityCreate
) -> ObjectId | None:
    """The user who did it; None for nobody."""
    match values.actor_type:
        case ActorType.SYSTEM:
            allow(membership, board.MODERATE, "workspace")
            if values.actor_id is not None:
                raise BadUserInput("must be null: nobody did it", field="actorId")
            return None
        case ActorType.AGENT:
            return await _agent(change, membership["workspace_id"], values.actor_id or ctx.subject.agent_id)
    if ctx.subject.agent_id is not None or values.actor_id not in (None, ctx.user_id):
        raise Forbidden("What a person did is recorded by that person alone")
    return ctx.user_id


async def _agent(change: Change, workspace_id: ObjectId, named: ObjectId | None) -> ObjectId:
    """The user of an agent, which is named by its own id or by that."""
    if named is None:
        raise BadUserInput("is required for an agent", field="actorId")
    key = "user_id" if kind_of(named) is Kind.USER else "_id"
    query = {"workspace_id": workspace_id, key: named, "deleted_at": None}
    agent = await collection(Agent).find_one(query, {"user_id": 1}, session=change.session)
    if agent is None:
        raise NotFound("Agent")
    return ObjectId(agent["user_id"])
