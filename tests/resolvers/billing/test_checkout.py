"""Checkout: Stripe is asked for a page, for a plan that there is, which leads back here."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from models.billing import Billing, parse_prices
from models.errors import BadUserInput, NotConfigured, Unavailable
from models.outbound import Outbound
from models.records import OrganizationRecord
from resolvers.billing.checkout import begin_checkout
from resolvers.inputs.billing import BillingCheckout
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again
from tests.resolvers.receiving import Receiver, receiving

PAGE = b'{"id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1"}'


@pytest.fixture
async def stripe() -> AsyncIterator[Receiver]:
    async with receiving(body=PAGE) as opened:
        yield opened


@pytest.fixture
def paying(owner: Context, stripe: Receiver) -> Context:
    billing = Billing("sk_test_1", stripe.url, {"team": "price_1", "company": "price_2"})
    services = replace(owner.services, outbound=Outbound(frozenset({stripe.host})), billing=billing)
    return Context(owner.subject, services)


async def begun(ctx: Context, organization: OrganizationRecord, **values: Any) -> str:
    return (await begin_checkout(again(ctx), organization["_id"], read_input(BillingCheckout, values))).url


async def test_without_a_key_or_prices_nothing_can_be_paid(owner: Context, organization: OrganizationRecord) -> None:
    for billing in (Billing(), Billing("sk_test_1"), Billing(prices={"team": "price_1"})):
        ctx = Context(owner.subject, replace(owner.services, billing=billing))
        with pytest.raises(NotConfigured, match="ORRERY_STRIPE_KEY"):
            await begun(ctx, organization)


async def test_stripe_is_asked_for_a_page_that_leads_back(
    paying: Context, organization: OrganizationRecord, stripe: Receiver
) -> None:
    base = paying.services.base_url

    url = await begun(paying, organization, plan="company", successUrl="/paid?x=1", cancelUrl=f"{base}/no")

    assert url == "https://checkout.stripe.com/c/pay/cs_1"
    [asked] = stripe.received
    assert asked.line == "POST /v1/checkout/sessions HTTP/1.1"
    assert asked.headers["authorization"] == "Bearer sk_test_1"
    form = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
    assert (form["line_items[0][price]"], form["client_reference_id"]) == ("price_2", str(organization["_id"]))
    assert (form["success_url"], form["cancel_url"]) == (f"{base}/paid?x=1", f"{base}/no")


async def test_the_first_plan_is_the_usual_one_and_others_there_are_not(
    paying: Context, organization: OrganizationRecord, stripe: Receiver
) -> None:
    await begun(paying, organization)
    assert b"price_1" in stripe.received[0].body

    with pytest.raises(BadUserInput, match="is no plan: there are team, company"):
        await begun(paying, organization, plan="empire")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/x",
        "http://127.0.0.1:3001@evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
    ],
)
async def test_nobody_is_led_elsewhere(
    paying: Context, organization: OrganizationRecord, stripe: Receiver, url: str
) -> None:
    for name in ("successUrl", "cancelUrl"):
        with pytest.raises(BadUserInput, match=f"^{name}: has to be an address of this gateway"):
            await begun(paying, organization, **{name: url})
    assert stripe.received == []


@pytest.mark.parametrize(("status", "error"), [(401, NotConfigured), (404, NotConfigured), (500, Unavailable)])
async def test_what_stripe_refuses_is_told(
    paying: Context, organization: OrganizationRecord, stripe: Receiver, status: int, error: type[Exception]
) -> None:
    stripe.statuses = [status]

    with pytest.raises(error):
        await begun(paying, organization)


def test_prices_are_read_from_a_setting() -> None:
    assert parse_prices("team=price_1, company=price_2") == {"team": "price_1", "company": "price_2"}
    for wrong in ("team", "=price_1", "team="):
        with pytest.raises(ValueError, match="has to be like"):
            parse_prices(wrong)
