"""What is paid for the organization of the request's workspace: its tier, which is a plan, and what that holds."""

from bson import ObjectId

from models.base import Record
from models.errors import BadUserInput, NotFound
from resolvers.billing.checkout import begin_checkout, open_portal
from resolvers.billing.payment import begin_purchase
from resolvers.billing.plan import NotPaid, change_plan
from resolvers.billing.pricing import get_pricing
from resolvers.billing.summary import check_plan, get_billing_summary
from resolvers.billing.webhook import receive_payment
from resolvers.inputs.billing import (
    MAX_EVENT,
    BillingCheckout,
    BillingPaymentBegin,
    BillingPlanChange,
    BillingPortal,
    IdempotencyKey,
    PlanSlug,
)
from rest.orkosi.bodies import Body, called
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.billing import (
    BillingUsageData,
    ChangedPlanData,
    CheckoutData,
    DowngradeData,
    OrkosiSubscriptionData,
    OrkosiTierData,
    PaymentIntentData,
    PlanSummaryData,
    PricingData,
    ReceivedData,
    downgrade,
    payment,
    plan_summary,
    pricing_of,
    subscription,
    tiers,
    usage,
)
from rest.orkosi.workspace import organization_of
from rest.routing import Call
from rest.stripe_event import stripe_event

PAID = frozenset({"plan", "limits", "subscription"})

routes = orkosi_routes(
    "billing", "/billing", about="What is paid for the organization, and what its tier holds.", place=310, tag_place=100
)


class TierBody(Body):
    """Which tier is meant, by its slug."""

    tier: PlanSlug


class PackageBody(Body):
    """What is to be bought."""

    package_slug: PlanSlug
    idempotency_key: IdempotencyKey | None = None


@routes.get("/tiers", "List the tiers", runs=get_pricing)
async def find_tiers(call: Call) -> list[OrkosiTierData]:
    """For anybody; none where the operator has no plans."""
    return whole_of(call, tiers(await get_pricing(call.ctx)))


@routes.get("/pricing", "Read what is offered", runs=get_pricing)
async def get_prices(call: Call) -> PricingData:
    """For anybody. All amounts are in cents of a US dollar."""
    return pricing_of(await get_pricing(call.ctx))


@routes.get("/subscription", "Read what is paid", runs=get_billing_summary, names_object=True)
async def get_subscription(call: Call) -> OrkosiSubscriptionData:
    """404 where nothing was ever paid."""
    found = subscription(await get_billing_summary(call.ctx, await organization_of(call), PAID))
    if found is None:
        raise NotFound("Subscription")
    return found


@routes.get("/usage", "Read how much there is of what the tier holds", runs=get_billing_summary, names_object=True)
async def get_usage(call: Call) -> BillingUsageData:
    """404 where the organization is on no tier."""
    summary = await _summary(call)
    if summary["plan"] is None and summary["subscription"] is None:
        raise NotFound("Subscription")
    return usage(summary)


@routes.get(
    "/plan-summary", "Read what the tier holds, and what is left of it", runs=get_billing_summary, names_object=True
)
async def get_plan_summary(call: Call) -> PlanSummaryData:
    return plan_summary(await _summary(call))


@routes.post(
    "/validate-downgrade",
    "Check whether the organization could be on a tier",
    runs=check_plan,
    status=200,
    body=TierBody,
    names_object=True,
)
async def validate_downgrade(call: Call) -> DowngradeData:
    """With all that it has more of than the tier holds."""
    return downgrade(await check_plan(call.ctx, await organization_of(call), _tier(call)))


@routes.post("/change-plan", "Change the tier", runs=change_plan, status=200, body=TierBody, names_object=True)
async def change(call: Call) -> ChangedPlanData:
    """422 `PLAN_LIMIT` tells all that there is more of than the tier holds. Where it is to be paid for first, nothing
    changes, and `checkout_url` is where to do so."""
    organization_id = await organization_of(call)
    tier = _tier(call)
    try:
        changed = (await change_plan(call.ctx, organization_id, BillingPlanChange(plan=tier))).value
    except NotPaid:
        return {"changed": False, "tier": tier, "checkout_url": await _checkout(call, organization_id, tier)}
    return {"changed": True, "tier": changed.get("plan"), "checkout_url": None}


@routes.post("/checkout", "Begin to pay for a tier", runs=begin_checkout, status=200, body=TierBody, names_object=True)
async def checkout(call: Call) -> CheckoutData:
    """503 `NOT_CONFIGURED` where the operator has set up no payments, 409 where something is paid already."""
    return {"url": await _checkout(call, await organization_of(call), _tier(call))}


@routes.post("/portal", "Change what is paid", runs=open_portal, status=200, body=None, names_object=True)
async def portal(call: Call) -> CheckoutData:
    """404 where nothing was ever paid, 503 `NOT_CONFIGURED` where the operator has set up no payments."""
    return {"url": (await open_portal(call.ctx, await organization_of(call), BillingPortal())).url}


@routes.post(
    "/create-payment-intent",
    "Begin to pay for a package",
    runs=begin_purchase,
    status=200,
    body=PackageBody,
    names_object=True,
)
async def create_payment_intent(call: Call) -> PaymentIntentData:
    """What is bought comes into the wallet once it is paid: tokens into the organization's, credit into the caller's.

    With an `idempotency_key` of before it is the payment of before. 503 `NOT_CONFIGURED` without payments.
    """
    organization_id = await organization_of(call)
    body = call.body(PackageBody)
    values = BillingPaymentBegin(package=body.package_slug, idempotency_key=body.idempotency_key)
    with called(package="package_slug"):
        return payment(await begin_purchase(call.ctx, organization_id, values))


@routes.post(
    "/webhook",
    "Hear what Stripe tells",
    runs=receive_payment,
    status=200,
    body=None,
    takes=("application/json",),
    max_body=MAX_EVENT,
)
async def receive(call: Call) -> ReceivedData:
    """Signed by Stripe (`Stripe-Signature`) within the last five minutes, else 400. Sent twice, it is heard once."""
    await receive_payment(call.ctx, stripe_event(call))
    return {"received": True}


async def _summary(call: Call) -> Record:
    return await get_billing_summary(call.ctx, await organization_of(call))


async def _checkout(call: Call, organization_id: ObjectId, tier: str) -> str:
    with called(plan="tier"):
        return (await begin_checkout(call.ctx, organization_id, BillingCheckout(plan=tier))).url


def _tier(call: Call) -> str:
    """The tier of the body; raises BadUserInput for one that there is not."""
    tier, plans = call.body(TierBody).tier, call.ctx.services.billing.plans
    if plans and tier not in plans:
        raise BadUserInput(f"is no tier: there are {', '.join(plans)}", field="tier")
    return tier
