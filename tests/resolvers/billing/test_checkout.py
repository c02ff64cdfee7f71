"""Checkout: Stripe is asked for a page, for a plan that there is, which leads back here."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from models import Organization
from models.base import collection
from models.billing import Billing, BillingSubscription, Plan
from models.enums import SubscriptionStatus
from models.errors import BadUserInput, Conflict, NotConfigured, NotFound, Unavailable
from models.records import OrganizationRecord
from resolvers.billing.checkout import begin_checkout, open_portal
from resolvers.inputs.billing import BillingCheckout, BillingPortal
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again
from tests.resolvers.receiving import Receiver, receiving
from tests.resolvers.stripe import at_stripe

PLANS = {
    "free": Plan("free", "Free"),
    "team": Plan("team", "Team", "price_1"),
    "company": Plan("company", "Company", "price_2"),
}
PAGE = b'{"id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1"}'


@pytest.fixture
async def stripe() -> AsyncIterator[Receiver]:
    async with receiving(body=PAGE) as opened:
        yield opened


@pytest.fixture
def paying(owner: Context, stripe: Receiver) -> Context:
    return at_stripe(owner, stripe, plans=PLANS)


async def begun(ctx: Context, organization: OrganizationRecord, **values: Any) -> str:
    return (await begin_checkout(again(ctx), organization["_id"], read_input(BillingCheckout, values))).url


async def test_without_a_key_or_prices_nothing_can_be_paid(owner: Context, organization: OrganizationRecord) -> None:
    free = {"free": PLANS["free"]}
    for billing in (Billing(), Billing("sk_test_1"), Billing(plans=PLANS), Billing("sk_test_1", plans=free)):
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

    with pytest.raises(BadUserInput, match="is nothing to pay for: there are team, company"):
        await begun(paying, organization, plan="free")


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


async def pay(organization: OrganizationRecord, status: SubscriptionStatus) -> None:
    """Have something be, or have been, paid for an organization."""
    paid = BillingSubscription(subscription_id="sub_1", customer_id="cus_1", status=status).model_dump()
    await collection(Organization).update_one({"_id": organization["_id"]}, {"$set": {"subscription": paid}})


async def test_what_is_paid_already_is_not_paid_twice(
    paying: Context, organization: OrganizationRecord, stripe: Receiver
) -> None:
    await pay(organization, SubscriptionStatus.PAST_DUE)
    with pytest.raises(Conflict, match="paid for already"):
        await begun(paying, organization)
    assert stripe.received == []

    await pay(organization, SubscriptionStatus.CANCELED)
    await begun(paying, organization)
    assert b"customer=cus_1" in stripe.received[0].body


async def test_the_portal_is_for_who_has_paid(
    paying: Context, organization: OrganizationRecord, stripe: Receiver
) -> None:
    values = read_input(BillingPortal, {"returnUrl": "/settings"})
    with pytest.raises(NotFound):
        await open_portal(again(paying), organization["_id"], values)
    await pay(organization, SubscriptionStatus.ACTIVE)

    page = await open_portal(again(paying), organization["_id"], values)

    assert page.url == "https://checkout.stripe.com/c/pay/cs_1"
    [asked] = stripe.received
    assert asked.line == "POST /v1/billing_portal/sessions HTTP/1.1"
    form = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
    assert form == {"customer": "cus_1", "return_url": f"{paying.services.base_url}/settings"}
    with pytest.raises(BadUserInput, match=r"^returnUrl"):
        await open_portal(again(paying), organization["_id"], BillingPortal(return_url="https://evil.example/"))
    unpaid = Context(paying.subject, replace(paying.services, billing=Billing()))
    with pytest.raises(NotConfigured):
        await open_portal(unpaid, organization["_id"], values)
