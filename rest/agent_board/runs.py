"""The agents of cards: what runs, what was said, and what people have it do. A session is a mission."""

from typing import Annotated

from pydantic import Field

from models.enums import MissionStatus
from models.errors import Conflict
from models.records import CardRecord, MissionRecord
from resolvers.card.auto import activate_card, approve_auto
from resolvers.inputs.mission import CardMessages, CardMissionPrompt, LongText, MessageOrMoment, MissionReview
from resolvers.kit.input import Input, MissionId
from resolvers.kit.page import Window
from resolvers.mission.again import relaunch_mission, retry_mission
from resolvers.mission.messages import list_messages
from resolvers.mission.mission import cancel_mission, get_mission, list_active_missions, list_missions_of_card
from resolvers.mission.prompt import prompt_card, review_mission
from resolvers.mission.relay import relay_mission
from resolvers.mission.summary import summarize_card
from resolvers.state.mission_status import ACTIVE
from rest.agent_board import guards
from rest.agent_board.bodies import Unsaid
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.run import (
    ActiveAgentData,
    AgentData,
    MessagesData,
    RunSessionData,
    RunSummaryData,
    active_agents,
    agent,
    messages,
    sessions,
)
from rest.dialect import NO_CONTENT
from rest.parameters import at_most
from rest.routing import Call

cards = board_routes("agents", guards.CARD_PATH, about="What agents do about cards: a session is a mission.", place=110)
routes = board_routes("agents", guards.CARD_PATH + "/agent")
projects = board_routes("agents", guards.PROJECT_PATH)

MAX_SENT = 500

_CARD = frozenset({"project_id", "active_mission_id"})
_FINISHED = {"status": {"in": [status.value for status in MissionStatus if status not in ACTIVE]}}


class SessionsQuery(Input):
    """How many runs at most."""

    limit: Annotated[int, Field(ge=1, le=MAX_SENT), at_most(MAX_SENT)] = 100


class MessagesQuery(SessionsQuery):
    """Which messages: of one run, and those after or before a moment or the id of a message."""

    session_id: MissionId | None = None
    since: MessageOrMoment | None = None
    before: MessageOrMoment | None = None


class PlanReview(MissionReview):
    """What a person says to what an agent is about to do."""

    feedback: Annotated[LongText | None, Unsaid] = Field(
        None, description="What is to be different; has to be given without approval."
    )


class MessageBody(Input):
    """What is said to the agent."""

    content: LongText


@routes.get("", "Read the run of a card that is not finished", runs=get_mission)
async def get(call: Call) -> AgentData:
    """`idle` without one."""
    card = await _card(call)
    return agent(card, await _active(call, card))


@routes.post(
    "/cancel",
    "Cancel the run of a card",
    runs=cancel_mission,
    status=NO_CONTENT,
    reads=[get_mission],
)
async def cancel(call: Call) -> None:
    """Also where it has just ended by itself, or there is none."""
    mission = await _active(call, await _card(call))
    if mission is None:
        return
    try:
        await cancel_mission(call.ctx, mission["_id"])
    except Conflict:
        if (await get_mission(call.ctx, mission["_id"]))["status"] in ACTIVE:
            raise


@routes.get("/sessions", "List the runs of a card", runs=list_missions_of_card, query=SessionsQuery)
async def find(call: Call) -> list[RunSessionData]:
    """The newest first."""
    card = await guards.card(call)
    found = await list_missions_of_card(call.ctx, card["_id"], Window.read(call.query(SessionsQuery).limit))
    return await sessions(call.ctx, found.nodes)


@routes.get("/history", "List the finished runs of a card", runs=list_missions_of_card, query=SessionsQuery)
async def find_finished(call: Call) -> list[RunSessionData]:
    """The newest first, with what came of them."""
    card, window = await guards.card(call), Window.read(call.query(SessionsQuery).limit)
    found = await list_missions_of_card(call.ctx, card["_id"], window, _FINISHED)
    return await sessions(call.ctx, found.nodes)


@routes.get("/messages", "Read what was said about a card", runs=list_messages, query=MessagesQuery)
async def find_messages(call: Call) -> MessagesData:
    """Oldest first: the newest ones, or those after `since` or before `before`, which are left out themselves."""
    card, wanted = await guards.card(call), call.query(MessagesQuery)
    values = CardMessages.of(mission_id=wanted.session_id, since=wanted.since, before=wanted.before, limit=wanted.limit)
    found = await list_messages(call.ctx, card["_id"], values)
    return messages(found.nodes, has_more=found.has_previous if wanted.since is None else found.has_next)


