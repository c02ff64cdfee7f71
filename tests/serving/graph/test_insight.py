"""What a request may ask of its execution: the cost, a dry run, where the time went."""

from typing import Any

from serving.graph.document_limits import DEFAULTS
from tests.gateway.lab import Board, Person

CARDS = """
query ($first: Int) { organizations { nodes { workspaces { nodes { projects { nodes { columns {
  cards(first: $first) { nodes { title labels { name } } } } } } } } } } }
"""
GREEDY = """
{ organizations(first: 500) { nodes { workspaces(first: 500) { nodes { projects(first: 500) { nodes {
  cards(first: 500) { nodes { title } } } } } } } } }
"""


async def ask(person: Person, query: str, extensions: dict[str, Any], **variables: Any) -> tuple[int, dict[str, Any]]:
    """The status and body of a request with extensions."""
    sent = {"query": query, "variables": variables, "extensions": extensions}
    answer = await person.http.post("/graphql", json=sent)
    body: dict[str, Any] = answer.json()
    return answer.status_code, body


async def test_the_cost_is_told_on_request_and_follows_the_sizes_asked_for(board: Board) -> None:
    costs = []
    for first in (10, 500):
        status, body = await ask(board.ann, CARDS, {"cost": True}, first=first)
        assert status == 200
        assert body["data"] is not None
        costs.append(body["extensions"]["cost"])

    assert [cost["limit"] for cost in costs] == [DEFAULTS.cost] * 2
    assert costs[0]["estimate"] * 20 < costs[1]["estimate"] < costs[0]["estimate"] * 60

    _, unasked = await ask(board.ann, CARDS, {}, first=10)
    assert unasked.keys() == {"data"}


async def test_a_dry_run_tells_the_cost_per_path_and_runs_nothing(board: Board) -> None:
    mutation = "mutation ($id: ID!) { projectDelete(id: $id) { deletedId } }"

    status, told = await ask(board.ann, CARDS, {"cost": "dryRun"}, first=500)
    _, changed = await ask(board.ann, mutation, {"cost": "dryRun"}, id=board.project)

    paths = told["extensions"]["cost"]["paths"]
    assert (status, told["data"]) == (200, None)
    assert paths["organizations.nodes.workspaces.nodes.projects.nodes.columns.cards.nodes.labels"] > 500
    assert changed["data"] is None
    kept = await board.ann.ask("query ($id: ID!) { project(id: $id) { id } }", id=board.project)
    assert kept["project"]["id"] == board.project


async def test_a_document_that_may_ask_for_too_much_is_refused_with_the_limit(board: Board) -> None:
    status, body = await ask(board.ann, GREEDY, {})

    assert status == 400
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["limit"] == "cost"
    assert error["extensions"]["maximum"] == DEFAULTS.cost < error["extensions"]["value"]
    assert error["locations"]

    _, dry = await ask(board.ann, GREEDY, {"cost": "dryRun"})
    assert dry["extensions"]["cost"]["estimate"] == error["extensions"]["value"]


async def test_a_trace_tells_time_and_objects_per_field_and_level(board: Board) -> None:
    await board.card("One")
    await board.card("Two")

    _, body = await ask(board.ann, CARDS, {"trace": True}, first=10)

    fields = {field["path"]: field for field in body["extensions"]["trace"]["fields"]}
    titles = fields["organizations.nodes.workspaces.nodes.projects.nodes.columns.cards.nodes.title"]
    assert (titles["parentType"], titles["objects"]) == ("Card", 2)
    assert fields["organizations"]["waitedMs"] > 0
    levels = body["extensions"]["trace"]["levels"]
    assert [level["level"] for level in levels] == list(range(1, len(levels) + 1))
