"""Missions: what people ask of agents, and what can be reached from them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import mission as policy
from models import Agent, Card, Mission, Project
from models.base import AnyRecord, Record, collection, to_record
from models.enums import MissionReason, MissionStatus, TokenScope
from models.errors import BadUserInput, Forbidden, NotFound
from models.mission import MAX_STEPS
from models.records import (
    AgentRecord,
    CardRecord,
    MissionRecord,
    ProjectRecord,
    WorkspaceMemberRecord,
    WorkspaceRecord,
)
from realtime.events.mission import MissionStatusChanged
from realtime.log import Change, Committed
from resolvers.agent.agent import get_agent
from resolvers.inputs.mission import MissionCreate
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.filters import compile_filter
from resolvers.kit.load import by_ids, card_inside, one_by, to_one
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AGENT, CARD, MISSION, MISSION_ACTIVITY, PROJECT, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages, pages_by
from resolvers.mission.chain import chain_before
from resolvers.mission.engine_run import note_run, require_no_open_run
from resolvers.mission.run import insert_run
from resolvers.mission.served import is_served, queued_for
from resolvers.state.card_run import AT_WORK
from resolvers.state.mission_status import change_status, note_on_card, only_mission_of

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE

Filter = Annotated[Mapping[str, Any] | None, Filters(Mission)]
"""A MissionFilter of the graph with snake_case names: `{"status": {"in": […]}, "agent": {"eq": …}}`."""

MAX_CHARGED = 20
"""Missions, and who asked for them, that one counts for beside itself."""
MAX_ACTIVE = 500
"""Missions that one project shows as under way."""
_GONE: Record = {"prompt": None}


get_mission = reader("mission", MISSION)


@operation("missions", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_missions(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, filter: Filter = None, fields: Fields = None
) -> Page[MissionRecord]:
    """A page of the missions of a workspace, the newest first."""
    workspace_id = membership["workspace_id"]
    return (await _missions("workspace_id", [{"_id": workspace_id}], fields, window, filter))[0]


@operation("agentMissions", scope=READ, permission=policy.READ, read_only=True)
async def list_missions_of_agent(
    ctx: Context, agent_id: ObjectId | str, window: Window, filter: Filter = None, fields: Fields = None
) -> Page[MissionRecord]:
    """A page of the missions of an agent, the newest first."""
    agent = await get_agent(ctx, agent_id, fields=frozenset())
    return (await _missions("agent_id", [agent], fields, window, filter))[0]


@operation("cardMissions", opens=CARD, permission=policy.READ, scope=READ, read_only=True)
async def list_missions_of_card(
    ctx: Context, card: CardRecord, window: Window, filter: Filter = None, fields: Fields = None
) -> Page[MissionRecord]:
    """A page of the missions about a card, the newest first."""
    return (await _missions("card_id", [card], fields, window, filter))[0]


@operation("activeMissions", opens=PROJECT.by("project_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_active_missions(ctx: Context, project: ProjectRecord, fields: Fields = None) -> list[MissionRecord]:
    """The missions that cards of a project have at the moment, one each; at most 500."""
    return (await active_missions_of(ctx, [project], fields))[0]


get_mission_activity = reader("missionActivity", MISSION_ACTIVITY)


@operation("missionCreate", inside=AGENT, permission=policy.WRITE, scope=WRITE, tool="run_agent")
async def create_mission(ctx: Context, agent: AgentRecord, values: MissionCreate) -> Committed[MissionRecord]:
    """Ask an agent for something; the mission waits until the agent claims it.

    The mission waits until it is claimed, or the built-in runtime begins with it.
    """

    async def body(change: Change) -> MissionRecord:
        there = await collection(Agent).find_one({"_id": agent["_id"], "deleted_at": None}, session=change.session)
        if there is None:
            raise NotFound("Agent")
        asked = Asked(
            values.prompt,
            card_id=values.card_id,
            project_id=values.project_id,
            max_steps=values.max_steps,
            deadline=values.deadline,
            continues_id=values.continues_id,
        )
        return await insert_mission(ctx, change, there, asked)

    return await ctx.write(agent["workspace_id"], body)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an agent: within a project where one is named, which is the card's where a card is.

    `by` is who asked for it, if that is not whoever makes the change; `leads` the mission that it follows from,
    `engine_id` the discovery engine that it is a run of. `max_seconds` is how long it may take, where that is less than
    its card gives.
    """

    prompt: str
    card_id: ObjectId | None = None
    project_id: ObjectId | None = None
    max_steps: int = MAX_STEPS
    deadline: datetime | None = None
    max_seconds: int | None = None
    continues_id: ObjectId | None = None
    reason: MissionReason | None = None
    by: ObjectId | None = None
    leads: MissionRecord | None = None
    engine_id: ObjectId | None = None


