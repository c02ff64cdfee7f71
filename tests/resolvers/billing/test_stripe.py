"""The SDK of Stripe: it asks as the gateway does, and its failures say no more than they should."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from models.billing import Billing
from models.errors import Conflict, NotConfigured, Unavailable
from models.outbound import Outbound
from models.outbound_stripe import MAX_ANSWER, VERSION
from resolvers.billing.stripe import RefusedError, UnknownError, send
from resolvers.kit.context import Context, Services
from tests.resolvers.receiving import Receiver, receiving

KEY = "sk_test_secret"


@pytest.fixture
async def stripe() -> AsyncIterator[Receiver]:
    async with receiving(body=b'{"id": "pi_1", "client_secret": "pi_1_secret"}') as opened:
        yield opened


@pytest.fixture
def services(owner: Context, stripe: Receiver) -> Services:
    outbound = Outbound(frozenset({stripe.host}))
    return replace(owner.services, billing=Billing(url=f"{stripe.url}/"), outbound=outbound)


async def begun(services: Services, key: str = KEY) -> object:
    """A payment that Stripe is asked for."""
    return await send(
        services, key, lambda stripe: stripe.v1.payment_intents.create_async({"amount": 1, "currency": "usd"})
    )


async def test_it_asks_by_the_guarded_way_and_tells_nothing_of_its_use(
    services: Services, stripe: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    for _ in range(2):  # what it tells of a request it tells with the next
        assert await begun(services) == {"id": "pi_1", "client_secret": "pi_1_secret"}

    first, second = stripe.received
    assert (first.line, first.body) == ("POST /v1/payment_intents HTTP/1.1", b"amount=1&currency=usd")
    assert first.headers["stripe-version"] == VERSION
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]
    assert "x-stripe-client-telemetry" not in second.headers
    assert "secret" not in caplog.text

    # Where Stripe is somewhere that is none of others' matter, nobody is asked
    inside = replace(services, outbound=Outbound())
    with pytest.raises(Unavailable):
        await begun(inside)
    assert len(stripe.received) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (429, b'{"error": {"message": "Slower"}}'),
        (400, b'{"error": {"type": "invalid_request_error"}}'),
        (502, b'{"error": "bad gateway"}'),
        (200, b"[]"),
        (200, b"<html>"),
        (200, b'"' + b"x" * MAX_ANSWER + b'"'),
    ],
)
async def test_what_is_no_answer_is_asked_once_and_told_without_what_was_said(
    services: Services, stripe: Receiver, status: int, body: bytes
) -> None:
    stripe.statuses, stripe.body = [status], body

    with pytest.raises(Unavailable, match=r"^The service is not available"):
        await begun(services)

    assert len(stripe.received) == 1


async def test_a_refusal_says_why_and_never_the_key(services: Services, stripe: Receiver) -> None:
    stripe.body = b'{"error": {"type": "card_error", "message": "Your card was declined"}}'
    for status, error, said in (
        (402, RefusedError, "^Your card was declined$"),
        (404, UnknownError, "^Your card was declined$"),
        (401, NotConfigured, "ORRERY_STRIPE_KEY"),
    ):
        stripe.statuses = [status]
        with pytest.raises(error, match=said):
            await begun(services)
    stripe.statuses, stripe.body = [400], b'{"error": {"type": "idempotency_error"}}'
    with pytest.raises(Conflict, match="idempotency key"):
        await begun(services)

    with pytest.raises(Unavailable) as unsent:
        await begun(services, f"{KEY}\N{BULLET}")
    assert KEY not in str(unsent.value)
