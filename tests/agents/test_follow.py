"""Missions that are followed over REST while a model works on them."""

import asyncio
import re
from typing import Any

import httpx
import orjson
import pytest

from models import Organization
from models.base import collection
from models.records import WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.mission.mission import list_missions
from tests.agents.lab import Desk, desk, working
from tests.agents.model_server import Turn, turns
from tests.patience import until
from tests.resolvers.lab import People, again
from tests.rest.conftest import rest_app

pytestmark = pytest.mark.usefixtures("nothing_due")


async def path_of(at: Desk, workspace: WorkspaceRecord) -> str:
    organization = await collection(Organization).find_one({"_id": workspace["organization_id"]})
    assert organization is not None
    return f"/orgs/{organization['slug']}/workspaces/{workspace['slug']}"


def client_of(at: Desk, people: People) -> httpx.AsyncClient:
    token = people.sign_ins[at.owner.user_id].access_token
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(rest_app(at.owner.services)),
        base_url="http://testserver",
        headers={"authorization": f"Bearer {token}"},
    )


def events_in(text: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """The events of a stream: name, id and data."""
    found = re.findall(r"event: (\w+)\n(?:id: (\S+)\n)?data: (\{.*\})\n", text)
    return [(name, cursor or None, orjson.loads(data)) for name, cursor, data in found]


async def test_a_mission_of_a_card_is_followed_to_its_end_and_again_by_its_key(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    # Given a model that says something
    async with (
        desk(owner, workspace, turns(Turn("All is well with it.", pause=0.02))) as at,
        working(at.owner.services),
    ):
        path = await path_of(at, workspace)
        body = {"cardId": str(at.card_id), "projectId": str(at.project_id)}
        async with client_of(at, people) as client:
            # When a mission is started from the card, and asked for again with the same key
            keyed = {"idempotency-key": "once"}
            first = await client.post(f"{path}/agent-runtime/card-mission", json=body, headers=keyed)
            second = await client.post(f"{path}/agent-runtime/card-mission", json=body, headers=keyed)

            # Then it is followed until it has ended, with ids to go on from, and it is one mission
            assert first.headers["content-type"].startswith("text/event-stream")
            events = events_in(first.text)
            statuses = [data["mission"]["status"] for name, _, data in events if name == "mission_status"]
            assert (statuses[0] in ("queued", "running"), statuses[-1]) == (True, "completed")
            said = "".join(str(data["text"]) for name, _, data in events if name == "output_delta")
            assert said.strip() == "All is well with it."
            [again_] = {data["mission"]["id"] for name, _, data in events_in(second.text) if name == "mission_status"}
            assert {data["mission"]["id"] for name, _, data in events if name == "mission_status"} == {again_}

            # And whoever was cut off goes on after what they saw
            cursor = next(cursor for _, cursor, _ in events if cursor)
            rest = await client.get(f"{path}/missions/{again_}/stream", headers={"last-event-id": cursor or ""})
            assert [name for name, cursor, _ in events_in(rest.text) if cursor] == [
                name for name, cursor, _ in events[1:] if cursor
            ]


async def test_a_client_that_asks_for_json_is_answered_at_once(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    async with desk(owner, workspace, turns(Turn("Fine."))) as at:
        path = await path_of(at, workspace)
        async with client_of(at, people) as client:
            body = {"agentUserId": str(at.agent["user_id"]), "objective": "Tidy up", "projectId": str(at.project_id)}
            headers = {"accept": "application/json"}
            made = await client.post(f"{path}/agent-runtime/run", json=body, headers=headers)

    assert (made.status_code, made.json()["status"], made.json()["prompt"]) == (201, "queued", "Tidy up")


async def test_a_card_has_one_open_mission(owner: Context, workspace: WorkspaceRecord, people: People) -> None:
    async with desk(owner, workspace, turns(Turn("Fine."))) as at:
        path = await path_of(at, workspace)
        mission_id = await at.ask()
        async with client_of(at, people) as client:
            body = {"cardId": str(at.card_id), "projectId": str(at.project_id)}
            refused = await client.post(f"{path}/agent-runtime/card-mission", json=body)

    assert (refused.status_code, refused.json()["details"]["missionId"]) == (409, str(mission_id))


async def test_leaving_a_stream_cancels_nothing(owner: Context, workspace: WorkspaceRecord, people: People) -> None:
    async with desk(owner, workspace, turns(Turn("word " * 30, pause=0.02))) as at, working(at.owner.services):
        path = await path_of(at, workspace)
        async with client_of(at, people) as client:
            body = {"agentUserId": str(at.agent["_id"]), "objective": "Speak"}
            following = asyncio.create_task(client.post(f"{path}/agent-runtime/run", json=body))
            await until(lambda: at.model.speaking)
            following.cancel()
        page = await list_missions(again(at.owner), workspace["_id"], Window.read())
        mission = await at.ended(page.nodes[0]["_id"])

    assert mission["status"] == "completed"
