"""Clients that others made, against a real gateway: graphql-ws, graphql-sse, Apollo Client, EventSource of browsers."""

import asyncio
import json
import signal
from contextlib import AsyncExitStack
from typing import Any

import pytest

from realtime.guard import PERIOD_SECONDS
from tests.clients.conftest import Running, script
from tests.clients.world import World
from tests.gateway.lab import PASSWORD, Board

FOLLOWERS = ("graphql-ws", "graphql-sse", "eventsource", "apollo")
CREATE = "mutation ($i: CardCreateInput!) { cardCreate(input: $i) { card { title } } }"


async def make(board: Board, *titles: int) -> None:
    for title in titles:
        await board.card(str(title))


def is_live(running: Running) -> bool:
    return any(line.get("__typename") == "StreamReady" for line in running.lines)


@pytest.mark.slow("ends a gateway under four clients and starts it again")
@pytest.mark.parametrize(
    ("by", "code"), [(signal.SIGKILL, 1006), (signal.SIGTERM, 1012)], ids=["killed", "asked to end"]
)
async def test_a_client_that_reconnects_sees_each_event_exactly_once_across_a_restart(
    world: World, by: signal.Signals, code: int
) -> None:
    # Given a project that each client follows on one gateway, and that is written on another
    board = await world.board()
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(world.restarted())
        arguments = (gateway.url, board.ann.token, board.project)
        followers = [await stack.enter_async_context(script("follow.mjs", kind, *arguments)) for kind in FOLLOWERS]
        for one in followers:
            await one.until(is_live)

        # When theirs ends while it is written, and starts again
        writing = asyncio.create_task(make(board, *range(20)))
        await followers[0].until(lambda one: len(one.titles) >= 5)
        await gateway.end(by)
        await writing
        await make(board, *range(20, 30))
        await gateway.start()
        await make(board, *range(30, 40))

        # Then each has seen everything, in order
        for one in followers:
            await one.until(lambda one: "39" in one.titles and len(one.told("recovered")) == 2)
        for kind, one in zip(FOLLOWERS, followers, strict=True):
            assert one.titles == [str(number) for number in range(40)], kind
            assert one.told("recovered") == [True, True], kind
            assert [*one.told("failed"), *one.told("errors"), *one.told("complete")] == [], kind
        assert followers[0].told("closed")[0] == code


@pytest.mark.parametrize("kind", ["graphql-ws", "graphql-sse"])
async def test_queries_and_mutations_are_one_result_and_complete(world: World, node: str, kind: str) -> None:
    board = await world.board()
    values = {"projectId": board.project, "columnId": board.todo, "title": "By a client"}
    requests: list[dict[str, Any]] = [{"query": "{ viewer { email } }"}, {"query": CREATE, "variables": {"i": values}}]

    answers = await ask(kind, world.url, board.ann.token, requests)

    assert answers == [
        {"results": [{"data": {"viewer": {"email": board.ann.email}}}], "complete": True},
        {"results": [{"data": {"cardCreate": {"card": {"title": "By a client"}}}}], "complete": True},
    ]


async def test_a_refused_operation_is_a_list_of_errors_for_a_socket_and_a_status_for_an_event_stream(
    world: World, node: str
) -> None:
    board = await world.board()
    requests = [{"query": "{ nope }"}, {"query": "{ viewer { email } }"}]

    by_socket, next_by_socket = await ask("graphql-ws", world.url, board.ann.token, requests)
    by_stream, next_by_stream = await ask("graphql-sse", world.url, board.ann.token, requests)

    assert [error["extensions"]["code"] for error in by_socket["error"]] == ["BAD_USER_INPUT"]
    assert by_stream["error"]["code"] == 400
    assert next_by_socket["complete"]
    assert next_by_stream["complete"]


@pytest.mark.parametrize(("kind", "code"), [("graphql-ws", 4403), ("graphql-sse", 401)])
async def test_a_wrong_token_is_told(world: World, node: str, kind: str, code: int) -> None:
    (answer,) = await ask(kind, world.url, "nonsense", [{"query": "{ viewer { email } }"}])

    assert answer["error"]["code"] == code


async def test_a_socket_of_graphql_ws_goes_on_with_another_credential(world: World, node: str) -> None:
    board = await world.board()
    login = "mutation ($i: AuthLoginInput!) { authLogin(input: $i) { accessToken } }"
    values = {"email": board.ann.email, "password": PASSWORD}
    made = await board.ann.ask(login, i=values)

    async with script(
        "refresh.mjs", world.url, made["authLogin"]["accessToken"], board.project, board.ann.token
    ) as one:
        await one.until(lambda one: is_live(one) and bool(one.told("payload")))
        await log_out(world, made["authLogin"]["accessToken"])
        await asyncio.sleep(2 * PERIOD_SECONDS)
        await board.card("Later")
        await one.until(lambda one: "Later" in one.titles)

    (answer,) = one.told("payload")
    assert answer["authorized"] is True
    assert answer["expiresAt"].endswith("Z")
    assert one.told("failed") == []


async def test_a_subscription_of_graphql_ws_is_told_nothing_of_the_mutation_whose_id_it_has(
    world: World, node: str
) -> None:
    board = await world.board()
    rounds = 30

    async with script("cancel.mjs", world.url, board.ann.token, board.project, board.todo, str(rounds)) as one:
        await one.until(lambda one: len(one.lines) == rounds)

    assert [first.get("data") for first in one.told("first")] == [
        {"projectEvents": {"__typename": "StreamReady"}}
    ] * rounds


async def log_out(world: World, token: str) -> None:
    answer = await world.client(token).post("/graphql", json={"query": "mutation { authLogout { cursor } }"})
    assert "errors" not in answer.json()


async def ask(kind: str, url: str, token: str, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What came of each request, made with one client."""
    async with script("ask.mjs", kind, url, token, json.dumps(requests)) as running:
        await running.until(lambda one: len(one.lines) == len(requests))
    return running.lines
