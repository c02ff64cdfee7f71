"""The executor under Strawberry, whose schema takes it as `execution_context_class`."""

from collections.abc import AsyncGenerator
from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exception_handlers import ExceptionHandler
from strawberry.types.field import StrawberryField

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


class DoubledField(StrawberryField):
    """A field that says everything twice."""

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        result: Any = super().get_result(source, info, args, kwargs)
        return result * 2


def _answers(query: type, text: str, **options: Any) -> tuple[Any, Any]:
    """The data that a schema answers with, by our executor and without it."""
    ours = strawberry.Schema(query, execution_context_class=Executor, **options).execute_sync(text)
    theirs = strawberry.Schema(query, **options).execute_sync(text)
    assert [error.message for error in ours.errors or ()] == [error.message for error in theirs.errors or ()]
    return ours.data, theirs.data


def test_a_field_with_its_own_way_to_get_a_result_is_asked() -> None:
    @strawberry.type
    class Doubled:
        name: str = DoubledField(  # type: ignore[assignment]
            python_name="name", type_annotation=StrawberryAnnotation(str), default="Example"
        )

    @strawberry.type
    class Root:
        @strawberry.field
        def things(self) -> list[Doubled]:
            return [Doubled(), Doubled(name="Other")]

    ours, theirs = _answers(Root, "{ things { name } }")
    assert ours == theirs == {"things": [{"name": "ExampleExample"}, {"name": "OtherOther"}]}


def test_a_result_that_one_field_alone_was_given_is_asked() -> None:
    @strawberry.type
    class Patched:
        name: str = strawberry.field(default="Example")

    field = Patched.__strawberry_definition__.fields[0]  # type: ignore[attr-defined]
    field.get_result = lambda source, info, args, kwargs: f"<{source.name}>"

    @strawberry.type
    class Root:
        @strawberry.field
        def thing(self) -> Patched:
            return Patched()

    ours, theirs = _answers(Root, "{ thing { name } }")
    assert ours == theirs == {"thing": {"name": "<Example>"}}


def test_exceptions_of_a_plain_field_are_handled() -> None:
    @strawberry.type
    class NotFound:
        message: str

    @strawberry.type
    class Pet:
        name: str

    class Owner:
        @property
        def pet(self) -> Any:
            raise LookupError("There is no pet.")

    @strawberry.type
    class Holder:
        pet: Pet | NotFound

    class Handler(ExceptionHandler[LookupError, NotFound]):
        def handle(self, exception: LookupError, **_options: Any) -> NotFound:
            return NotFound(message=str(exception))

    @strawberry.type
    class Root:
        @strawberry.field
        def holders(self) -> list[Holder]:
            return [Owner(), Owner()]  # type: ignore[list-item]

    text = "{ holders { pet { ... on NotFound { message } } } }"
    ours, theirs = _answers(Root, text, exception_handlers=[Handler()])
    assert ours == theirs == {"holders": [{"pet": {"message": "There is no pet."}}] * 2}
