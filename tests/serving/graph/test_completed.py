"""Several mutations in one request, one of which is refused: its client learns which of them are done."""

from typing import Any

import pytest

from tests.gateway.lab import Board
from tests.serving.graph.test_graphql_live import opened, receive, send

THREE = """
mutation ($one: CardCreateInput!, $wrong: CardCreateInput!, $three: CardCreateInput!) {
  first: cardCreate(input: $one) { card { title } cursor }
  second: cardCreate(input: $wrong) { card { title } }
  third: cardCreate(input: $three) { card { title } }
}
"""
CARDS = "query ($p: ID!) { project(id: $p) { cards { nodes { title } } } }"


def values(board: Board) -> dict[str, Any]:
    given = {"projectId": board.project, "columnId": board.todo}
    return {
        "one": {**given, "title": "One"},
        "wrong": {**given, "columnId": "6b0000004400000000000000", "title": "Two"},
        "three": {**given, "title": "Three"},
    }


async def titles(board: Board) -> list[str]:
    found = (await board.ann.ask(CARDS, p=board.project))["project"]["cards"]["nodes"]
    return [card["title"] for card in found]


def check(answer: dict[str, Any]) -> None:
    assert answer["data"] is None
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["second"], "BAD_USER_INPUT")
    ]
    first = answer["extensions"]["completed"].pop("first")
    assert first["card"] == {"title": "One"}
    assert first["cursor"]
    assert answer["extensions"] == {"completed": {}}


async def test_what_was_done_before_a_refused_mutation_is_told_over_http(board: Board) -> None:
    answer = await board.ann.http.post("/graphql", json={"query": THREE, "variables": values(board)})

    check(answer.json())
    assert await titles(board) == ["One"]


async def test_what_was_done_before_a_refused_mutation_is_told_over_a_socket(board: Board, address: str) -> None:
    async with opened(address, board.ann.token) as socket:
        await send(socket, THREE, values(board))
        answer = await receive(socket)

    check(answer["payload"])


async def test_it_is_told_again_to_whoever_repeats_the_request(board: Board) -> None:
    request = {"json": {"query": THREE, "variables": values(board)}, "headers": {"idempotency-key": "k-1"}}

    first, again = [await board.ann.http.post("/graphql", **request) for _ in range(2)]  # type: ignore[arg-type]

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    check(again.json())
    assert await titles(board) == ["One"]


async def test_a_mutation_that_was_done_and_cannot_be_read_afterwards_is_told_as_done(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that the place of a card cannot be read
    async def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("away")

    monkeypatch.setattr("resolvers.card.graph.places_of", fail)
    query = "mutation ($one: CardCreateInput!) { cardCreate(input: $one) { card { title order } } }"

    # When a card is made, and its place asked for
    answer = await board.ann.send(query, one=values(board)["one"])

    # Then the answer says that it is there
    assert [error["path"] for error in answer["errors"]] == [["cardCreate", "card", "order"]]
    assert (answer["data"], answer["extensions"]) == (None, {"completed": {"cardCreate": None}})
    monkeypatch.undo()
    assert await titles(board) == ["One"]


async def test_nothing_is_told_where_nothing_was_done(board: Board) -> None:
    given = values(board)
    query = "mutation ($wrong: CardCreateInput!) { cardCreate(input: $wrong) { card { title } } }"

    answer = await board.ann.send(query, wrong=given["wrong"])

    assert answer["data"] is None
    assert "extensions" not in answer
    assert await titles(board) == []
