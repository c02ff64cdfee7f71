"""Prompts over MCP: intents and skills."""

import pytest
from bson import ObjectId

from models.ids import Kind, new_id
from tests.agents.server.client import VERSIONS, Client
from tests.gateway.lab import Board, Lab

SKILL = "mutation ($input: SkillCreateInput!) { skillCreate(input: $input) { skill { slug } } }"


@pytest.fixture(scope="module", autouse=True)
async def skill(board: Board) -> None:
    """A skill of Ann's workspace."""
    values = {"slug": "triage", "description": "Sorts what is new.", "instructions": "# Triage\nRead the board."}
    await board.ann.ask(SKILL, input={"workspaceId": board.workspace, **values})


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest, board: Board) -> Client:
    return Client(board.ann.http, request.param)


async def test_intents_and_skills_are_listed_and_read(client: Client, board: Board) -> None:
    prompts = {prompt["name"]: prompt for prompt in (await client.send("prompts/list"))["result"]["prompts"]}
    [skill] = [name for name in prompts if name.endswith(".triage")]
    told = await client.send("prompts/get", name=skill)
    asked = await client.send("prompts/get", name="weekly_review", arguments={"workspaceId": board.workspace})

    assert prompts[skill]["description"] == "Sorts what is new."
    assert prompts["weekly_review"]["arguments"][0]["name"] == "workspaceId"
    assert told["result"]["messages"][0]["content"]["text"] == "# Triage\nRead the board."
    assert board.workspace in asked["result"]["messages"][0]["content"]["text"]


async def test_what_is_another_tenants_is_as_what_does_not_exist(client: Client, board: Board, lab: Lab) -> None:
    eve = Client((await lab.person(f"eve-{ObjectId()}@example.com")).http, client.version)
    [skill] = [
        prompt["name"] for prompt in (await client.send("prompts/list"))["result"]["prompts"] if "." in prompt["name"]
    ]

    listed = [prompt["name"] for prompt in (await eve.send("prompts/list"))["result"]["prompts"]]
    there = (await eve.send("prompts/get", name="weekly_review", arguments={"workspaceId": board.workspace}))["error"]
    nowhere = await eve.send(
        "prompts/get", name="weekly_review", arguments={"workspaceId": str(new_id(Kind.WORKSPACE))}
    )

    assert skill not in listed
    assert there == nowhere["error"]
    assert (await eve.send("prompts/get", name=skill))["error"]["code"] == -32602
