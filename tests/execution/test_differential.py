"""Our executor against graphql-core's own, over random schemas, values and documents."""

import asyncio
import gc
import json
import os
import re
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, execute, parse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from execution import Executor, engine, plan
from tests.execution.choices import Choices
from tests.execution.random_document import VALUES, RandomDocument
from tests.execution.random_schema import RandomSchema, random_schema
from tests.execution.random_world import World

# Where a message shows an object, it shows whether that holds awaitables.
_DUMPED = re.compile(r"(but got:|with value) .*")

DOCUMENTS = 5
"""Documents per schema."""

EXAMPLES = int(os.environ.get("ORRERY_DIFFERENTIAL_CASES", "5000")) // DOCUMENTS


def outcome(result: ExecutionResult) -> tuple[str, list[Any]]:
    """Data with the order of its keys, and errors with their places."""
    errors = [
        (
            _DUMPED.sub("...", error.message),
            error.path,
            [(spot.line, spot.column) for spot in error.locations or ()],
            error.extensions,
        )
        for error in result.errors or ()
    ]
    return json.dumps(result.data, default=lambda value: type(value).__name__), errors


def run(
    random: RandomSchema, world: World, document: DocumentNode, runner: asyncio.Runner, executor: Any = None
) -> tuple[str, list[Any]]:
    """The outcome of one execution."""
    random.holder["now"] = world

    async def awaited() -> ExecutionResult:
        result = _execute(random, world, document, executor)
        return await result if isinstance(result, Awaitable) else result

    if world.asynchronous:
        return outcome(runner.run(awaited()))
    result = _execute(random, world, document, executor)
    assert isinstance(result, ExecutionResult)
    return outcome(result)


def _execute(
    random: RandomSchema, world: World, document: DocumentNode, executor: Any
) -> ExecutionResult | Awaitable[ExecutionResult]:
    return execute(random.schema, document, world.root, "context", dict(VALUES), executor_class=executor)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        # graphql-core does not await all that an error leaves behind.
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        yield runner
    # Here, where its warnings are known, and not in whatever test the collector comes by next.
    gc.collect()


# graphql-core leaves coroutines of its own behind where an error cancels what they belong to.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:coroutine 'Executor:RuntimeWarning"
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)
@given(st.binary(min_size=2600, max_size=2600).map(Choices))
def test_a_random_request_is_answered_as_graphql_core_answers_it(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, choices: Choices
) -> None:
    # given
    random = random_schema(choices.fork(600))
    for number in range(DOCUMENTS):
        text = RandomDocument(random.schema, choices.fork(160)).text
        document = parse(text)
        values = choices.take(240)
        world = World(random.schema, random.objects, Choices(values), asynchronous=False)
        # and every other time what is done for many objects alone
        few = bool(number % 2)
        monkeypatch.setattr(engine, "_SAMPLE", 48 if few else 0)
        monkeypatch.setattr(plan, "_COMPILED_FROM", 32 if few else 0)
        # when
        expected = run(random, world, document, runner)
        # then
        assert run(random, world, document, runner, Executor) == expected, text
        # and with the same values by way of awaitables, whatever their order: the errors stay in the document's
        later = World(random.schema, random.objects, Choices(values), asynchronous=True)
        assert run(random, later, document, runner, Executor) == expected, text
        if number % 2:
            assert run(random, later, document, runner)[0] == expected[0], text
