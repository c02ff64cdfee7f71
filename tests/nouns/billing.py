"""Plans that are chosen and paid for, and what the provider of payments tells."""

from dataclasses import replace
from typing import Any

import orjson

from models import Organization
from models.base import collection
from models.billing import EXAMPLES, Billing, BillingSubscription, Plan, PlanLimits
from models.enums import SubscriptionStatus
from models.outbound import Answer, Outbound
from resolvers.inputs.billing import (
    BillingCheckout,
    BillingPlanChange,
    BillingPortal,
    BillingReceive,
)
from resolvers.kit.context import Context
from tests.resolvers.receiving import receiving
from tests.resolvers.stripe import signature_of, subscription_of, told_of
from tests.rest.conftest import Api, made, rest_app
from tests.rest.story import Cast, read
from tests.world.paths import ORGANIZATION
from tests.world.sample import Case, Sample, sent
from tests.world.world import World

WEBHOOK, PING = "whsec_1", '{"id": "evt_1", "type": "ping"}'


class Stripe(Outbound):
    """Answers as Stripe does, whoever is called."""

    async def request(self, method: str, url: str, **_: Any) -> Answer:
        begun = b'"id": "pi_1", "client_secret": "pi_1_secret", "status": "requires_payment_method"'
        return Answer(200, {}, b'{"url": "https://checkout.stripe.com/c/pay/cs_1", ' + begun + b"}")


async def take_payments(world: World) -> None:
    """An operator who has set up payments."""
    people = world.people
    plans, packages = {"team": Plan("team", "Team", "price_1")}, {**EXAMPLES, "small": EXAMPLES["tokens-100k"]}
    billing = Billing("sk", webhook_secret=WEBHOOK, plans=plans, packages=packages)
    services = replace(people.anonymous.services, billing=billing, outbound=Stripe())
    people.anonymous = Context(people.anonymous.subject, services)


async def pay(world: World) -> None:
    """An organization that something is paid for."""
    await take_payments(world)
    paid = BillingSubscription(subscription_id="sub_1", customer_id="cus_1", status=SubscriptionStatus.ACTIVE)
    ours = {"_id": world.ids["organization"]}
    await collection(Organization).update_one(ours, {"$set": {"subscription": paid.model_dump()}})


async def offer_plans(world: World) -> None:
    """An operator who has plans, and takes no payments."""
    people = world.people
    services = replace(people.anonymous.services, billing=Billing(plans={"team": Plan("team", "Team")}))
    people.anonymous = Context(people.anonymous.subject, services)


async def story(cast: Cast) -> None:
    api, token = cast.api, cast.ann.headers["authorization"].removeprefix("Bearer ")
    billing_of = "/organizations/acme/billing"
    async with receiving(body=b'{"url": "https://checkout.stripe.com/c/pay/cs_1"}') as stripe:
        plans = {"team": Plan("team", "Team", "price_1", PlanLimits(members=50))}
        billing = Billing("sk_test_1", stripe.url, "whsec_1", plans)
        services = replace(api.ctx.services, outbound=Outbound(frozenset({stripe.host})), billing=billing)
        paying = Api(rest_app(services), api.ctx, api.called, api.recorder, api.clients).client(token)
        page = await made(paying, f"{billing_of}/checkout", plan="team", successUrl="/paid")
        organization = (await read(paying, "/organizations/acme"))["id"]
        stripe.body = orjson.dumps(subscription_of(organization))
        event = told_of("customer.subscription.created", organization)
        headers = {"stripe-signature": signature_of(event, "whsec_1"), "content-type": "application/json"}
        heard = await paying.post("/billing/webhook", content=event, headers=headers)
        paid = await read(paying, billing_of)
        stripe.body = b'{"url": "https://billing.stripe.com/p/session/1"}'
        portal = await made(paying, f"{billing_of}/portal", returnUrl="/settings")
    assert page == {"url": "https://checkout.stripe.com/c/pay/cs_1"}
    assert heard.json() == {"ok": True}
    assert (paid["plan"], paid["limits"]["members"], paid["subscription"]["status"]) == ("team", 50, "active")
    assert portal == {"url": "https://billing.stripe.com/p/session/1"}
    services = replace(api.ctx.services, billing=Billing(plans=plans))
    choosing = Api(rest_app(services), api.ctx, api.called, api.recorder, api.clients).client(token)
    put = await choosing.put(f"{billing_of}/plan", json={"plan": "team"})
    assert put.json()["plans"][0]["isPaid"] is True


SAMPLE = Sample(
    calls={
        "billingCheckout": lambda ids: (ids["organization"], BillingCheckout()),
        "billingPlanChange": lambda ids: (ids["organization"], BillingPlanChange(plan="team")),
        "billingPortal": lambda ids: (ids["organization"], BillingPortal()),
        "billingSummary": lambda ids: (ids["organization"],),
        "billingReceive": lambda _: (BillingReceive(payload="{}", signature="t=1,v1=0"),),
    },
    refused_there={"billingCheckout", "billingPlanChange", "billingPortal", "billingReceive"},
    routes={
        ("POST", ORGANIZATION + "/billing/checkout"): sent(),
        ("POST", ORGANIZATION + "/billing/portal"): sent(),
        ("PUT", ORGANIZATION + "/billing/plan"): sent(plan="team"),
        ("GET", ORGANIZATION + "/billing"): None,
        ("POST", "/billing/webhook"): None,
    },
    cases={
        "billingCheckout": Case(prepare=take_payments),
        "billingPlanChange": Case(prepare=offer_plans),
        "billingPortal": Case(prepare=pay),
        "billingReceive": Case(
            arguments=lambda _: (BillingReceive(payload=PING, signature=signature_of(PING, WEBHOOK)),),
            prepare=take_payments,
        ),
    },
    unseen={
        **dict.fromkeys(("billingCheckout", "billingPortal"), "nothing changes here until it is paid"),
        **dict.fromkeys(
            ("billingPlanChange", "billingReceive"),
            "plans are the organization's, which has no stream that can be watched",
        ),
    },
    story=story,
)
