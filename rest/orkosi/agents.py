"""Agents as their workspace runs them: set up, listed, stopped and started, and asked whether they need begin."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, NotRequired

from bson import ObjectId
from typing_extensions import TypedDict

from models.agent import EMOJI
from models.agent_enums import AgentStatus
from models.base import utc_now
from models.errors import BadUserInput
from models.limits import NAME, SLUG, TITLE, Text
from models.records import AgentRecord
from realtime.log import Committed
from resolvers.agent.agent import find_agent, list_agents
from resolvers.agent.agent_automation import automations_of_agent, file_of
from resolvers.agent.idle import check_idle
from resolvers.agent.presence import status_of_agents
from resolvers.agent.set_up import set_up_agent
from resolvers.inputs.agent import AgentSetUp, AgentSwitch, Interval
from resolvers.kit.input import Color, Name, Slug
from resolvers.mission.switch import restart_agent, start_agent, stop_agent
from resolvers.overview.agents import completion_of_agent
from resolvers.usage.sums import usage_of_agent
from rest.orkosi.bodies import Body, Query, called
from rest.orkosi.dialect import FLAT, orkosi_routes
from rest.orkosi.paging import PageQuery, listed_of
from rest.orkosi.present.agent import WORDS, OrkosiAgentData, SetUpData, agent
from rest.orkosi.present.automation import automation
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "agents", "/agents", about="The agents of the workspace: set up, stopped and started.", place=80, tag_place=30
)
runs = orkosi_routes("agent runs", "/agent-runs", about="Whether an agent need begin to work.", tag_place=10)

COUNTED = timedelta(days=30)
"""How far back the cost of agents is told."""


class AgentBody(Body):
    """A new agent. `name` is what it is called by, `display_name` what people read."""

    name: Slug
    display_name: Name | None = None
    model: Annotated[str, NAME] | None = None
    interval_sec: Interval | None = None
    emoji: Annotated[str, EMOJI] | None = None
    color: Color | None = None


class AgentsQuery(PageQuery):
    """Which agents: `status` is one of active, idle, offline and error, or several with commas."""

    status: Annotated[str, Text(1, 100)] | None = None


class NoteBody(Body):
    """Why."""

    note: Annotated[str, TITLE] | None = None


class IdleQuery(Query):
    """Which agent, and what it is about to do: `discovery` looks for work by itself."""

    agent_name: Annotated[str, NAME]
    run_mode: Annotated[str, NAME] | None = None


class IdleData(TypedDict):
    """Whether an agent need not begin to work. Why is told to whoever is signed in."""

    skip: bool
    reason: NotRequired[Literal["paused", "busy", "no_tasks", "over_budget"] | None]


@routes.get("", "List the agents of the workspace", runs=list_agents, query=AgentsQuery, names_object=True)
async def find(call: Call) -> list[OrkosiAgentData]:
    """Oldest first, with what they are about, what starts them, and of the last 30 days what they got done and what
    their models have cost."""
    query = call.query(AgentsQuery)
    wanted = _wanted(query.status)
    found = await list_agents(call.ctx, await workspace_of(call))
    statuses = await status_of_agents(call.ctx, found, None)
    some = [pair for pair in zip(found, statuses, strict=True) if wanted is None or pair[1] in wanted]
    page = listed_of(call, query, some[query.offset : query.offset + query.limit], len(some))
    return await _shown(call, page)


@routes.post("", "Create an agent", runs=set_up_agent, body=AgentBody, status=200, names_object=True)
async def create(call: Call) -> SetUpData:
    """The agent with its files, in ten steps that are all done, or none is. Its token is in this answer and never
    again; a token or a key is given none."""
    body = call.body(AgentBody)
    given = {
        "model": body.model,
        "interval_seconds": body.interval_sec,
        "emoji": body.emoji,
        "color": body.color,
    }
    values = AgentSetUp.of(
        workspace_id=await workspace_of(call), name=body.display_name or body.name, slug=body.name, **given
    )
    with called(slug="name"):
        made = (await set_up_agent(call.ctx, values)).value
    [shown] = await _shown(call, [(made.agent, AgentStatus.IDLE)])
    steps = [{"step": step.step, "status": step.status.value, "detail": step.detail} for step in made.steps]
    return {"agent": shown, "token": made.token, "steps": steps}  # type: ignore[typeddict-item]


@routes.post("/{agentSlug}/stop", "Stop an agent", runs=stop_agent, reads=(find_agent,), body=NoteBody, status=200)
async def stop(call: Call) -> OrkosiAgentData:
    """It is given nothing until it is started, and what it works on is cancelled."""
    return await _switched(call, stop_agent)


@routes.post("/{agentSlug}/start", "Start an agent", runs=start_agent, reads=(find_agent,), body=NoteBody, status=200)
async def start(call: Call) -> OrkosiAgentData:
    """It is given what waits for it."""
    return await _switched(call, start_agent)


@routes.post(
    "/{agentSlug}/restart", "Restart an agent", runs=restart_agent, reads=(find_agent,), body=NoteBody, status=200
)
async def restart(call: Call) -> OrkosiAgentData:
    """What it works on is cancelled, and asked of it anew with the same prompts."""
    return await _switched(call, restart_agent)


@runs.get(
    "/idle-check", "Ask whether an agent need begin", runs=check_idle, query=IdleQuery, dialect=FLAT, names_object=True
)
async def check(call: Call) -> IdleData:
    """Whoever is not signed in is told that it is to begin, and nothing of the agent."""
    query = call.query(IdleQuery)
    if call.ctx.subject.user_id is None:
        return {"skip": (await check_idle(call.ctx, query.agent_name)).skip}
    found = await check_idle(call.ctx, query.agent_name, await workspace_of(call), query.run_mode)
    return {"skip": found.skip, "reason": None if found.reason is None else found.reason.value}  # type: ignore[typeddict-item]


async def _switched(
    call: Call, switch: Callable[[Any, ObjectId, AgentSwitch], Awaitable[Committed[AgentRecord]]]
) -> OrkosiAgentData:
    body, slug = call.body(NoteBody), _slug(call.path["agentSlug"])
    found = await find_agent(call.ctx, await workspace_of(call), slug)
    switched = (await switch(call.ctx, found["_id"], AgentSwitch(note=body.note))).value
    statuses = await status_of_agents(call.ctx, [switched], None)
    [shown] = await _shown(call, [(switched, statuses[0])])
    return shown


def _slug(text: str) -> str:
    if SLUG.pattern is None or not SLUG.minimum <= len(text) <= SLUG.maximum or not re.fullmatch(SLUG.pattern, text):
        raise BadUserInput("must be the name of an agent: small letters, digits and hyphens", field="name")
    return text


def _wanted(words: str | None) -> set[AgentStatus] | None:
    """What those agents are about whose words were asked for; None for all of them."""
    if words is None:
        return None
    asked = {word.strip() for word in words.split(",")}
    if unknown := asked - set(WORDS.values()):
        raise BadUserInput(f"must be of {', '.join(dict.fromkeys(WORDS.values()))}, not {min(unknown)}", field="status")
    return {status for status, word in WORDS.items() if word in asked}


async def _shown(call: Call, agents: Sequence[tuple[AgentRecord, AgentStatus]]) -> list[OrkosiAgentData]:
    now, records = utc_now(), [record for record, _ in agents]
    usages = await usage_of_agent(call.ctx, records, None, from_=now - COUNTED, to=now)
    completions = await completion_of_agent(call.ctx, records, None, from_=now - COUNTED, to=now)
    started_by = await automations_of_agent(call.ctx, records, None)
    files = iter(await file_of(call.ctx, [each for automations in started_by for each in automations], None))
    return [
        agent(
            record,
            status,
            usage["cost"],
            completion,
            [automation(each, record, file) for each, file in zip(automations, files, strict=False)],
        )
        for (record, status), usage, completion, automations in zip(
            agents, usages, completions, started_by, strict=True
        )
    ]
