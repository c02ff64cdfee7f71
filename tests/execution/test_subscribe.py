"""Subscriptions: one source stream, then one execution per event."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import ExecutionResult, parse
from graphql import subscribe as core_subscribe

from execution import subscribe
from tests.execution.support import errors_of, schema_of

SDL = """
type Query { a: String }
type Email { subject: String! unread: Boolean }
type Subscription { email(priority: Int = 1): Email other: Email }
"""


async def _emails(_source: Any, _info: Any, priority: int = 1) -> AsyncIterator[Any]:
    for subject in ("Hello", None, "Bye"):
        yield {"email": {"subject": subject, "unread": priority > 1}}


def _schema(source: Any = _emails, **resolvers: Any) -> Any:
    schema = schema_of(SDL, **resolvers)
    type_: Any = schema.subscription_type
    type_.fields["email"].subscribe = source
    return schema


async def _all(started: Any) -> Any:
    stream = await started if hasattr(started, "__await__") else started
    if isinstance(stream, ExecutionResult):
        return stream
    return [(result.data, errors_of(result)) async for result in stream]


@pytest.mark.parametrize(
    "document",
    [
        "subscription { email { subject } }",
        "subscription ($p: Int = 3) { mail: email(priority: $p) { subject unread __typename } }",
        "subscription { email(priority: 2) { unread } }",
        "subscription { email(priority: \"x\") { unread } }",
        "subscription { unknown }",
        "subscription ($p: Int!) { email(priority: $p) { unread } }",
    ],
)  # fmt: skip
async def test_events_are_executed_as_graphql_core_executes_them(document: str) -> None:
    ours = await _all(subscribe(_schema(), parse(document)))
    assert ours == await _all(core_subscribe(_schema(), parse(document)))


async def test_an_error_of_one_event_does_not_end_the_stream() -> None:
    events = await _all(subscribe(_schema(), parse("subscription { email { subject } }")))
    assert [data for data, _ in events] == [
        {"email": {"subject": "Hello"}}, {"email": None}, {"email": {"subject": "Bye"}}
    ]  # fmt: skip
    assert events[1][1] == [("Cannot return null for non-nullable field Email.subject.", ["email", "subject"])]


async def test_a_resolver_of_an_event_may_be_awaitable() -> None:
    async def subject(source: Any, _info: Any) -> str:
        return f"<{source['subject']}>"

    events = await _all(subscribe(_schema(Email__subject=subject), parse("subscription { email { subject } }")))
    assert [data["email"]["subject"] for data, _ in events] == ["<Hello>", "<None>", "<Bye>"]


@pytest.mark.parametrize("answer", ["text", ValueError("No mail."), None], ids=str)
async def test_what_is_no_stream_is_an_error_of_the_request(answer: Any) -> None:
    schema = _schema(lambda *_args, **_kwargs: answer)
    document = parse("subscription { email { subject } }")
    ours = await _all(subscribe(schema, document))
    theirs = await _all(core_subscribe(schema, document))
    assert (ours.data, errors_of(ours)) == (theirs.data, errors_of(theirs))
    assert ours.errors


async def test_closing_the_responses_closes_the_source() -> None:
    closed: list[bool] = []

    async def source(*_args: Any, **_kwargs: Any) -> AsyncIterator[Any]:
        try:
            while True:
                yield {"email": {"subject": "s"}}
        finally:
            closed.append(True)

    stream: Any = subscribe(_schema(source), parse("subscription { email { subject } }"))
    assert (await anext(stream)).data == {"email": {"subject": "s"}}
    await stream.aclose()
    assert closed == [True]
