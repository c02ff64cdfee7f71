"""The executor under Strawberry, whose schema takes it as `execution_context_class`."""

from collections.abc import AsyncGenerator
from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from execution import Executor


@strawberry.enum
class Priority(Enum):
    LOW = "low"
    HIGH = "high"


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class User(Node):
    full_name: str


@strawberry.input
class Window:
    first: int = 2


@strawberry.type
class Card(Node):
    title: str
    priority: Priority | None
    assigned_to: User | None

    @strawberry.field
    async def shout(self, info: strawberry.Info, window: Window | None = None) -> str:
        assert info.context["loud"]
        assert info.variable_values is not None
        return f"{self.title.upper()}{'!' * (window or Window()).first} {info.path.as_list()}"

    @strawberry.field
    def fails(self) -> int | None:
        raise ValueError(f"Card {self.id} fails.")


ANN = User(id=strawberry.ID("u1"), full_name="Ann")


@strawberry.type
class Query:
    @strawberry.field
    def cards(self) -> list[Card]:
        return [
            Card(id=strawberry.ID(str(number)), title=f"Card {number}", priority=Priority.HIGH, assigned_to=ANN)
            for number in range(3)
        ]

    @strawberry.field
    async def nodes(self) -> list[Node]:
        return [ANN, Card(id=strawberry.ID("9"), title="Nine", priority=None, assigned_to=None)]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: strawberry.Info, to: int) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number + info.context["from"]


@strawberry.type
class Named:
    full_name: str


@strawberry.type
class Records:
    @strawberry.field
    def record(self) -> Named:
        return {"FULL_NAME": "Ann"}  # type: ignore[return-value]


STOCK = strawberry.Schema(Query, subscription=Subscription)
OURS = strawberry.Schema(Query, subscription=Subscription, execution_context_class=Executor)
DOCUMENTS = [
    "{ cards { id title priority assignedTo { id fullName } __typename } }",
    "query ($w: Window) { cards { shout(window: $w) } }",
    "{ nodes { id __typename ... on User { fullName } ... on Card { title priority assignedTo { id } } } }",
    "{ cards { id fails } }",
    "{ __schema { types { name fields { name } } } }",
]


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_schema_answers_as_it_does_without(document: str) -> None:
    options: Any = {"context_value": {"loud": True}, "variable_values": {"w": {"first": 1}}}
    ours = await OURS.execute(document, **options)
    theirs = await STOCK.execute(document, **options)
    assert ours.data == theirs.data
    assert [error.formatted for error in ours.errors or ()] == [error.formatted for error in theirs.errors or ()]


def test_it_answers_synchronously() -> None:
    assert OURS.execute_sync(DOCUMENTS[0]).data == STOCK.execute_sync(DOCUMENTS[0]).data


async def test_it_subscribes() -> None:
    source = await OURS.subscribe("subscription { count(to: 3) }", context_value={"from": 5})
    assert [result.data async for result in source] == [{"count": number} for number in (5, 6, 7)]


def test_records_are_read_by_the_configured_resolver() -> None:
    def read(source: Any, name: str) -> Any:
        return source[name.upper()] if isinstance(source, dict) else getattr(source, name)

    options: Any = {"config": StrawberryConfig(default_resolver=read)}
    query = "{ record { fullName } }"
    ours = strawberry.Schema(Records, execution_context_class=Executor, **options).execute_sync(query)
    theirs = strawberry.Schema(Records, **options).execute_sync(query)
    assert ours.errors is None
    assert ours.data == theirs.data == {"record": {"fullName": "Ann"}}