async def insert_mission(ctx: Context, change: Change, agent: AgentRecord, asked: Asked) -> MissionRecord:
    """Write and tell of a new mission of an agent, read in this change; the runtime works on it where there is a model
    for the agent, unless that is driven from outside.

    Raises NotFound for a card, a project or an earlier mission that is not in the agent's workspace, BadUserInput for
    what would be confined to a project and is in none, and Conflict for an engine that has a run already.
    """
    workspace_id = agent["workspace_id"]
    project_id, column_id, max_seconds = await _place_of(change, asked, workspace_id)
    leads = asked.leads or await leading(ctx, change)
    confined = _is_confined(ctx, change, leads)
    if confined and project_id is None:
        raise BadUserInput("is needed: what this follows from is bound to one project", field="projectId")
    await require_no_open_run(change, agent["_id"], asked.engine_id)
    is_run = is_served(ctx.services, agent)
    if asked.continues_id is not None:
        before = {"_id": asked.continues_id, "workspace_id": workspace_id}
        if await collection(Mission).find_one(before, {"_id": 1}, session=change.session) is None:
            raise NotFound("Mission")
    mission = to_record(
        Mission(
            workspace_id=workspace_id,
            agent_id=agent["_id"],
            project_id=project_id,
            card_id=asked.card_id,
            prompt=asked.prompt,
            waiting_for=queued_for(asked.reason or asked.engine_id, is_run=is_run),
            created_by=asked.by or ctx.user_id,
            continues_id=asked.continues_id,
            reason=asked.reason,
            column_id=column_id,
            engine_id=asked.engine_id,
            chain=await chain_before(ctx, change, workspace_id, asked.card_id),
            confined=confined,
            charged_to=await _charged_to(ctx, change, leads),
            cause=None if change.cause is None else asdict(change.cause),
            max_steps=asked.max_steps,
            deadline=asked.deadline,
            max_seconds=max_seconds,
            created_at=change.at,
        )
    )
    await collection(Mission).insert_one(mission, session=change.session)
    await note_run(change, mission)
    if is_run:
        await insert_run(change, mission)
    event = MissionStatusChanged(mission=mission, from_status=None, to_status=MissionStatus.QUEUED)
    await note_on_card(change, mission)
    change.append(workspace_id, event)
    return mission


@operation("missionCancel", opens=MISSION.reading("agent_id"), permission=policy.WRITE, scope=WRITE)
async def cancel_mission(ctx: Context, door: MissionRecord) -> Committed[MissionRecord]:
    """Stop a mission that is not finished.

    End a mission that is not finished. An agent's own token cancels missions of that agent alone.
    """
    check_own(ctx, door)

    async def body(change: Change) -> MissionRecord:
        return await change_status(change, await find_mission(change, door["_id"]), MissionStatus.CANCELLED)

    return await ctx.write(door["workspace_id"], body)


def check_own(ctx: Context, mission: MissionRecord) -> None:
    """Raise Forbidden for an agent's token and a mission of another agent."""
    if ctx.subject.agent_id is not None and mission["agent_id"] != ctx.subject.agent_id:
        raise Forbidden("This mission is another agent's")


async def find_mission(change: Change, mission_id: ObjectId) -> MissionRecord:
    """A mission as it stands within a change."""
    found = await collection(Mission).find_one({"_id": mission_id}, session=change.session)
    if found is None:
        raise NotFound("Mission")
    return found


