"""What plans and packages cost, what is used of a plan, and billing as Orkosi's client has it."""

from dataclasses import replace

from models import Organization
from models.base import collection
from models.billing import Billing, Package, Plan, PlanLimits
from models.errors import NotConfigured
from models.outbound import Outbound
from models.wallet import WalletUnit
from resolvers.inputs.billing import BillingPaymentBegin
from tests.nouns.billing import take_payments
from tests.resolvers.stripe import signature_of, stripe_on_loopback, subscription_of, told_of
from tests.rest.conftest import Api, rest_app
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Body, Case, Route, Sample, sent

BILLING = ORKOSI + "/billing"
OPEN = {("GET", BILLING + "/tiers"), ("GET", BILLING + "/pricing"), ("POST", BILLING + "/webhook")}
"""What is for anybody."""
PLANS = {
    "free": Plan("free", "Free", limits=PlanLimits(members=1)),
    "team": Plan("team", "Team", "price_1", PlanLimits(members=50, projects=100), 2900),
    "company": Plan("company", "Company", "price_2", cost=9900),
}
PACKAGES = {
    "small": Package("small", "100,000 tokens", WalletUnit.TOKENS, 100_000, 900),
    "credit": Package("credit", "10 US dollars", WalletUnit.CENTS, 1000, 1000),
}
ROUTES: dict[Route, Body | None] = {
    ("GET", BILLING + "/tiers"): None,
    ("GET", BILLING + "/pricing"): None,
    ("GET", BILLING + "/subscription"): None,
    ("GET", BILLING + "/usage"): None,
    ("GET", BILLING + "/plan-summary"): None,
    ("POST", BILLING + "/validate-downgrade"): sent(tier="team"),
    ("POST", BILLING + "/change-plan"): sent(tier="team"),
    ("POST", BILLING + "/checkout"): sent(tier="team"),
    ("POST", BILLING + "/portal"): None,
    ("POST", BILLING + "/create-payment-intent"): sent(package_slug="small"),
    ("POST", BILLING + "/webhook"): None,
}


async def orkosi_story(cast: Cast) -> None:
    api, base, slug = cast.api, cast.orkosi + "/billing", cast.workspace.split("/")[2]
    unpaid = {"$set": {"subscription": None, "plan": None}}
    await collection(Organization).update_one({"slug": slug}, unpaid)
    organization = (await cast.ann.get(f"/organizations/{slug}")).json()["id"]
    async with stripe_on_loopback() as stripe:
        billing = Billing("sk_test_1", stripe.receiver.url, "whsec_1", PLANS, PACKAGES)
        outbound = Outbound(frozenset({stripe.receiver.host}))
        services = replace(api.ctx.services, outbound=outbound, billing=billing)
        paying = Api(rest_app(services), api.ctx, api.called, api.recorder, api.clients)
        ann = paying.client(cast.ann.headers["authorization"].removeprefix("Bearer "))

        tiers = await ask_orkosi(paying.client(), "GET", f"{ORKOSI}/billing/tiers")
        assert [(tier["slug"], tier["price_cents"]) for tier in tiers] == [
            ("free", None),
            ("team", 2900),
            ("company", 9900),
        ]
        pricing = await ask_orkosi(paying.client(), "GET", f"{ORKOSI}/billing/pricing")
        assert (pricing["tiers"], pricing["economics"]) == (tiers, {"cents_per_million_tokens": {"small": 9000.0}})
        assert [package["slug"] for package in pricing["credit_packages"]] == ["credit"]

        # What is to be paid first is led to the page where that is done, either way.
        page = await ask_orkosi(ann, "POST", f"{base}/checkout", tier="team")
        first = await ask_orkosi(ann, "POST", f"{base}/change-plan", tier="team")
        assert first == {"changed": False, "tier": "team", "checkout_url": page["url"]}

        stripe.states["sub_1"] = subscription_of(organization)
        event = told_of("customer.subscription.created", organization, 2)
        headers = {"stripe-signature": signature_of(event, "whsec_1"), "content-type": "application/json"}
        heard = await paying.client().post(f"{ORKOSI}/billing/webhook", content=event, headers=headers)
        assert heard.json()["data"] == {"received": True}
        paid = await ask_orkosi(ann, "GET", f"{base}/subscription")
        assert (paid["tier"], paid["status"], paid["cancel_at_period_end"]) == ("team", "active", False)

        usage = await ask_orkosi(ann, "GET", f"{base}/usage")
        assert (usage["tier"], usage["limits"]["members"], usage["usage"]["tokens"]) == ("team", 50, 0)
        summary = await ask_orkosi(ann, "GET", f"{base}/plan-summary")
        assert summary["remaining"]["members"] == 50 - summary["usage"]["members"]
        assert (summary["remaining"]["agents"], summary["subscription"]) == (None, paid)
        check = await ask_orkosi(ann, "POST", f"{base}/validate-downgrade", tier="free")
        assert (check["valid"], [beyond["name"] for beyond in check["violations"]]) == (False, ["members"])
        refused = await ann.post(f"{base}/change-plan", json={"tier": "free"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "PLAN_LIMIT")
        changed = await ask_orkosi(ann, "POST", f"{base}/change-plan", tier="company")
        assert changed == {"changed": True, "tier": "company", "checkout_url": None}
        bought = await ask_orkosi(
            ann, "POST", f"{base}/create-payment-intent", package_slug="small", idempotency_key="one"
        )
        assert (bought["amount"], bought["price_cents"], bought["currency"]) == (100_000, 900, "usd")
        portal = await ask_orkosi(ann, "POST", f"{base}/portal")
        assert portal["url"].startswith("https://billing.stripe.com/")


SAMPLE = Sample(
    after=("billing",),
    calls={
        "billingPlanCheck": lambda ids: (ids["organization"], "team"),
        "billingPaymentBegin": lambda ids: (ids["organization"], BillingPaymentBegin(package="small")),
        "pricing": lambda _: (),
    },
    # The world has no plans.
    beyond={("billingPlanCheck", caller): NotConfigured for caller in ("bystander", "member", "admin", "viewer")},
    refused_there={"billingPaymentBegin"},
    routes=ROUTES,
    answers={
        ("GET", BILLING + "/subscription"): 404,
        ("GET", BILLING + "/usage"): 404,
        ("POST", BILLING + "/validate-downgrade"): 503,
    },
    by_workspace=ROUTES.keys() - OPEN,
    cases={"billingPaymentBegin": Case(prepare=take_payments)},
    unseen={"billingPaymentBegin": "nothing changes here until it is paid"},
    orkosi_story=orkosi_story,
)
