"""What agents do about a card, column by column, and what people have them do."""

import httpx

from models import Card, Mission
from models.base import collection
from models.enums import ColumnKind, MissionStatus, MissionWait
from resolvers.column.column import update_column
from resolvers.inputs.card import CardPipelineSet, CardStepInput
from resolvers.inputs.column import ColumnUpdate
from resolvers.inputs.mission import (
    AgentRun,
    CardMessages,
    CardMissionPrompt,
    CardMissionStart,
    MissionAnswer,
    MissionPrompt,
    MissionReview,
)
from resolvers.inputs.proposal import ProposalReject
from resolvers.kit.page import Window
from resolvers.proposal.decide import reject_proposal
from tests.nouns.column import add_column
from tests.nouns.mission import end_mission
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board
from tests.world.paths import B_CARD, B_PROJECT, BOARD
from tests.world.sample import Case, Sample, sent, sent_in_organization
from tests.world.world import World

AGENT = B_CARD + "/agent"
RELAY = BOARD + "/settings/context-relay"


async def ask_question(world: World) -> None:
    """A mission whose agent waits for an answer."""
    waiting = {"status": MissionStatus.AWAITING_APPROVAL.value, "waiting_for": MissionWait.ANSWER.value}
    await collection(Mission).update_one({"_id": world.ids["mission"]}, {"$set": waiting})


async def await_review(world: World) -> None:
    """A mission that waits for somebody."""
    waiting = {"status": MissionStatus.AWAITING_APPROVAL.value}
    await collection(Mission).update_one({"_id": world.ids["mission"]}, {"$set": waiting})


async def add_active_column(world: World) -> None:
    """A second column of the project's board, in which an agent begins."""
    await add_column(world)
    values = ColumnUpdate.of(kind=ColumnKind.ACTIVE, prompt="Do it")
    await update_column(again(world.owner), world.ids["next_column"], values)


async def hold_card(world: World) -> None:
    """A card that waits for an approval."""
    await add_active_column(world)
    waiting = {"pending_column_id": world.ids["next_column"]}
    await collection(Card).update_one({"_id": world.ids["card"]}, {"$set": waiting})


async def decide(world: World) -> None:
    """Nothing of the mission that waits for a decision."""
    await reject_proposal(again(world.owner), world.ids["proposal"], ProposalReject())


async def board_story(cast: Cast) -> None:
    """What an agent does about a card that it claims, and what people have it do."""
    api, ann, path = cast.api, cast.ann, f"/projects/{cast.project_id}"
    at = {"boardId": cast.project_id}
    begins = {"columnType": "active", "prompt": "Do it"}
    build = await ask_board(ann, "POST", f"{path}/columns", 201, name="Build", **begins, **at)
    shipped = await ask_board(ann, "POST", f"{path}/columns", 201, name="Shipped", columnType="done", **at)
    created = await ask_board(ann, "POST", "/cards", 201, projectId=cast.project_id, title="Fix login bug")
    card = f"{path}/cards/{created['id']}"
    idle = {"sessionId": None, "status": "idle", "cardId": created["id"], "waitingFor": None}
    assert await ask_board(ann, "GET", f"{card}/agent") == idle
    await _begun(ann, path, card)

    # An agent claims it, asks whether it may go on, and is handed over
    hired = await made(ann, f"{cast.workspace}/agents", name="Builder", slug="builder")
    builder, missions = api.client(hired["token"]), f"{cast.workspace}/missions"
    claimed = (await made(builder, f"{missions}/claim"))["mission"]
    await made(builder, f"{missions}/{claimed['id']}/report", awaitingApproval=True)
    assert (await ask_board(ann, "POST", f"{card}/agent/plan-approve", approved=True))["status"] == "running"
    await ask_board(ann, "POST", f"{card}/agent/relay", 204)
    sessions = await ask_board(ann, "GET", f"{card}/agent/sessions")
    assert [session["reason"] for session in sessions] == ["relay", "retry", "relaunch", "column"]

    # It is no free agent, so that the card waits for somebody to let it on
    await ask_board(ann, "PATCH", f"{card}/auto-mode", enabled=True)
    claimed = (await made(builder, f"{missions}/claim"))["mission"]
    await made(builder, f"{missions}/{claimed['id']}/complete", summary="It was the cookies")
    assert (await ask_board(ann, "GET", card))["autoApprovalPending"] is True
    await ask_board(ann, "POST", f"{card}/approve-auto", 204)
    assert (await ask_board(ann, "GET", card))["columnId"] == shipped["id"]
    assert (await ask_board(ann, "POST", f"{card}/summary"))["summary"].endswith("It was the cookies")
    history = await ask_board(ann, "GET", f"{card}/agent/history")
    assert [session["status"] for session in history] == ["success", "success", "cancelled", "cancelled"]
    await ask_board(ann, "DELETE", card, 204)
    for column in (build, shipped):
        await ask_board(ann, "DELETE", f"{path}/columns/{column['id']}", 204)
    await _relayed(ann)


