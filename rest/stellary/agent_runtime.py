"""Running agents: by an objective or from a card, and following what they do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Literal

import orjson
from bson import ObjectId
from pydantic import Field
from starlette.responses import Response

from models.errors import BadUserInput
from models.records import MissionRecord
from realtime.payload import EventPayload
from realtime.told import ToldEvent
from resolvers.inputs.mission import AgentRun, CardMissionStart
from resolvers.kit.input import Input
from resolvers.mission.mission import get_mission
from resolvers.mission.run import is_run, output_of
from resolvers.mission.start import run_agent, start_card_mission
from resolvers.state.mission_status import ACTIVE
from resolvers.subscribe import mission_events
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.agent import Mission, mission, mission_activity
from serving.transports.event_stream import CURSOR
from serving.transports.follow import LAST_EVENT_ID, event_of, follow

EVENT_STREAM = "text/event-stream"

routes = Routes(
    "Agent runtime",
    WORKSPACE,
    about="Running agents by an objective or from a card, and following their missions.",
    place=390,
)


async def followed(call: Call, answered: Response) -> Response:
    """The stream of the mission that was started, where the runtime works on it and its client asks for no JSON."""
    started = orjson.loads(bytes(answered.body))
    accepts = call.headers.get("accept", "*/*")
    if ("application/json" in accepts and EVENT_STREAM not in accepts) or not await is_run(ObjectId(started["id"])):
        return answered
    return await _stream(call, ObjectId(started["id"]), ObjectId(started["workspaceId"]), None)


@routes.post(
    "/agent-runtime/run",
    "Run an agent by an objective",
    runs=run_agent,
    given=["workspaceId"],
    follows=followed,
)
async def run(call: Call) -> Mission:
    """An agent that the gateway runs is followed as an event stream, unless `Accept` is `application/json`; one that is
    driven from outside finds its mission queued. With an Idempotency-Key, the same mission is followed again."""
    workspace = await guards.workspace(call)
    return mission((await run_agent(call.ctx, call.body(AgentRun, workspaceId=workspace["_id"]))).value)


@routes.post("/agent-runtime/card-mission", "Start a mission about a card", runs=start_card_mission, follows=followed)
async def start(call: Call) -> Mission:
    """Its assignee works on it, or the workspace's default agent; it is followed as a run is."""
    workspace = await guards.workspace(call)
    values = call.body(CardMissionStart)
    await guards.project_of(call, values.project_id, workspace)
    return mission((await start_card_mission(call.ctx, values)).value)


class StreamQuery(Input):
    """How a mission is followed."""

    follow: Literal["true", "false"] = Field("true", description="`false` ends the stream with what there is by now.")


@routes.get(
    "/missions/{missionId}/stream",
    "Follow a mission",
    runs=mission_events,
    query=StreamQuery,
    gives=(EVENT_STREAM,),
)
async def stream(call: Call) -> Response:
    """`mission_status`, `mission_activity`, `proposal` and `output_delta`, until a final status. `Last-Event-ID` goes
    on after an event."""
    found = await guards.mission(call)
    after = call.headers.get(LAST_EVENT_ID)
    if after is not None and not CURSOR.fullmatch(after):
        raise BadUserInput("must be the id of an event", field="Last-Event-ID")
    return await _stream(
        call, found["_id"], found["workspace_id"], after, goes_on=call.query(StreamQuery).follow == "true"
    )


async def _stream(
    call: Call, mission_id: ObjectId, workspace_id: ObjectId, after: str | None, *, goes_on: bool = True
) -> Response:
    """The events of a mission after one, or what it is now and then what comes."""
    cursor = await call.ctx.services.hub.log.head(workspace_id)
    watching = mission_events(call.ctx, mission_id, after or str(cursor))
    source, now = await asyncio.gather(watching, get_mission(call.ctx, mission_id))
    [output] = await output_of(call.ctx, [now], None)

    async def events() -> AsyncIterator[EventPayload]:
        if after is None:
            yield event_of("mission_status", {"mission": mission(now)}, str(cursor))
            if output is not None:
                delta = {"missionId": str(mission_id), "offset": 0, **output}
                yield event_of("output_delta", delta, None)
            if now["status"] not in ACTIVE:
                return
        try:
            async for event in source:
                if event["type"] == "StreamReady" and (now["status"] not in ACTIVE or not goes_on):
                    return
                if (told := _told(event, now)) is not None:
                    yield told
                if event["type"] == "MissionStatusChanged" and event["data"]["to_status"] not in ACTIVE:
                    return
        finally:
            await source.aclose()

    return follow(call.request, call.ctx.user_id, events(), source.watch)


def _told(event: ToldEvent, now: MissionRecord) -> EventPayload | None:
    """An event of the log as the stream tells it; None for what it does not tell of."""
    data, cursor = event["data"], event["cursor"] if event["seq"] is not None else None
    match event["type"]:
        case "MissionStatusChanged" | "MissionProgressed":
            return event_of("mission_status", {"mission": _mission(data["mission"], now)}, cursor)
        case "MissionActivityAdded":
            shown = {"mission": _mission(data["mission"], now), "activity": mission_activity(data["activity"])}
            return event_of("mission_activity", shown, cursor)
        case "ProposalCreated" | "ProposalUpdated":
            return event_of("proposal", {"proposal": _proposal(data["proposal"])}, cursor)
        case "MissionOutputDelta":
            return event_of("output_delta", {"missionId": str(event.get("mission_id")), **data}, None)
    return None


def _proposal(told: Mapping[str, object]) -> dict[str, object]:
    """A proposal as an event carries it: what it is about, which its own route tells whole."""
    shown = {"id": str(told["_id"]), "agentId": str(told["agent_id"])}
    return {**shown, **{name: told.get(name) for name in ("tool", "explanation", "status", "reason", "error")}}


def _mission(told: Mapping[str, object], now: MissionRecord) -> Mission:
    """A mission as an event carries it, with what it asks."""
    return mission({**now, **told})  # type: ignore[typeddict-item]
