"""A mission as a task, by both generations of the protocol: begun, looked at, answered, waited for, cancelled."""

from typing import Any

import pytest
from bson import ObjectId

from models import Mission, MissionActivity
from models.base import collection, to_record
from models.enums import MissionActivityKind
from models.ids import Kind, new_id
from tests.agents.server.agent import Agent, agent_of
from tests.agents.server.client import HANDSHAKE, MODERN, VERSIONS, Client
from tests.gateway.lab import Board, Lab

TASKS: dict[str, Any] = {"extensions": {"io.modelcontextprotocol/tasks": {}}}
ABLE: dict[str, Any] = {**TASKS, "elicitation": {"form": {}}}
MISSING = -32021
WRONG = -32602


@pytest.fixture(params=VERSIONS)
async def agent(request: pytest.FixtureRequest, board: Board, lab: Lab) -> Agent:
    return await agent_of(board, lab, request.param)


@pytest.fixture
def ann(agent: Agent, board: Board) -> Client:
    """Her client, which knows tasks and has her asked."""
    return Client(board.ann.http, agent.client.version, capabilities=ABLE)


async def begin(client: Client, agent: Agent) -> dict[str, Any]:
    """A task, as the answer to the call that begins it tells it."""
    core = {"task": {"ttl": 60_000}} if client.version == HANDSHAKE else {}
    result = (await client.send("tools/call", name="run_agent", arguments=agent.asked, **core))["result"]
    told: dict[str, Any] = result["task"] if core else result
    return told


async def look(client: Client, task_id: str) -> dict[str, Any]:
    return dict((await client.send("tasks/get", taskId=task_id))["result"])


async def wait_for(mission_id: str, reason: str) -> None:
    """What the runtime writes of a mission that waits for people."""
    waits = {"$set": {"status": "awaiting_approval", "waiting_for": reason, "activity_count": 1}}
    await collection(Mission).update_one({"_id": ObjectId(mission_id)}, waits)


async def test_a_call_that_begins_a_mission_is_answered_with_its_task(ann: Client, agent: Agent) -> None:
    task = await begin(ann, agent)
    found = await look(ann, task["taskId"])

    keeps, polls = ("ttl", "pollInterval") if ann.version == HANDSHAKE else ("ttlMs", "pollIntervalMs")
    assert task["status"] == found["status"] == "working"
    assert task[keeps] is None
    assert task[polls] == 2_000
    assert task["createdAt"] == found["createdAt"]
    assert task.get("resultType") == (None if ann.version == HANDSHAKE else "task")
    assert await collection(Mission).count_documents({"_id": ObjectId(task["taskId"])}) == 1


async def test_what_came_of_a_task_is_what_the_call_would_have_answered(ann: Client, agent: Agent) -> None:
    # Given
    task_id = (await begin(ann, agent))["taskId"]
    await agent.claim()
    await agent.finish(task_id, summary="All in order")

    # When
    found = await look(ann, task_id)
    if ann.version == HANDSHAKE:
        result = (await ann.send("tasks/result", taskId=task_id))["result"]
        assert result["_meta"] == {"io.modelcontextprotocol/related-task": {"taskId": task_id}}
    else:
        result = found["result"]

    # Then
    assert found["status"] == "completed"
    assert result["structuredContent"]["status"] == "DONE"
    assert result["structuredContent"]["mission"]["summary"] == "All in order"


async def test_a_mission_that_failed_is_an_answered_call_by_the_extension_and_a_failed_task_by_the_core(
    ann: Client, agent: Agent
) -> None:
    task_id = (await begin(ann, agent))["taskId"]
    await agent.claim()
    await agent.client.call("call_tool", name="fail_mission", arguments={"id": task_id, "error": "No access"})

    found = await look(ann, task_id)

    if ann.version == HANDSHAKE:
        found["result"] = (await ann.send("tasks/result", taskId=task_id))["result"]
    assert found["status"] == ("failed" if ann.version == HANDSHAKE else "completed")
    assert found["result"]["isError"]
    assert "No access" in found["result"]["content"][0]["text"]


