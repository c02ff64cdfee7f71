"""What keys of organizations are used for is noted, and no request waits for that."""

from typing import Any

import pytest
from bson import ObjectId

from gateway import key_uses, waiting
from gateway.key_uses import KeyUses, trim
from models import KeyUse
from models.base import collection
from models.ids import Kind, new_id
from serving.key_use import Use
from tests.gateway.lab import Board, Lab
from tests.patience import until

CREATE = "mutation ($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiToken { id } secret } }"
USES = """query ($id: ID!, $limit: Int) {
  apiKeyUses(id: $id, limit: $limit) { totalCount nodes { method route status ms createdAt } } }"""


def use(key_id: ObjectId, status: int = 200) -> Use:
    return Use(key_id, "GET", "/projects/{id}", status, 0.0124)


async def statuses(key_id: ObjectId) -> list[int]:
    found = await collection(KeyUse).find({"api_token_id": key_id}).sort("_id", 1).to_list()
    return [noted["status"] for noted in found]


async def test_requests_with_a_key_are_noted_by_their_routes(lab: Lab, board: Board) -> None:
    ann = board.ann
    made = (await ann.ask(CREATE, i={"organizationId": board.organization, "name": "Robot"}))["apiKeyCreate"]
    key_id, robot = made["apiToken"]["id"], lab.client(made["secret"])
    await robot.get(f"/api/projects/{board.project}")
    await robot.get(f"/api/projects/{new_id(Kind.PROJECT)}")
    await robot.post("/graphql", json={"query": "{ __typename }"})
    await lab.client().get("/orkosi/api/health", headers={"x-api-key": made["secret"]})
    await ann.http.get(f"/api/projects/{board.project}")  # a person's requests are nobody's business

    uses = next(worker for worker in lab.app.state.background if isinstance(worker, KeyUses))
    await uses.start()
    await until(lambda: not uses.waiting.entries)
    await uses.stop()

    told: dict[str, Any] = (await ann.ask(USES, id=key_id))["apiKeyUses"]
    assert told["totalCount"] == 4
    assert [(row["method"], row["route"], row["status"]) for row in told["nodes"]] == [
        ("GET", "/orkosi/api/health", 200),
        ("POST", "/graphql", 200),
        ("GET", "/api/projects/{projectId}", 404),
        ("GET", "/api/projects/{projectId}", 200),
    ]
    assert all(row["ms"] >= 0 and row["createdAt"] for row in told["nodes"])
    assert len((await ann.ask(USES, id=key_id, limit=1))["apiKeyUses"]["nodes"]) == 1
    assert (await ann.refused(USES, id=key_id, limit=201))["extensions"]["code"] == "BAD_USER_INPUT"


async def test_what_waits_is_bounded_and_the_oldest_of_too_many_go(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(waiting, "WAITING", 5)
    monkeypatch.setattr(key_uses, "KEPT", 3)
    monkeypatch.setattr(key_uses, "TRIM_EVERY", 4)
    uses, busy, other = KeyUses(), new_id(Kind.API_TOKEN), new_id(Kind.API_TOKEN)
    for status in range(200, 204):
        uses.note(use(busy, status))
    for status in range(3):
        uses.note(use(other, status))

    await uses.start()
    await until(lambda: not uses.waiting.entries)
    uses.note(use(other, 500))
    await uses.stop()  # which writes what waits

    assert await statuses(busy) == [201, 202, 203]
    assert await statuses(other) == [0, 500]
    assert "2 uses of keys were not noted" in caplog.text
    assert await trim(other) == 0
