"""Paying for an organization."""

from typing_extensions import TypedDict

from models import billing
from models.records import OrganizationRecord
from resolvers.billing.checkout import begin_checkout, open_portal
from resolvers.billing.plan import change_plan, plans_of
from resolvers.billing.webhook import receive_payment
from resolvers.inputs.billing import MAX_EVENT, BillingCheckout, BillingPlanChange, BillingPortal
from resolvers.organization.organization import get_organization
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import ORGANIZATION
from rest.stellary.present.base import Ok, ok
from rest.stripe_event import stripe_event

routes = Routes("Billing", ORGANIZATION + "/billing", about="Paying for an organization.", place=500)
webhook = Routes("Billing", "/billing")


@presents(billing.PlanLimits, without=("id",))
class PlanLimits(TypedDict):
    """How much an organization may have of something; null is as much as there is."""


@presents(billing.BillingSubscription, without=("id",))
class Subscription(TypedDict):
    """What is paid for an organization."""


class Plan(TypedDict):
    """What the operator offers."""

    slug: str
    name: str
    isPaid: bool
    limits: PlanLimits


class Billing(TypedDict):
    """The plan of an organization by its slug, what it holds, what is paid, and the plans that there are."""

    plan: str | None
    limits: PlanLimits
    subscription: Subscription | None
    plans: list[Plan]


class Checkout(TypedDict):
    """Where to send the browser."""

    url: str


@routes.get("", "Read the plan of an organization", runs=get_organization)
async def find(call: Call) -> Billing:
    """With what it holds, what is paid, and the plans that there are."""
    return await _billing(call, await get_organization(call.ctx, call.path["orgSlug"]))


@routes.put("/plan", "Put an organization on a plan", runs=change_plan)
async def change(call: Call) -> Billing:
    """At once, where nothing is paid here. 422 `PLAN_LIMIT` tells all that it has more of than the plan holds."""
    organization = await guards.organization(call)
    changed = await change_plan(call.ctx, organization["_id"], call.body(BillingPlanChange))
    return await _billing(call, changed.value)


@routes.post("/checkout", "Begin to pay for an organization", runs=begin_checkout)
async def checkout(call: Call) -> Checkout:
    """503 `NOT_CONFIGURED` where the operator has set up no payments."""
    organization = await guards.organization(call)
    return {"url": (await begin_checkout(call.ctx, organization["_id"], call.body(BillingCheckout))).url}


@routes.post("/portal", "Change what is paid for an organization", runs=open_portal)
async def portal(call: Call) -> Checkout:
    """404 where nothing was ever paid, 503 `NOT_CONFIGURED` where the operator has set up no payments."""
    organization = await guards.organization(call)
    return {"url": (await open_portal(call.ctx, organization["_id"], call.body(BillingPortal))).url}


@webhook.post(
    "/webhook",
    "Hear what Stripe tells",
    runs=receive_payment,
    status=200,
    body=None,
    takes=("application/json",),
    max_body=MAX_EVENT,
)
async def receive(call: Call) -> Ok:
    """Signed by Stripe (`Stripe-Signature`) within the last five minutes, else 400. Sent twice, it is heard once."""
    await receive_payment(call.ctx, stripe_event(call))
    return ok()


async def _billing(call: Call, organization: OrganizationRecord) -> Billing:
    [plans] = await plans_of(call.ctx, [organization], None)
    paid = organization.get("subscription")
    return {
        "plan": organization.get("plan"),
        "limits": shown(PlanLimits, organization.get("limits", {})),
        "subscription": None if paid is None else shown(Subscription, paid),
        "plans": [
            {
                "slug": plan["slug"],
                "name": plan["name"],
                "isPaid": plan["is_paid"],
                "limits": shown(PlanLimits, plan["limits"]),
            }
            for plan in plans
        ],
    }