async def test_a_task_is_cancelled_and_its_mission_with_it(ann: Client, agent: Agent) -> None:
    task_id = (await begin(ann, agent))["taskId"]

    answered = await ann.send("tasks/cancel", taskId=task_id)
    again = await ann.send("tasks/cancel", taskId=task_id)

    assert (await look(ann, task_id))["status"] == "cancelled"
    if ann.version == HANDSHAKE:
        assert answered["result"]["status"] == "cancelled"
        assert again["error"]["code"] == WRONG
    else:
        assert {**answered["result"], "_meta": None} == {"resultType": "complete", "_meta": None}
        assert again["result"]["resultType"] == "complete"


async def test_missions_in_reach_are_listed_in_pages(board: Board, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.server.tasks.MOST_LISTED", 2)
    other = await lab.person(f"lister-{ObjectId()}@example.com")
    ann, agent = Client(board.ann.http, HANDSHAKE), await agent_of(board, lab, HANDSHAKE)
    made = [(await begin(ann, agent))["taskId"] for _ in range(5)]

    seen: list[str] = []
    page = (await ann.send("tasks/list"))["result"]
    while True:
        assert len(page["tasks"]) <= 2
        seen += [task["taskId"] for task in page["tasks"]]
        if "nextCursor" not in page:
            break
        page = (await ann.send("tasks/list", cursor=page["nextCursor"]))["result"]

    assert seen[:5] == made[::-1]
    assert (await Client(other.http, HANDSHAKE).send("tasks/list"))["result"]["tasks"] == []
    assert (await ann.send("tasks/list", cursor="elsewhere:"))["error"]["code"] == WRONG


@pytest.mark.parametrize("method", ["tasks/get", "tasks/cancel", "tasks/result", "tasks/update"])
async def test_the_task_of_another_tenant_is_as_none(method: str, ann: Client, agent: Agent, lab: Lab) -> None:
    task_id = (await begin(ann, agent))["taskId"]
    stranger = await lab.person(f"eve-{ObjectId()}@example.com")
    eve = Client(stranger.http, ann.version, capabilities=ABLE)

    foreign = (task_id, str(new_id(Kind.MISSION)), str(new_id(Kind.CARD)), "nonsense")
    errors = [(await eve.send(method, taskId=asked, inputResponses={}))["error"] for asked in foreign]

    of_both = {"tasks/get", "tasks/cancel"} | ({"tasks/result"} if ann.version == HANDSHAKE else {"tasks/update"})
    assert {error["code"] for error in errors} == {WRONG if method in of_both else -32601}
    assert all(error == errors[0] for error in errors)
    assert (await look(ann, task_id))["status"] == "working"


async def test_who_does_not_know_tasks_gets_none_and_is_told_what_is_missing(board: Board, lab: Lab) -> None:
    # Given
    agent, plain = await agent_of(board, lab, MODERN), Client(board.ann.http, MODERN)

    # When
    started = await plain.call("run_agent", **agent.asked)
    asked = await plain.send("tasks/get", taskId=started["structuredContent"]["mission"]["id"])

    # Then
    assert started["resultType"] == "complete"
    assert asked["error"]["code"] == MISSING
    assert asked["error"]["data"] == {"requiredCapabilities": TASKS}


async def test_each_generation_is_told_of_tasks_as_it_has_them(board: Board) -> None:
    about = {"name": "test", "version": "1"}
    core, later = Client(board.ann.http, HANDSHAKE), Client(board.ann.http, MODERN)

    told = await core.send("initialize", protocolVersion=HANDSHAKE, capabilities={}, clientInfo=about)
    discovered = await later.send("server/discover")
    [tool] = [each for each in (await core.send("tools/list"))["result"]["tools"] if each["name"] == "run_agent"]
    [now] = [each for each in (await later.send("tools/list"))["result"]["tools"] if each["name"] == "run_agent"]

    requests: dict[str, Any] = {"tools": {"call": {}}}
    assert told["result"]["capabilities"]["tasks"] == {"list": {}, "cancel": {}, "requests": requests}
    assert discovered["result"]["capabilities"]["extensions"] == TASKS["extensions"]
    assert "tasks" not in discovered["result"]["capabilities"]
    assert tool["execution"] == {"taskSupport": "optional"}
    assert "execution" not in now


async def test_no_other_tool_runs_as_a_task(board: Board) -> None:
    ann = Client(board.ann.http, HANDSHAKE)

    answered = await ann.send("tools/call", name="whoami", arguments={}, task={})

    assert answered["error"]["code"] == -32601


async def test_a_refused_call_begins_no_task(ann: Client) -> None:
    core: dict[str, Any] = {"task": {}} if ann.version == HANDSHAKE else {}
    missing = {"agentId": str(new_id(Kind.AGENT)), "prompt": "Look"}

    answered = await ann.send("tools/call", name="run_agent", arguments=missing, **core)

    if core:
        assert answered["error"]["code"] == WRONG
        assert answered["error"]["message"].startswith("NOT_FOUND")
    else:
        assert answered["result"]["isError"]


async def propose(agent: Agent, mission_id: str, card: str) -> str:
    """A proposal of its mission; its id."""
    asked: dict[str, Any] = {
        "workspaceId": agent.workspace,
        "missionId": mission_id,
        "action": "update_card",
        "arguments": {"id": card, "title": "New"},
        "explanation": "It reads better",
    }
    made = await agent.client.call("propose_action", **asked)
    return str(made["structuredContent"]["proposal"]["id"])


@pytest.mark.parametrize("approved", [True, False])
async def test_who_may_decide_is_asked_in_the_task_and_decides_there(approved: bool, board: Board, lab: Lab) -> None:
    # Given
    agent, ann = await agent_of(board, lab, MODERN), Client(board.ann.http, MODERN, capabilities=ABLE)
    card, task_id = await board.card("Old"), (await begin(ann, agent))["taskId"]
    await agent.claim()
    proposal = await propose(agent, task_id, card)
    await wait_for(task_id, "proposals")

    # When
    waiting = await look(ann, task_id)
    [(key, question)] = waiting["inputRequests"].items()
    said = {"action": "accept", "content": {"approved": approved, "reason": "Because"}}
    answered = await ann.send("tasks/update", taskId=task_id, inputResponses={key: said, "proposal.other.1": said})
    after = await look(ann, task_id)

    # Then
    assert waiting["status"] == "input_required"
    assert key == f"proposal.{proposal}.1"
    assert "update_card" in question["params"]["message"]
    assert "It reads better" in question["params"]["message"]
    assert answered["result"]["resultType"] == "complete"
    assert after["status"] == "working"
    assert f"title: {'New' if approved else 'Old'}" in str(await ann.call("get_card", id=card))


async def test_who_may_not_decide_is_told_that_it_works(board: Board, lab: Lab) -> None:
    # Given
    agent, ann = await agent_of(board, lab, MODERN), Client(board.ann.http, MODERN, capabilities=ABLE)
    task_id = (await begin(ann, agent))["taskId"]
    await agent.claim()
    await propose(agent, task_id, await board.card("Old"))
    await wait_for(task_id, "proposals")
    agent.client.capabilities = ABLE

    # When
    as_agent = await look(agent.client, task_id)
    cannot_ask = await look(Client(board.ann.http, MODERN, capabilities=TASKS), task_id)
    in_core = await look(Client(board.ann.http, HANDSHAKE), task_id)

    # Then
    assert as_agent["status"] == cannot_ask["status"] == "working"
    assert "decide" in as_agent["statusMessage"]
    assert in_core["status"] == "input_required"


async def test_the_question_of_an_agent_is_answered_in_the_task(board: Board, lab: Lab) -> None:
    # Given
    agent, ann = await agent_of(board, lab, MODERN), Client(board.ann.http, MODERN, capabilities=ABLE)
    task_id = (await begin(ann, agent))["taskId"]
    asked = MissionActivity(
        workspace_id=ObjectId(board.workspace),
        mission_id=ObjectId(task_id),
        position=1,
        kind=MissionActivityKind.ELICITATION,
        content="Which colour?",
        data={"choices": ["red", "blue"]},
    )
    await collection(MissionActivity).insert_one(to_record(asked))
    await wait_for(task_id, "answer")

    # When
    [(key, question)] = (await look(ann, task_id))["inputRequests"].items()
    said = {"action": "accept", "content": {"answer": "blue"}}
    await ann.send("tasks/update", taskId=task_id, inputResponses={key: said})

    # Then
    assert question["params"]["message"] == "Which colour? (red, blue)"
    told = await collection(MissionActivity).find({"mission_id": ObjectId(task_id)}).sort("position", -1).to_list()
    assert told[0]["content"] == "blue"
