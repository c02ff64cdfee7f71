"""`graph_query`: queries alone, within the limits of every document, and never the whole schema."""

import json
from typing import Any

import pytest

from agents.tools.catalogue import call_tool
from agents.tools.render import MAX_BYTES
from execution.limits import Limits
from gateway.graph import served_graph
from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.kit.context import Context
from serving.graph.document_limits import DEFAULTS
from serving.graph.engine import GraphEngine
from tests.agents.lab import card_in, desk, results, working
from tests.agents.model_server import Json, Turn
from tests.resolvers.lab import again


@pytest.fixture(scope="module")
async def engine(standing_owner: Context) -> GraphEngine:
    limits: Limits = DEFAULTS
    return GraphEngine(served_graph(), standing_owner.services, limits=limits, production=False)


async def ask(ctx: Context, engine: GraphEngine, query: str, **arguments: Any) -> str:
    told = await call_tool(again(ctx), "graph_query", {"query": query, **arguments}, engine)
    assert isinstance(told, str)
    return told


async def test_the_graph_is_read_as_who_asks(standing_owner: Context, engine: GraphEngine) -> None:
    told = await ask(standing_owner, engine, "query ($id: ID!) { node(id: $id) { id } viewer { id } }",
                     variables={"id": str(standing_owner.user_id)})  # fmt: skip

    assert json.loads(told)["data"]["viewer"]["id"] == str(standing_owner.user_id)


async def test_what_is_not_in_reach_is_told_as_the_graph_tells_it(standing_owner: Context, engine: GraphEngine) -> None:
    told = json.loads(await ask(standing_owner, engine, '{ card(id: "6b0c67ba514cb591c5b36462") { id } }'))

    assert told["data"] == {"card": None}
    assert told["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("mutation { notificationMarkAllRead { count } }", "must be a query"),
        ("subscription { notifications { __typename } }", "must be a query"),
        ("{ __schema { types { name } } }", "looks at the whole schema"),
        ("{ ...all } fragment all on Query { __schema { types { name } } }", "looks at the whole schema"),
        ("{ nothing }", "Cannot query field"),
        ("{", "Syntax Error"),
        (
            "{ organizations(first: 500) { nodes { workspaces(first: 500) { nodes { projects(first: 500) { nodes { "
            "columns { cards(first: 500) { nodes { id comments(first: 500) { nodes { id } } } } } } } } } } } }",
            "may ask for 1099511627776 objects",
        ),
    ],
)
async def test_anything_else_than_a_query_within_the_limits_is_refused(
    query: str, told: str, standing_owner: Context, engine: GraphEngine
) -> None:
    with pytest.raises(BadUserInput) as refused:
        await ask(standing_owner, engine, query)

    assert refused.value.details["field"] == "query"
    assert told in refused.value.message


@pytest.mark.parametrize(("name", "value"), [("variables", []), ("offset", -1), ("operationName", "x")])
async def test_arguments_that_do_not_fit_are_refused_by_name(
    name: str, value: Any, standing_owner: Context, engine: GraphEngine
) -> None:
    with pytest.raises(BadUserInput) as refused:
        await ask(standing_owner, engine, "{ viewer { id } }", **{name: value})

    assert refused.value.details["field"] == name


async def test_a_type_is_looked_up_and_a_large_answer_read_in_parts(
    standing_owner: Context, engine: GraphEngine
) -> None:
    types = " ".join(
        f'{name.lower()}: __type(name: "{name}") {{ fields {{ name description args {{ name description }} }} }}'
        for name in ("Query", "Mutation", "Card", "Project")
    )
    told = await ask(standing_owner, engine, f"{{ {types} }}")
    head, _, whole = told.partition("\n")
    while "next" in head:
        assert len(told.encode()) <= MAX_BYTES
        told = await ask(standing_owner, engine, f"{{ {types} }}", offset=int(head.rpartition("=")[2]))
        head, _, part = told.partition("\n")
        whole += part

    assert {field["name"] for field in json.loads(whole)["data"]["card"]["fields"]} >= {"title", "column"}


async def test_a_mission_reads_the_graph_as_its_agent_within_the_same_limits(
    owner: Context, workspace: WorkspaceRecord, nothing_due: None
) -> None:
    # Given a model that reads its card, what is not its own, too much, and changes something, by both tools
    wide = (
        "{ organizations(first: 500) { nodes { workspaces(first: 500) { nodes { projects(first: 500) { nodes { id "
        + ("columns { cards(first: 500) { nodes { id } } } } } } } } } }")
    )

    def script(request: Json, before: int) -> Turn:
        card = "query ($id: ID!) { card(id: $id) { title mine: assignee { id } } viewer { name } }"
        queries: list[Json] = [
            {"query": card, "variables": {"id": card_in(request)}},
            {"query": '{ card(id: "6b0c67ba514cb591c5b36462") { id } }'},
            {"query": wide},
            {"query": "mutation { notificationMarkAllRead { count } }"},
        ]
        calls = [("graph_query", queries[0])]
        calls += [("call_tool", {"name": "graph_query", "arguments": query}) for query in queries[1:]]
        return Turn("", tuple(calls)) if before == 0 else Turn("Read.")

    async with desk(owner, workspace, script) as at:

        def make_engine() -> GraphEngine:
            return GraphEngine(served_graph(), at.owner.services, limits=DEFAULTS, production=False)

        async with working(at.owner.services, make_engine=make_engine):
            # When
            await at.ended(await at.ask())

        # Then
        own, foreign, much, change = results(at.model.requests[1])
        assert "Polish the lens" in own
        assert "Atlas" in own
        assert "NOT_FOUND" in foreign
        assert "may ask for" in much
        assert "must be a query" in change
        assert "graph_query" in [tool["function"]["name"] for tool in at.model.requests[0]["tools"]]
