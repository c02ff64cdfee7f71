"""Our executor against graphql-core's own, over random schemas, values and documents."""

import asyncio
import gc
import json
import os
import re
from collections.abc import Awaitable, Iterator
from typing import Any, NamedTuple

import pytest
from graphql import DocumentNode, ExecutionResult, execute, parse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from execution import Executor, columns, engine, pending, plan, rows
from execution.output import read_fragments
from tests.execution.choices import Choices
from tests.execution.random_document import VALUES, RandomDocument
from tests.execution.random_schema import RandomSchema, random_schema
from tests.execution.random_world import Gate, World

# Where a message shows an object, it shows whether that holds awaitables.
_DUMPED = re.compile(r"(but got:|with value|cannot represent value: [\[{<(]).*")

DOCUMENTS = 5
"""Documents per schema."""

EXAMPLES = int(os.environ.get("ORRERY_DIFFERENTIAL_CASES", "1000")) // DOCUMENTS


TURNS = 200
"""Turns of the event loop after which a request that has not ended waits for something that never will."""


class Outcome(NamedTuple):
    """Data with the order of its keys, errors with their places, and whether the answer had to be waited for."""

    data: str
    errors: list[Any]
    hung: bool = False

    @property
    def nulls(self) -> list[Any]:
        """The nulls in the data that errors have made, each once."""
        found: list[Any] = []
        for _, path, _, _ in self.errors:
            path, value, length = path or [], json.loads(self.data), 0
            while value is not None:
                value, length = value[path[length]], length + 1
            if path[:length] not in found:
                found.append(path[:length])
        return sorted(found, key=str)


class Writing(Executor):
    """Ours as it is used for bytes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, render=_read, fragments=True, **options)

    def _finished(self, engine: engine.Engine) -> ExecutionResult:
        result: Any = super()._finished(engine)
        found: ExecutionResult = result.rendered
        return found


def _read(result: ExecutionResult) -> ExecutionResult:
    return ExecutionResult(read_fragments(result.data), result.errors)


def outcome(result: ExecutionResult, hung: bool = False) -> Outcome:
    """What came of an execution."""
    errors = [
        (
            _DUMPED.sub("...", error.message),
            error.path,
            [(spot.line, spot.column) for spot in error.locations or ()],
            error.extensions,
        )
        for error in result.errors or ()
    ]
    return Outcome(json.dumps(result.data, default=lambda value: type(value).__name__), errors, hung)


def run(
    random: RandomSchema, world: World, document: DocumentNode, runner: asyncio.Runner, executor: Any = None
) -> Outcome:
    """The outcome of one execution."""
    random.holder["now"] = world
    if not world.asynchronous:
        result = _execute(random, world, document, executor)
        assert isinstance(result, ExecutionResult)
        return outcome(result)
    return runner.run(_awaited(random, world, document, executor))


async def _awaited(random: RandomSchema, world: World, document: DocumentNode, executor: Any) -> Outcome:
    # What graphql-core left running must not be taken for ours.
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(left)
    Gate.opened = asyncio.Event()
    result = _execute(random, world, document, executor)
    if not isinstance(result, Awaitable):
        Gate.opened.set()
        return outcome(result)
    others = asyncio.all_tasks()
    task = asyncio.ensure_future(result)
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if task.done():
            break
    hung = not task.done()
    if not hung and executor is not None:
        # What graphql-core's own type resolver leaves to itself ends soon; what never would has been given up.
        for _ in range(TURNS):
            if asyncio.all_tasks() <= {*others, task}:
                break
            await asyncio.sleep(0)
        assert asyncio.all_tasks() <= {*others, task}
    Gate.opened.set()
    found = await task
    return outcome(found, hung)


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
@pytest.mark.slow("thousands of random requests, each answered by both")
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
    monkeypatch.setattr(pending, "PATIENCE", 0)
    for number in range(DOCUMENTS):
        text = RandomDocument(random.schema, choices.fork(160)).text
        document = parse(text)
        values = choices.take(240)
        world = World(random.schema, random.objects, Choices(values), asynchronous=False)
        # and every other time what is done for many objects alone
        few = bool(number % 2)
        monkeypatch.setattr(engine, "_SAMPLE", 48 if few else 0)
        monkeypatch.setattr(plan, "_COMPILED_FROM", 32 if few else 0)
        monkeypatch.setattr(columns, "_MANY", 128 if few else 1)
        monkeypatch.setattr(columns, "_LONG", 16 if few else 0)
        monkeypatch.setattr(rows, "_SLATES", 64 if few else 2)
        # when
        expected = run(random, world, document, runner)
        # then
        assert run(random, world, document, runner, Executor) == expected, text
        # and where lists are written before the rest
        assert few or run(random, world, document, runner, Writing) == expected, text
        # and with the same values by way of awaitables, some of which never end
        later = World(random.schema, random.objects, Choices(values), asynchronous=True)
        found = run(random, later, document, runner, Executor if few else Writing)
        assert found.data == expected.data, text
        # then each null has its error, though it may be another of those that there are
        assert found.nulls == expected.nulls, text
        possible = iter([error[:2] for error in run(random, world, _all_errors(text), runner).errors])
        assert all(error[:2] in possible for error in found.errors), text
        if number % 2:
            theirs = run(random, later, document, runner)
            assert theirs.data == expected.data, text
            # and nothing is waited for that graphql-core does not wait for
            assert theirs.hung or not found.hung, text


def _all_errors(text: str) -> DocumentNode:
    """The document with no error hiding another."""
    head, brace, rest = text.partition(") {")
    return parse(f"{head}) @experimental_disableErrorPropagation {{{rest}" if brace else text)