@edge(scope=READ)
async def prompt_of(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[str | None]:
    """What each mission asks; one that an event told of has it in the database alone."""
    untold = [mission["_id"] for mission in missions if "prompt" not in mission]
    found = await by_ids(Mission, untold, frozenset({"prompt"}))
    return [
        mission["prompt"] if "prompt" in mission else found.get(mission["_id"], _GONE)["prompt"] for mission in missions
    ]


@edge(scope=READ)
async def missions_of_workspace(
    ctx: Context,
    workspaces: Sequence[WorkspaceRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    filter: Filter = None,
) -> list[Page]:
    """The missions of a workspace, the newest first."""
    return await _missions("workspace_id", workspaces, fields, Window.read(first, after), filter)


@edge(scope=READ)
async def missions_of_agent(
    ctx: Context, agents: Sequence[AgentRecord], fields: Fields, *, first: int | None = None, after: str | None = None
) -> list[Page]:
    """The missions of an agent, the newest first."""
    return await _missions("agent_id", agents, fields, Window.read(first, after))


@edge(scope=READ)
async def missions_of_card(
    ctx: Context, cards: Sequence[CardRecord], fields: Fields, *, first: int | None = None, after: str | None = None
) -> list[Page]:
    """The missions about a card, the newest first."""
    return await _missions("card_id", cards, fields, Window.read(first, after))


@edge(scope=READ)
async def active_missions_of(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[list[MissionRecord]]:
    """The missions that cards of each project have at the moment, one each."""
    at_work = {"project_id": {"$in": [project["_id"] for project in projects]}, **AT_WORK}
    wanted = {"project_id": 1, "active_mission_id": 1}
    cards = await collection(Card).find(at_work, wanted).limit(MAX_ACTIVE).to_list()
    found = await by_ids(Mission, [card["active_mission_id"] for card in cards], fields)
    made: dict[ObjectId, list[MissionRecord]] = {project["_id"]: [] for project in projects}
    for card in sorted(cards, key=itemgetter("active_mission_id")):
        if (mission := found.get(card["active_mission_id"])) is not None:
            made[card["project_id"]].append(mission)
    return [made[project["_id"]] for project in projects]


messages_of_card = pages_by(MISSION_ACTIVITY, "card_id")
"""What was reported and said in all missions about a card, oldest first."""
activities_of = pages_by(MISSION_ACTIVITY, "mission_id", sort=[("position", 1)])
"""What an agent reported on a mission, in its order."""


mission_of = one_by(MISSION, "mission_id")
"""The mission that something came up in."""


@edge(scope=READ)
async def agent_of(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[Record | None]:
    """The agent of each mission, one that was deleted since too."""
    return await to_one(Agent, missions, "agent_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def card_of(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[CardRecord | None]:
    """The card that a mission is about; None for none, and once it is deleted."""
    return await card_inside(missions, fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def project_of(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[Record | None]:
    """The project of that card; None for none, and once it is deleted."""
    wanted = None if fields is None else fields | {"workspace_id"}  # the id alone would not tell that it is gone
    return await to_one(Project, missions, "project_id", wanted)


async def _missions(
    key: str, parents: Sequence[AnyRecord], fields: Fields, window: Window, filter: Filter = None
) -> list[Page]:
    ids = [parent["_id"] for parent in parents]
    where = compile_filter(filter, Mission)
    found = await pages(Mission, key, ids, window, sort=NEWEST_FIRST, where=where, fields=fields)
    return [found[object_id] for object_id in ids]


async def leading(ctx: Context, change: Change) -> MissionRecord | None:
    """The mission that an agent works on which asks for another one."""
    if (before_id := ctx.mission_id or await only_mission_of(ctx.subject.agent_id)) is None:
        return None
    return await collection(Mission).find_one({"_id": before_id}, session=change.session)


def _is_confined(ctx: Context, change: Change, leads: MissionRecord | None) -> bool:
    """Whether a new mission stays inside its project: what begins it, or has led to it, does so too."""
    is_bound = ctx.subject.project_id is not None or change.confined
    return is_bound or (leads is not None and leads.get("confined", False))


async def _charged_to(ctx: Context, change: Change, leads: MissionRecord | None) -> list[ObjectId]:
    """What a mission costs counts for beside itself and who asked for it. The first ones stay, however many follow.

    Of one that another leads to: that one with its agent, who asked for it, and what it counts for itself. Of one that
    an agent begins: that agent, and the person who made it.
    """
    theirs: list[ObjectId | None] = []
    if leads is not None:
        theirs = [*leads.get("charged_to", ()), leads["_id"], leads["created_by"], leads["agent_id"]]
    if ctx.subject.agent_id is not None:
        mine = {"_id": ctx.subject.agent_id}
        agent = await collection(Agent).find_one(mine, {"created_by": 1}, session=change.session)
        theirs += [ctx.subject.agent_id, None if agent is None else agent.get("created_by")]
    return list(dict.fromkeys(each for each in theirs if each is not None))[:MAX_CHARGED]


async def _place_of(
    change: Change, asked: Asked, workspace_id: ObjectId
) -> tuple[ObjectId | None, ObjectId | None, int | None]:
    """The project of the card that is asked about, or the one that is named; the column that the card stands in; and
    how many seconds whoever works on it may take."""
    if asked.card_id is not None:
        there = {"_id": asked.card_id, "workspace_id": workspace_id}
        wanted = {"project_id": 1, "column_id": 1, "max_duration_seconds": 1}
        card = await collection(Card).find_one(there, wanted, session=change.session)
        if card is None:
            raise NotFound("Card")
        if asked.project_id not in (None, card["project_id"]):
            raise BadUserInput("is not the project of the card", field="projectId")
        given = [most for most in (asked.max_seconds, card.get("max_duration_seconds")) if most is not None]
        return ObjectId(card["project_id"]), card["column_id"], min(given, default=None)
    if asked.project_id is not None:
        within = {"_id": asked.project_id, "workspace_id": workspace_id}
        if await collection(Project).find_one(within, {"_id": 1}, session=change.session) is None:
            raise NotFound("Project")
    return asked.project_id, None, asked.max_seconds