@routes.post("/message", "Say something to the agent of a card", runs=prompt_card, body=MessageBody)
async def say(call: Call) -> AgentData:
    """Where none works on it, one begins with that."""
    card, values = await _card(call), CardMissionPrompt(text=call.body(MessageBody).content)
    return agent(card, (await prompt_card(call.ctx, card["_id"], values)).value)


@routes.post(
    "/retry",
    "Try the last run of a card once more",
    runs=retry_mission,
    status=NO_CONTENT,
    reads=[list_missions_of_card],
)
async def retry(call: Call) -> None:
    """With what came of it. 409 unless it failed or was cancelled."""
    await retry_mission(call.ctx, (await _last(call, await _card(call)))["_id"])


@routes.post(
    "/relaunch",
    "Begin the work on a card anew",
    runs=relaunch_mission,
    status=NO_CONTENT,
    reads=[list_missions_of_card],
)
async def relaunch(call: Call) -> None:
    """A run that is not finished ends."""
    await relaunch_mission(call.ctx, (await _last(call, await _card(call)))["_id"])


@routes.post(
    "/relay", "Hand the run of a card over to a new one", runs=relay_mission, status=NO_CONTENT, reads=[get_mission]
)
async def relay(call: Call) -> None:
    """That begins with a summary of what came of it so far."""
    await relay_mission(call.ctx, (await _working(call, await _card(call)))["_id"])


@routes.post(
    "/plan-approve",
    "Approve what an agent plans",
    runs=review_mission,
    body=PlanReview,
    status=200,
    reads=[get_mission],
)
async def approve_plan(call: Call) -> AgentData:
    """Or say what is to be different. 409 unless it waits for that."""
    card, values = await _card(call), call.body(PlanReview)
    mission = await _working(call, card)
    return agent(card, (await review_mission(call.ctx, mission["_id"], values)).value)


@cards.post("/summary", "Sum up the work on a card", runs=summarize_card, status=200)
async def summarize(call: Call) -> RunSummaryData:
    """Of what its runs have said that came of them. 409 where none has."""
    summary = await summarize_card(call.ctx, (await guards.card(call))["_id"])
    if summary is None:
        raise Conflict("No run of the card has said what came of it")
    return {"summary": summary}


@cards.post("/activate", "Begin with a card", runs=activate_card, status=NO_CONTENT)
async def activate(call: Call) -> None:
    """Move it from where nothing has begun to the first step of its pipeline, else 409."""
    await activate_card(call.ctx, (await guards.card(call))["_id"])


@cards.post("/approve-auto", "Let a card go on that waits for it", runs=approve_auto, status=NO_CONTENT)
async def approve(call: Call) -> None:
    """To the next step of its pipeline. 409 where it waits for no approval."""
    await approve_auto(call.ctx, (await guards.card(call))["_id"])


@projects.get("/active-agents", "List the cards that agents work on", runs=list_active_missions)
async def find_active(call: Call) -> list[ActiveAgentData]:
    """At most 500."""
    project = await guards.project(call)
    return await active_agents(call.ctx, await list_active_missions(call.ctx, project["_id"]))


async def _card(call: Call) -> CardRecord:
    """The card, for whoever may do what the route does, whether there is anything to do or not."""
    card = await guards.card(call, _CARD)
    call.route.operation.admit(call.ctx)
    return card


async def _active(call: Call, card: CardRecord) -> MissionRecord | None:
    """The run of a card that is not finished."""
    active = card.get("active_mission_id")
    return None if active is None else await get_mission(call.ctx, active)


async def _working(call: Call, card: CardRecord) -> MissionRecord:
    """The same; raises Conflict without one."""
    mission = await _active(call, card)
    if mission is None:
        raise Conflict("No agent works on the card")
    return mission


async def _last(call: Call, card: CardRecord) -> MissionRecord:
    """The last run of a card; raises Conflict without any."""
    found = await list_missions_of_card(call.ctx, card["_id"], Window.read(1))
    if not found.nodes:
        raise Conflict("No agent has worked on the card")
    return found.nodes[0]