async def _begun(ann: httpx.AsyncClient, path: str, card: str) -> None:
    """It is begun, waits for somebody to claim it, and is written to and begun anew meanwhile."""
    await ask_board(ann, "POST", f"{card}/activate", 204)
    begun = await ask_board(ann, "GET", f"{card}/agent")
    assert (begun["status"], begun["waitingFor"]) == ("queued", "credential")
    [at_work] = await ask_board(ann, "GET", f"{path}/active-agents")
    assert (at_work["cardTitle"], at_work["sessionId"]) == ("Fix login bug", begun["sessionId"])
    assert await ask_board(ann, "POST", f"{card}/agent/message", 201, content="Mind the cookies") == begun
    said = await ask_board(ann, "GET", f"{card}/agent/messages?sessionId={begun['sessionId']}&limit=10")
    assert ([each["content"] for each in said["messages"]], said["hasMore"]) == (["Mind the cookies"], False)
    await ask_board(ann, "POST", f"{card}/agent/relaunch", 204)
    await ask_board(ann, "DELETE", card, 409)
    for _ in range(2):
        await ask_board(ann, "POST", f"{card}/agent/cancel", 204)
    await ask_board(ann, "POST", f"{card}/agent/retry", 204)


async def _relayed(ann: httpx.AsyncClient) -> None:
    changed = await ask_board(ann, "PUT", "/settings/context-relay", mode="auto", threshold=0.5)
    assert changed == {"mode": "auto", "threshold": 0.5}
    first = await ask_board(ann, "PUT", "/settings/context-relay", mode=None, threshold=None)
    assert first == await ask_board(ann, "GET", "/settings/context-relay") == {"mode": "manual", "threshold": 0.8}


SAMPLE = Sample(
    after=("mission", "column"),
    calls={
        "cardComplete": lambda ids: (ids["card"],),
        "cardActivate": lambda ids: (ids["card"],),
        "cardAutoApprove": lambda ids: (ids["card"],),
        "cardPipelineSet": lambda ids: (
            ids["card"],
            CardPipelineSet(steps=[CardStepInput(column_id=ids["column"], prompt="Test it")]),
        ),
        "agentRun": lambda ids: (
            AgentRun(workspace_id=ids["workspace"], agent_user_id=ids["agent"], objective="Look around"),
        ),
        "cardMissionStart": lambda ids: (
            CardMissionStart(card_id=ids["second_card"], project_id=ids["project"], agent_id=ids["agent"]),
        ),
        "cardMissionPrompt": lambda ids: (ids["third_card"], CardMissionPrompt(text="Mind the rain")),
        "cardMissions": lambda ids: (ids["card"], Window.read()),
        "cardMissionSummary": lambda ids: (ids["card"],),
        "cardMessages": lambda ids: (ids["card"], CardMessages()),
        "activeMissions": lambda ids: (ids["project"],),
        "missionRetry": lambda ids: (ids["mission"],),
        "missionRelaunch": lambda ids: (ids["mission"],),
        "missionRelay": lambda ids: (ids["mission"],),
        "missionReview": lambda ids: (ids["mission"], MissionReview(approved=True)),
        "missionPrompt": lambda ids: (ids["mission"], MissionPrompt(text="Mind the rain")),
        "missionAnswer": lambda ids: (ids["mission"], MissionAnswer(answer="Blue")),
    },
    makes_another={"agentRun", "cardMissionPrompt", "missionRelaunch", "missionPrompt"},
    refused_there={"cardActivate", "cardAutoApprove", "missionRetry", "missionRelay", "missionReview", "missionAnswer"},
    routes={
        ("PATCH", B_CARD + "/auto-mode"): sent(enabled=True),
        ("POST", B_CARD + "/complete"): None,
        ("POST", B_CARD + "/activate"): None,
        ("POST", B_CARD + "/approve-auto"): None,
        ("POST", B_CARD + "/summary"): None,
        ("GET", AGENT): None,
        ("POST", AGENT + "/cancel"): None,
        ("GET", AGENT + "/sessions"): None,
        ("GET", AGENT + "/history"): None,
        ("GET", AGENT + "/messages"): None,
        ("POST", AGENT + "/message"): sent(content="Mind the rain"),
        ("POST", AGENT + "/retry"): None,
        ("POST", AGENT + "/relaunch"): None,
        ("POST", AGENT + "/relay"): None,
        ("POST", AGENT + "/plan-approve"): sent(approved=True),
        ("GET", B_PROJECT + "/active-agents"): None,
        ("GET", RELAY): sent_in_organization(),
        ("PUT", RELAY): sent_in_organization(mode="auto"),
        ("GET", B_CARD + "/pipeline"): None,
        ("PUT", B_CARD + "/pipeline"): lambda ids: {"steps": [{"columnId": str(ids["column"])}]},
    },
    # Nobody has worked on the card.
    answers={("POST", B_CARD + "/summary"): 409},
    cases={
        "cardComplete": Case(prepare=add_column),
        "cardActivate": Case(prepare=add_active_column),
        "cardAutoApprove": Case(prepare=hold_card),
        "missionRetry": Case(arguments=lambda ids: (ids["ended mission"],), prepare=end_mission),
        "missionRelay": Case(prepare=decide),
        "missionReview": Case(prepare=await_review),
        "missionAnswer": Case(prepare=ask_question),
    },
    board_story=board_story,
)
