"""The activity log of a workspace: what happened in it, as it is told here and as it was recorded."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId

from models.enums import ActorType
from models.errors import BadUserInput, NotFound
from models.ids import inner_id
from models.limits import Text
from models.records import ActivityRecord
from resolvers.activity.activity import actor_of
from resolvers.activity.log import get_activity_stats, list_activities
from resolvers.activity.record import create_activity
from resolvers.agent.agent import list_agents
from resolvers.inputs.activity import Action, ActivityCreate, EntityId, EntityType, Metadata
from resolvers.kit.context import Context
from resolvers.kit.nouns import AGENT, USER
from resolvers.kit.numbered import numbers_of
from resolvers.kit.page import Window
from resolvers.member.assignee import assignee_called
from rest.orkosi.bodies import Body
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import NUMBER_PATTERN, found_id
from rest.orkosi.paging import PageQuery, listed
from rest.orkosi.present.activity import OrkosiActivityData, OrkosiActivityStatsData, activity, activity_stats
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "activity log",
    "/activity-log",
    about="What happened in a workspace, and what is recorded of it.",
    place=210,
    tag_place=50,
)

ActorName = Annotated[str, Text(1, 100)]


class ActivityQuery(PageQuery):
    """Which activities. `actor_id` is the name of an agent, a username or `me`, or else a number or an id: of an agent
    where `actor_type` says so, else of a user. For `system` it says nothing."""

    actor_type: ActorType | None = None
    actor_id: ActorName | None = None
    action: Action | None = None


class ActivityBody(Body):
    """What happened. `actor_id` is the number, the id or the slug of an agent, the caller's own number, id or username,
    or `me`; for `system` it says nothing."""

    actor_type: ActorType
    actor_id: ActorName
    action: Action
    entity_type: EntityType | None = None
    entity_id: EntityId | None = None
    metadata: Metadata | None = None


@routes.get("", "List what happened in the workspace", runs=list_activities, query=ActivityQuery, names_object=True)
async def find(call: Call) -> list[OrkosiActivityData]:
    """The newest first. What is told here by itself has actions such as `card.moved`."""
    query = call.query(ActivityQuery)
    workspace_id = await workspace_of(call)
    actor_id = await _wanted(call.ctx, workspace_id, query)

    async def read(first: int, after: str | None) -> Any:
        window = Window.read(first, after)
        return await list_activities(call.ctx, workspace_id, window, query.actor_type, actor_id, query.action)

    return await _shown(call.ctx, await listed(call, query, read))


@routes.post(
    "", "Record what happened", runs=create_activity, reads=(list_agents,), body=ActivityBody, names_object=True
)
async def create(call: Call) -> OrkosiActivityData:
    """Who did it is the caller or an agent; for the workspace's admins also nobody. `recorded_by` is the caller."""
    body = call.body(ActivityBody)
    workspace_id = await workspace_of(call)
    values = ActivityCreate(
        workspace_id=workspace_id,
        actor_type=body.actor_type,
        actor_id=await _actor(call.ctx, workspace_id, body),
        **body.model_dump(include={"action", "entity_type", "entity_id", "metadata"}),
    )
    recorded = (await create_activity(call.ctx, values)).value
    return (await _shown(call.ctx, [recorded]))[0]


@routes.get("/stats", "Count what happened in the workspace", runs=get_activity_stats, names_object=True)
async def stats(call: Call) -> OrkosiActivityStatsData:
    """In the last seven days."""
    return activity_stats(await get_activity_stats(call.ctx, await workspace_of(call)))


async def _shown(ctx: Context, records: Sequence[ActivityRecord]) -> list[OrkosiActivityData]:
    actors = await actor_of(ctx, records, frozenset({"name", "is_agent"}))
    numbers = await numbers_of(USER, (record.get("recorded_by") for record in records))
    return [activity(record, actor, numbers) for record, actor in zip(records, actors, strict=True)]


async def _wanted(ctx: Context, workspace_id: ObjectId, query: ActivityQuery) -> ObjectId | None:
    """Whose activities are asked for, by any word that they are recorded by; an id of nobody's for one that names
    nobody, and None where it says nothing."""
    if query.actor_id is None or query.actor_type is ActorType.SYSTEM:
        return None
    named = _number_or_id(query.actor_id)
    if named is None:
        return await _called(ctx, workspace_id, query.actor_id)
    try:
        return await found_id(named, AGENT if query.actor_type is ActorType.AGENT else USER, workspace_id)
    except NotFound:
        return inner_id()


async def _actor(ctx: Context, workspace_id: ObjectId, body: ActivityBody) -> ObjectId | None:
    """Who did it; None for nobody. Whoever is not found is nobody of whom the caller may say anything."""
    named = _number_or_id(body.actor_id)
    match body.actor_type:
        case ActorType.SYSTEM:
            return None
        case ActorType.AGENT:
            if named is not None:
                return await found_id(named, AGENT, workspace_id)
            agents = await list_agents(ctx, workspace_id, frozenset({"slug"}))
            found = next((agent["_id"] for agent in agents if agent["slug"] == body.actor_id), None)
            if found is None:
                raise NotFound("Agent")
            return ObjectId(found)
    return await _called(ctx, workspace_id, body.actor_id)


async def _called(ctx: Context, workspace_id: ObjectId, word: str) -> ObjectId:
    """The user of a workspace, an agent's too, whom a word names; an id of nobody's where it names none."""
    try:
        return await assignee_called(ctx, workspace_id, word) or inner_id()
    except BadUserInput:
        return inner_id()


def _number_or_id(text: str) -> int | ObjectId | None:
    """What a text calls somebody by; None for neither a number nor an id."""
    if re.fullmatch(NUMBER_PATTERN, text):
        return int(text)
    return ObjectId(text) if len(text) == 24 and ObjectId.is_valid(text) else None
