"""Calls with JSON alone: filters, pages, fields, and what does not fit. That every operation is callable so is held by
`tests/denials/test_called.py`."""

import functools
from typing import Any

import pytest

from models.errors import BadUserInput, NotFound
from resolvers.agent.agent import create_agent
from resolvers.catalogue import CATALOGUE
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.mission import MissionCreate
from resolvers.kit.call import arguments_schema, call
from resolvers.kit.context import Context
from resolvers.mission.mission import create_mission
from tests.resolvers.conftest import make_organization, make_workspace
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board

DEEP: dict[str, Any] = functools.reduce(lambda inner, _: {"not": inner}, range(10), {})


@pytest.fixture(scope="module")
async def board(standing_owner: Context) -> Board:
    """A board with a card, and an agent with two missions, one of them about the card."""
    workspace = await make_workspace(standing_owner, await make_organization(standing_owner))
    board = await make_board(standing_owner, workspace, columns=2)
    card = await board.card(0, title="First")
    agent = (
        await create_agent(again(standing_owner), AgentCreate.of(workspace_id=workspace["_id"], name="A", slug="atlas"))
    ).value.agent
    for card_id in (None, card["_id"]):
        values = MissionCreate(agent_id=agent["_id"], prompt="Look", card_id=card_id)
        await create_mission(again(standing_owner), values)
    return board


async def missions(board: Board, **arguments: Any) -> Any:
    """A page of the workspace's missions."""
    given = {"workspaceId": str(board.project["workspace_id"]), **arguments}
    return await call(board.ctx, "missions", given)


async def test_values_of_the_input_stand_beside_the_arguments(board: Board) -> None:
    # Given
    card = await board.card(0, title="Moved", description="Old")

    # When
    moved = await call(board.ctx, "cardMove", {"id": str(card["_id"]), "columnId": str(board.columns[1]["_id"])})
    cleared = await call(board.ctx, "cardUpdate", {"id": str(card["_id"]), "description": None})

    # Then
    assert moved.value["column_id"] == board.columns[1]["_id"]
    assert (cleared.value["description"], cleared.value["title"]) == (None, "Moved")


async def test_a_list_is_read_in_pages_with_the_fields_that_are_asked_for(board: Board) -> None:
    first = await missions(board, first=1, fields=["prompt"])
    second = await missions(board, first=1, after=first.cursor(first.nodes[0]))

    assert (len(first.nodes), first.has_next, second.has_next) == (1, True, False)
    assert "prompt" in first.nodes[0]
    assert "status" not in first.nodes[0]
    assert "status" in second.nodes[0]
    assert first.nodes[0]["_id"] != second.nodes[0]["_id"]


async def test_a_filter_is_written_as_the_graph_has_it(board: Board) -> None:
    [about] = (await missions(board, filter={"card": {"null": False}, "or": [{"status": {"in": ["queued"]}}]})).nodes
    none = await missions(board, filter={"not": {"createdAt": {"gte": "2020-01-01"}}})

    assert about["card_id"] is not None
    assert none.nodes == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"filter": {"status": {"eq": "BUSY"}}}, "filter.status.eq"),
        ({"filter": {"or": [{"nothing": {"eq": 1}}]}}, "filter.nothing"),
        ({"filter": []}, "filter"),
        (
            {"filter": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}}}}}},
            "filter",
        ),
        ({"first": 501}, "first"),
        ({"after": "x"}, "after"),
        ({"fields": ["secrets"]}, "fields"),
        ({"fields": "prompt"}, "fields"),
        ({"workspaceId": 1}, "workspaceId"),
        ({"workspace_id": "x"}, "workspace_id"),
        ({"more": 1}, "more"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_does_not_fit_is_named(board: Board, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        await missions(board, **given)
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["nothing", "apiTokenCreate", "attachmentCreate", "workspaceEvents"])
async def test_what_is_no_operation_of_json_is_not_found(board: Board, name: str) -> None:
    with pytest.raises(NotFound):
        await call(board.ctx, name, {})


def test_a_schema_tells_what_each_argument_is_and_which_are_needed() -> None:
    schema = arguments_schema(CATALOGUE["missions"])
    assert schema["required"] == ["workspaceId"]
    assert set(schema["properties"]) == {"workspaceId", "first", "after", "filter", "fields"}
    [conditions, _] = schema["properties"]["filter"]["anyOf"]
    assert set(conditions["properties"]) == {"agent", "card", "status", "createdAt", "and", "or", "not"}
    assert all("description" in argument for argument in schema["properties"].values())
