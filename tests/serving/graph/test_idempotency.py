"""Idempotency keys of mutations over HTTP and a socket, and across two processes that serve one database."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.gateway.lab import Board, Lab
from tests.gateway.process import Serving, serving
from tests.loopback import NO_TLS
from tests.serving.transports.websocket_lab import hear, say
from tests.serving.wire_lab import dial, on_port, sign_in

CREATE = "mutation ($input: CardCreateInput!) { cardCreate(input: $input) { card { id title } } }"
TITLES = "query ($p: ID!) { project(id: $p) { cards { nodes { title } } } }"
KEY = {"idempotency-key": "one"}


def creating(board: Board, title: str) -> dict[str, Any]:
    values = {"projectId": board.project, "columnId": board.todo, "title": title}
    return {"query": CREATE, "variables": {"input": values}}


async def titles(board: Board) -> list[str]:
    found = (await board.ann.ask(TITLES, p=board.project))["project"]["cards"]["nodes"]
    return [card["title"] for card in found]


async def test_a_mutation_with_a_key_runs_once(board: Board) -> None:
    asked = [board.ann.http.post("/graphql", json=creating(board, "Once"), headers=KEY) for _ in range(20)]
    answers = await asyncio.gather(*asked)

    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    assert "errors" not in answers[0].json()
    assert sum("idempotency-replayed" in one.headers for one in answers) == 19
    assert await titles(board) == ["Once"]


async def test_other_variables_under_the_key_are_a_conflict(board: Board) -> None:
    await board.ann.http.post("/graphql", json=creating(board, "A"), headers=KEY)

    answer = await board.ann.http.post("/graphql", json=creating(board, "B"), headers=KEY)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (409, "CONFLICT")
    assert await titles(board) == ["A"]


async def test_a_query_takes_no_key_and_a_dry_run_uses_none_up(board: Board) -> None:
    dry = {**creating(board, "Dry"), "extensions": {"cost": "dryRun"}}
    await board.ann.http.post("/graphql", json=dry, headers=KEY)

    wet = await board.ann.http.post("/graphql", json=creating(board, "Wet"), headers=KEY)
    query = await board.ann.http.post("/graphql", json={"query": "{ __typename }"}, headers=KEY)

    assert wet.json()["data"]["cardCreate"]["card"]["title"] == "Wet"
    assert query.json() == {"data": {"__typename": "Query"}}


async def test_a_token_that_was_shown_is_not_shown_again(board: Board) -> None:
    query = 'mutation { apiTokenCreate(input: {name: "T", scopes: [ACCOUNT_READ]}) { secret } }'
    answers = [await board.ann.http.post("/graphql", json={"query": query}, headers=KEY) for _ in range(2)]

    assert answers[0].json()["data"]["apiTokenCreate"]["secret"].startswith("sl_")
    assert answers[1].json()["errors"][0]["extensions"]["kind"] == "NOT_KEPT"
    tokens = (await board.ann.ask("{ viewer { apiTokens { name } } }"))["viewer"]["apiTokens"]
    assert [one["name"] for one in tokens] == ["T"]


async def test_a_socket_brings_the_key_in_the_extensions(board: Board, lab: Lab) -> None:
    async with on_port(lab.app) as address, dial(address) as socket:
        await sign_in(socket, board.ann.token)
        heard = []
        for id, title in (("1", "A"), ("2", "A"), ("3", "B")):
            payload = {**creating(board, title), "extensions": {"idempotencyKey": "one"}}
            await say(socket, "subscribe", id=id, payload=payload)
            heard.append(await hear(socket))
            if heard[-1]["type"] == "next":
                assert (await hear(socket))["type"] == "complete"

    assert heard[0]["payload"] == heard[1]["payload"]
    assert heard[2]["payload"][0]["extensions"]["code"] == "CONFLICT"
    assert await titles(board) == ["A"]


async def test_the_key_of_a_mutation_over_an_event_stream_is_that_of_its_header(board: Board) -> None:
    # Given clients that use event streams for every operation
    streamed = {**KEY, "accept": "text/event-stream"}
    answers = [await board.ann.http.post("/graphql", json=creating(board, "Once"), headers=streamed) for _ in range(2)]
    plain = await board.ann.http.post("/graphql", json=creating(board, "Once"), headers=KEY)

    # Then the same request again has the same answer, over whatever it comes
    assert "errors" not in answers[0].text
    assert answers[0].text == answers[1].text
    assert f"data: {plain.text}\n" in answers[0].text
    assert await titles(board) == ["Once"]

    # And a malformed key is refused before anything runs
    odd = {**streamed, "idempotency-key": "x" * 256}
    refused = await board.ann.http.post("/graphql", json=creating(board, "Odd"), headers=odd)
    assert refused.status_code == 400
    assert await titles(board) == ["Once"]


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("idempotency"), ORRERY_WORKERS="2") as running:
        yield running


async def test_a_hundred_at_once_over_two_processes_have_one_effect(two_workers: Serving) -> None:
    person = {"email": "ann@example.com", "password": "correct horse battery", "name": "Ann"}
    async with httpx.AsyncClient(verify=NO_TLS, base_url=two_workers.url, timeout=60) as http:
        token = (await http.post("/auth/register", json=person)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}

    async def create() -> httpx.Response:
        # A connection each, so that both processes accept some.
        async with httpx.AsyncClient(verify=NO_TLS, base_url=two_workers.url, headers=headers, timeout=60) as http:
            return await http.post("/organizations", json={"name": "Once", "slug": "once"}, headers=KEY)

    answers = await asyncio.gather(*(create() for _ in range(100)))

    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1
    async with httpx.AsyncClient(verify=NO_TLS, base_url=two_workers.url, headers=headers, timeout=60) as http:
        found = (await http.get("/organizations")).json()
    assert [one["name"] for one in found].count("Once") == 1
