"""Batch resolvers: called once per level, with all parents, and told what is selected."""

import asyncio
from collections.abc import Mapping
from operator import attrgetter, itemgetter
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLSchema, parse
from graphql import execute as core_execute

from execution import Batch, Read, Selection, execute, execute_sync
from tests.execution.support import errors_of, schema_of

SDL = """
interface Node { id: ID! }
type User implements Node { id: ID! name: String boss: User }
type Card implements Node { id: ID! title: String! assignee: User labels(first: Int = 5): [Label!]! }
type Label { id: ID! color: String }
type Query { cards: [Card!]! nodes: [Node] }
"""
ROOT = {"cards": [{"__typename": "Card", "id": number, "title": f"Card {number}"} for number in range(6)]}


class Loads:
    """A batch that remembers how it was called."""

    def __init__(self, answer: Any) -> None:
        self.calls: list[tuple[list[Any], dict[str, Any], Any, Selection]] = []
        self._answer = answer

    def __call__(self, parents: list[Any], args: Mapping[str, Any], context: Any, selection: Selection) -> Any:
        self.calls.append((parents, dict(args), context, selection))
        return self._answer(parents)


def _schema(**batches: Any) -> GraphQLSchema:
    schema = schema_of(SDL)
    for name, batch in batches.items():
        type_name, field_name = name.split("__")
        type_: Any = schema.type_map[type_name]
        type_.fields[field_name].extensions["batch"] = batch if isinstance(batch, Read) else Batch(batch)
    return schema


def _users(parents: list[Any]) -> list[Any]:
    users = [{"id": f"u{number}", "name": f"User {number}"} for number in range(2)]
    return [users[parent["id"] % 2] for parent in parents]


def test_a_batch_is_called_once_with_all_parents_and_the_selection() -> None:
    # given
    assignees = Loads(_users)
    schema = _schema(Card__assignee=assignees)
    document = parse("{ cards { assignee { name ...F } } } fragment F on User { boss { alias: name } }")
    # when
    result = execute_sync(schema, document, ROOT, "context")
    # then
    assert result.errors is None
    [(parents, args, context, selection)] = assignees.calls
    assert parents == ROOT["cards"]
    assert (args, context) == ({}, "context")
    assert selection.names == {"name", "boss"}
    boss = selection.child("boss")
    assert boss is not None
    assert [(field.name, field.response_name) for field in boss] == [("name", "alias")]
    assert selection.child("id") is None


async def test_the_batches_of_a_level_run_at_the_same_time() -> None:
    # given two batches of which each waits for the other
    started = [asyncio.Event(), asyncio.Event()]

    def meet(own: int, answer: Any) -> Any:
        async def load(parents: list[Any], *_rest: Any) -> Any:
            started[own].set()
            await asyncio.wait_for(started[1 - own].wait(), 5)
            return [answer for _ in parents]

        return load

    schema = _schema(Card__assignee=meet(0, {"id": 1}), Card__labels=meet(1, []))
    # when
    found: Any = execute(schema, parse("{ cards { assignee { id } labels { id } } }"), ROOT)
    # then
    assert (await found).data["cards"][5] == {"assignee": {"id": "1"}, "labels": []}


async def test_the_number_of_calls_is_that_of_the_edges_not_of_the_objects() -> None:
    users = Loads(_users)
    bosses = Loads(lambda parents: [{"id": 9} for _ in parents])
    labels = Loads(lambda parents: [[{"id": 1}] * 3 for _ in parents])
    schema = _schema(Card__assignee=users, User__boss=bosses, Card__labels=labels)
    result = execute_sync(schema, parse("{ cards { assignee { boss { id } } labels { id } } }"), ROOT)
    assert result.errors is None
    assert [len(loads.calls) for loads in (users, bosses, labels)] == [1, 1, 1]
    assert len(bosses.calls[0][0]) == 2, "an object reached by several parents is one parent"


def test_aliases_with_other_arguments_are_other_calls() -> None:
    labels = Loads(lambda parents: [[] for _ in parents])
    execute_sync(_schema(Card__labels=labels), parse("{ cards { labels two: labels(first: 2) { id } } }"), ROOT)
    assert [args for _, args, _, _ in labels.calls] == [{"first": 5}, {"first": 2}]


def test_a_result_that_is_an_exception_is_the_error_of_its_parent() -> None:
    schema = _schema(Card__assignee=lambda parents, *_: [None, ValueError("Gone."), *[None] * (len(parents) - 2)])
    result = execute_sync(schema, parse("{ cards { assignee { id } } }"), ROOT)
    assert errors_of(result) == [("Gone.", ["cards", 1, "assignee"])]


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_an_exception_is_the_error_of_every_parent(asynchronous: bool) -> None:
    async def fail_later(_parents: Any, *_rest: Any) -> Any:
        raise LookupError("No database.")

    def fail(_parents: Any, *_rest: Any) -> Any:
        raise LookupError("No database.")

    schema = _schema(Card__assignee=fail_later if asynchronous else fail)
    found: Any = execute(schema, parse("{ cards { id assignee { id } } }"), ROOT)
    result: Any = found if isinstance(found, ExecutionResult) else await found
    assert errors_of(result) == [("No database.", ["cards", number, "assignee"]) for number in range(6)]
    assert result.data["cards"][0] == {"id": "0", "assignee": None}


@pytest.mark.parametrize("answer", [[], [1], 7, None], ids=repr)
def test_a_batch_that_answers_for_another_number_of_parents_is_an_error(answer: Any) -> None:
    result = execute_sync(_schema(Card__assignee=lambda *_: answer), parse("{ cards { assignee { id } } }"), ROOT)
    assert len(errors_of(result)) == 6


def test_an_interface_selects_the_fields_of_all_its_types() -> None:
    nodes = Loads(lambda parents: [[*ROOT["cards"][:1]] for _ in parents])
    schema = _schema(Query__nodes=nodes)
    result = execute_sync(schema, parse("{ nodes { id ... on Card { title } ... on User { name } } }"), {})
    assert result.data == {"nodes": [{"id": "0", "title": "Card 0"}]}
    assert nodes.calls[0][3].names == {"id", "title", "name"}


@pytest.mark.parametrize("get", [itemgetter("title"), lambda parent: parent["title"]])
def test_a_read_field_is_read_off_every_parent(get: Any) -> None:
    root = {"cards": [*ROOT["cards"], {"id": 7}]}
    result = execute_sync(_schema(Card__id=Read(get)), parse("{ nodes: cards { id } }"), {"cards": root["cards"][:6]})
    assert result.data == {"nodes": [{"id": f"Card {number}"} for number in range(6)]}


def test_a_read_that_fails_is_the_error_of_its_parent() -> None:
    class Plain:
        title = "t"

    schema = _schema(Card__assignee=Read(attrgetter("boss")), Card__title=Read(attrgetter("title")))
    result = execute_sync(schema, parse("{ cards { title assignee { id } } }"), {"cards": [Plain()]})
    assert errors_of(result) == [("'Plain' object has no attribute 'boss'", ["cards", 0, "assignee"])]


async def test_a_batch_can_resolve_for_graphql_core() -> None:
    async def load(parents: list[Any], _args: Any, _context: Any, selection: Selection) -> list[Any]:
        assert selection.names == {"name"}
        return _users(parents)

    schema = _schema()
    field = schema.type_map["Card"].fields["assignee"]  # type: ignore[attr-defined]
    field.resolve = Batch(load).resolve
    found: Any = core_execute(schema, parse("{ cards { assignee { name } } }"), ROOT)
    assert (await found).data["cards"][1] == {"assignee": {"name": "User 1"}}
