"""A deletion outlives the gateway that was asked for it: killed in the middle, another one goes on."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient

from gateway.embedded import EmbeddedDatabase
from tests.gateway.process import Serving, serving
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

CARDS = 450
REGISTER = "mutation ($i: AuthRegisterInput!) { authRegister(input: $i) { accessToken } }"
HOME = "{ organizations { nodes { workspaces { nodes { id } } } } }"
IMPORT = "mutation ($w: ID!, $i: ProjectImportInput!) { projectImport(workspaceId: $w, input: $i) { project { id } } }"
DELETE = "mutation ($id: ID!) { projectDelete(id: $id) { cursor } }"
CARD = 'mutation ($w: ID!) { projectCreate(input: {workspaceId: $w, name: "Mine"}) { cursor } }'


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A database that outlives the gateways."""
    with tempfile.TemporaryDirectory() as folder:
        database = EmbeddedDatabase(Path(folder) / "database")
        yield await database.start()
        await database.stop()


async def ask(running: Serving, token: str | None, query: str, **variables: Any) -> Any:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(verify=NO_TLS, base_url=running.url, timeout=60, headers=headers) as http:
        answer = (await http.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.mark.slow("starts two gateways, and kills one in the middle of its work")
async def test_another_gateway_goes_on_with_a_deletion_and_tells_of_each_object_once(url: str, tmp_path: Path) -> None:
    given = {"ORRERY_MONGODB_URL": url, "ORRERY_SECRET_KEY": "deleted-" * 5, "ORRERY_BUS_URL": "mongodb"}
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        with serving(tmp_path / "one", **given) as one, serving(tmp_path / "two", **given) as two:
            # Given a project that one part does not take, and two gateways
            person = {"email": "ann@example.com", "password": "correct horse battery", "name": "Ann"}
            token = (await ask(one, None, REGISTER, i=person))["authRegister"]["accessToken"]
            home = await ask(one, token, HOME)
            workspace = home["organizations"]["nodes"][0]["workspaces"]["nodes"][0]["id"]
            cards = [{"title": f"Card {number}"} for number in range(CARDS)]
            made = await ask(one, token, IMPORT, w=workspace, i={"project": {"name": "Large"}, "cards": cards})
            project = ObjectId(made["projectImport"]["project"]["id"])

            # When the gateway that was asked dies right after its answer
            await ask(one, token, DELETE, id=str(project))
            await asyncio.to_thread(one.end, signal.SIGKILL)
            left = await database["cards"].count_documents({"project_id": project})

            # Then it is gone for everybody, others go on, and nothing is left in the end
            assert 0 < left <= CARDS
            await ask(two, token, CARD, w=workspace)
            async with asyncio.timeout(PATIENCE):
                while await database["tombstones"].find_one({"_id": project, "emptied_at": None}):  # noqa: ASYNC110
                    await asyncio.sleep(0.5)
        told = database["events"].find({"stream_id": ObjectId(workspace), "type": "CardDeleted"}, {"card_id": 1})
        deleted = [event["card_id"] for event in await told.to_list()]
        assert len(deleted) == len(set(deleted)) == CARDS
        for name in set(await database.list_collection_names()) - {"events", "tombstones"}:
            assert await database[name].find_one({"project_id": project}) is None, name
