"""What Stripe tells by its webhook: signed, more than once, late and in any order."""

import asyncio
import random
import time
from dataclasses import replace
from typing import Any

import orjson
import pytest

from models import BillingEvent, Organization
from models.base import collection
from models.billing import Billing, Plan, PlanLimits
from models.errors import BadUserInput, Conflict, NotConfigured, Unavailable
from models.ids import Kind, new_id
from models.records import OrganizationRecord
from resolvers.billing.signature import TOLERANCE
from resolvers.kit.context import Context
from resolvers.organization.organization import delete_organization
from tests.resolvers.lab import again, event_types
from tests.resolvers.stripe import SECRET, Stripe, at_stripe, hear, signature_of, subscription_of, told_of

PLANS = {
    "free": Plan("free", "Free", limits=PlanLimits(members=3)),
    "team": Plan("team", "Team", "price_1", PlanLimits(members=30)),
    "company": Plan("company", "Company", "price_2"),
}
KINDS = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "checkout.session.completed",
    "invoice.paid",
)


@pytest.fixture
def hearing(anonymous: Context, stripe: Stripe) -> Context:
    """A request of Stripe's."""
    return at_stripe(anonymous, stripe.receiver, webhook_secret=SECRET, plans=PLANS)


async def now(organization: OrganizationRecord) -> Any:
    return await collection(Organization).find_one({"_id": organization["_id"]})


async def test_what_is_paid_puts_an_organization_on_its_plan_once(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # Given a subscription at Stripe
    ours = organization["_id"]
    stripe.states["sub_1"] = subscription_of(ours)
    event = told_of("checkout.session.completed", ours)

    # When it is told three times, twice of these at once
    await asyncio.gather(hear(hearing, event), hear(hearing, event))
    await hear(hearing, event)

    # Then the organization is on the plan, with what that holds, which is told once
    found = await now(organization)
    assert (found["plan"], found["limits"]["members"]) == ("team", 30)
    assert (found["subscription"]["status"], found["subscription"]["customer_id"]) == ("active", "cus_1")
    assert (await event_types(ours)).count("OrganizationUpdated") == 1
    assert await collection(BillingEvent).count_documents({"_id": f"evt_{ours}_1"}) == 1
    asked = stripe.receiver.received
    assert {one.line for one in asked} == {"GET /v1/subscriptions/sub_1 HTTP/1.1"}

    # And another event that says nothing new tells nobody
    await hear(hearing, told_of("invoice.paid", ours, 2))
    assert (await event_types(ours)).count("OrganizationUpdated") == 1


async def test_shuffled_late_and_repeated_events_end_where_stripe_stands(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    ours, chance = organization["_id"], random.Random(7)
    steps = [
        subscription_of(ours, status="incomplete"),
        subscription_of(ours),
        subscription_of(ours, "price_2"),
        subscription_of(ours, "price_2", cancel_at_period_end=True),
        subscription_of(ours, "price_2", status="past_due"),
    ]
    told: list[bytes] = []
    for number in range(25):
        told.append(told_of(chance.choice(KINDS), ours, number))
        stripe.states["sub_1"] = steps[number // 5]
        await asyncio.gather(*(hear(hearing, chance.choice(told)) for _ in range(4)))
    chance.shuffle(told)
    await asyncio.gather(*(hear(hearing, event) for event in told))

    found = await now(organization)
    assert (found["plan"], found["subscription"]["status"]) == ("company", "past_due")
    assert found["limits"]["members"] is None


async def test_what_was_read_before_somebody_else_wrote_is_read_anew(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # Given an event whose answer of Stripe's is on its way
    ours, arrives = organization["_id"], asyncio.Event()
    stripe.states["sub_1"], stripe.slow = subscription_of(ours), arrives
    early = asyncio.create_task(hear(hearing, told_of(KINDS[0], ours, 1)))
    await stripe.asked.wait()

    # When another one tells what has happened since
    stripe.states["sub_1"] = subscription_of(ours, "price_2")
    await hear(hearing, told_of(KINDS[1], ours, 2))
    arrives.set()
    await early

    # Then the former does not take it back
    assert (await now(organization))["plan"] == "company"
    assert len(stripe.receiver.received) == 3


async def test_what_was_read_before_an_event_that_said_nothing_new_is_read_anew(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # Given an event whose answer, of another price, is on its way
    ours, arrives = organization["_id"], asyncio.Event()
    stripe.states["sub_1"] = subscription_of(ours)
    await hear(hearing, told_of(KINDS[0], ours, 1))
    stripe.asked.clear()
    stripe.states["sub_1"], stripe.slow = subscription_of(ours, "price_2"), arrives
    early = asyncio.create_task(hear(hearing, told_of(KINDS[1], ours, 2)))
    await stripe.asked.wait()

    # When it is as before at Stripe, which another event tells
    stripe.states["sub_1"] = subscription_of(ours)
    await hear(hearing, told_of(KINDS[1], ours, 3))
    arrives.set()
    await early

    # Then the former changes nothing, and nobody is told
    assert (await now(organization))["plan"] == "team"
    assert (await event_types(ours)).count("OrganizationUpdated") == 1


async def test_what_an_organization_has_stays_while_it_pays_whatever_the_file_says_since(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe, caplog: pytest.LogCaptureFixture
) -> None:
    # Given an organization on a plan that it pays for
    ours = organization["_id"]
    stripe.states["sub_1"] = subscription_of(ours)
    await hear(hearing, told_of(KINDS[0], ours, 1))

    # When the operator changes what the plan holds, then its price, and Stripe tells that it ends and does not
    smaller = replace(PLANS["team"], limits=PlanLimits(members=5))
    for number, plan in enumerate((smaller, replace(smaller, price="price_9")), 2):
        changed = replace(hearing.services.billing, plans={**PLANS, "team": plan})
        later = Context(hearing.subject, replace(hearing.services, billing=changed))
        stripe.states["sub_1"] = subscription_of(ours, cancel_at_period_end=number == 2)
        await hear(later, told_of(KINDS[1], ours, number))

        # Then it has what it had, and how it pays is known
        found = await now(organization)
        assert (found["plan"], found["limits"]["members"]) == ("team", 30)
        assert found["subscription"]["is_ending"] is (number == 2)
    assert "pays a price that no plan has: price_1" in caplog.text

    # And another plan is taken as the file has it
    stripe.states["sub_1"] = subscription_of(ours, "price_9")
    await hear(later, told_of(KINDS[1], ours, 4))
    stripe.states["sub_1"] = subscription_of(ours, "price_2")
    await hear(later, told_of(KINDS[1], ours, 5))
    stripe.states["sub_1"] = subscription_of(ours, "price_9")
    await hear(later, told_of(KINDS[1], ours, 6))
    assert (await now(organization))["limits"]["members"] == 5


async def test_who_pays_twice_and_for_nobody_is_logged(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe, caplog: pytest.LogCaptureFixture
) -> None:
    ours, gone = organization["_id"], new_id(Kind.ORGANIZATION)
    for number, name in enumerate(("sub_1", "sub_2")):
        stripe.states[name] = subscription_of(ours, id=name)
        await hear(hearing, told_of(KINDS[0], ours, number, name))
    await hear(hearing, told_of(KINDS[0], gone))

    assert f"{ours} is paid for twice at Stripe: sub_1 and sub_2" in caplog.text
    assert "is for nobody who is there: Organization not found" in caplog.text


async def test_an_end_brings_back_the_plan_that_nobody_pays_for(
    hearing: Context, owner: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    ours = organization["_id"]
    stripe.states["sub_1"] = subscription_of(ours)
    await hear(hearing, told_of(KINDS[0], ours, 1))
    with pytest.raises(Conflict, match="is paid for"):
        await delete_organization(again(owner), ours)

    # An older subscription that ends is not what counts
    stripe.states["sub_0"] = subscription_of(ours, id="sub_0", status="canceled")
    await hear(hearing, told_of(KINDS[2], ours, 2, "sub_0"))
    assert (await now(organization))["plan"] == "team"

    stripe.states["sub_1"] = subscription_of(ours, status="canceled")
    await hear(hearing, told_of(KINDS[2], ours, 3))
    found = await now(organization)
    assert (found["plan"], found["limits"]["members"]) == ("free", 3)
    assert found["subscription"]["status"] == "canceled"


async def test_what_stripe_has_not_signed_lately_is_refused(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    event = told_of(KINDS[0], organization["_id"])
    moment = time.time()
    for signature in (
        signature_of(event, SECRET, moment - TOLERANCE - 1),
        signature_of(event, SECRET, moment + TOLERANCE + 5),
        signature_of(event, "whsec_2"),
        signature_of(event + b" ", SECRET),
        f"t={int(moment)},v1=\u00e9",
        f"t={int(moment)}=1,v1=0",
        "t=,v1=",
        "v1=0",
        "nonsense",
    ):
        with pytest.raises(BadUserInput, match=r"^signature"):
            await hear(hearing, event, signature)
    for nonsense in (b"{", b"[]", b'{"id": 5}'):
        with pytest.raises(BadUserInput, match=r"^payload"):
            await hear(hearing, nonsense)
    assert stripe.receiver.received == []

    # A secret that is being replaced signs beside the new one
    stripe.states["sub_1"] = subscription_of(organization["_id"])
    at, _, one = signature_of(event, SECRET).partition(",")
    await hear(hearing, event, f"{at},v1={'0' * 64},{one}")
    assert (await now(organization))["plan"] == "team"


async def test_without_a_key_and_a_secret_nothing_is_heard(hearing: Context, organization: OrganizationRecord) -> None:
    for billing in (Billing(), Billing("sk_test_1"), Billing(webhook_secret=SECRET)):
        deaf = Context(hearing.subject, replace(hearing.services, billing=billing))
        with pytest.raises(NotConfigured, match="ORRERY_STRIPE_WEBHOOK_SECRET"):
            await hear(deaf, told_of(KINDS[0], organization["_id"]))


async def test_what_is_no_matter_of_ours_asks_nobody(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    for event in (
        {"id": "evt_1", "type": "ping"},
        {"id": "evt_1", "type": KINDS[0], "data": {"object": {"id": "sub_1", "metadata": {}}}},
        {"id": "evt_1", "type": KINDS[0], "data": {"object": {"id": "sub_1", "metadata": {"organization_id": "x"}}}},
        {"id": "evt_1", "type": "invoice.paid", "data": {"object": {"id": "in_1", "parent": None}}},
    ):
        await hear(hearing, orjson.dumps(event))
    gone = str(organization["_id"])[:-1] + "0" if str(organization["_id"])[-1] != "0" else "1"
    await hear(hearing, told_of(KINDS[0], gone))

    assert stripe.receiver.received == []


async def test_where_stripe_does_not_answer_the_event_comes_again(
    hearing: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    event = told_of(KINDS[0], organization["_id"])
    stripe.states["sub_1"] = subscription_of(organization["_id"])
    stripe.receiver.statuses = [500, 200]
    with pytest.raises(Unavailable):
        await hear(hearing, event)

    await hear(hearing, event)

    assert (await now(organization))["plan"] == "team"
