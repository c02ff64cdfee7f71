"""Plans: which there are, and which one an organization is on, with what that holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bson import ObjectId

from auth.policies import organization as policy
from models.base import Record
from models.billing import Billing, Plan, terms
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotConfigured, PlanLimit
from models.records import BillingSubscriptionRecord, OrganizationMemberRecord, OrganizationRecord
from realtime.log import Change, Committed
from resolvers.billing.stripe import ask
from resolvers.billing.subscription import follow_subscription, is_live, set_billing, subscription_of
from resolvers.inputs.billing import BillingPlanChange
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import edge, operation
from resolvers.kit.plan_limits import exceeded
from resolvers.wallet.owner import PEOPLES

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams


class NotPaid(Conflict):
    """A plan is to be paid for first."""

    def __init__(self) -> None:
        super().__init__("Nothing is paid for the organization: begin a checkout")


@operation(
    "billingPlanChange",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.UPDATE,
    scope=TokenScope.BILLING_WRITE,
    scope_before=TokenScope.ACCOUNT_WRITE,
    no_tool=PEOPLES,
)
async def change_plan(
    ctx: Context, membership: OrganizationMemberRecord, values: BillingPlanChange
) -> Committed[OrganizationRecord]:
    """Put an organization on a plan: at once where nothing is paid, and else by what is paid for it at Stripe.

    What is paid is changed to the price of the plan; for the one that nobody pays for it ends when that is over.
    Raises NotConfigured where there are no plans, Conflict where a checkout has to begin first, PlanLimit with all that
    the organization has more of than the plan holds.
    """
    billing, organization_id = ctx.services.billing, membership["organization_id"]
    plan = plan_named(billing, values.plan)
    paid = None if billing.key is None else await subscription_of(organization_id)
    if paid is not None and is_live(paid):
        return await _change_paid(ctx, organization_id, plan, paid)

    async def body(change: Change) -> OrganizationRecord:
        await _require_fit(organization_id, plan, change)
        if billing.key is not None and plan != billing.free:
            raise _to_be_paid(plan)
        return await set_billing(change, organization_id, terms(plan))

    return await ctx.write(organization_id, body)


async def _change_paid(
    ctx: Context, organization_id: ObjectId, plan: Plan, paid: BillingSubscriptionRecord
) -> Committed[OrganizationRecord]:
    """Have Stripe change what is paid, and the organization follow that."""
    await _require_fit(organization_id, plan)
    subscription_id = paid["subscription_id"]
    if plan.price is not None:
        form: SubscriptionUpdateParams = {
            "items": [{"id": await _item(ctx, subscription_id), "price": plan.price}],
            "proration_behavior": "create_prorations",
            "cancel_at_period_end": False,
        }
    elif plan == ctx.services.billing.free:
        form = {"cancel_at_period_end": True}
    else:
        raise _to_be_paid(plan)
    await ask(ctx, lambda stripe: stripe.v1.subscriptions.update_async(subscription_id, form))
    return await follow_subscription(ctx, subscription_id, organization_id)


async def _item(ctx: Context, subscription_id: str) -> str:
    """What of a subscription has its price."""
    match await ask(ctx, lambda stripe: stripe.v1.subscriptions.retrieve_async(subscription_id)):
        case {"items": {"data": [{"id": str(item)}, *_]}}:
            return item
    raise Conflict("Stripe knows nothing of what is paid: change it in the portal")


async def _require_fit(organization_id: ObjectId, plan: Plan, change: Change | None = None) -> None:
    beyond = await exceeded(organization_id, plan.limits.model_dump(), None if change is None else change.session)
    if beyond:
        raise PlanLimit(beyond)


def _to_be_paid(plan: Plan) -> Conflict:
    """Why a plan is not to be had by whoever pays nothing for it."""
    return Conflict("This plan is not to be had by paying: ask the operator") if plan.price is None else NotPaid()


def plan_named(billing: Billing, slug: str) -> Plan:
    """The plan that a client names; raises NotConfigured where there are none, BadUserInput for another one."""
    if not billing.plans:
        raise NotConfigured("There are no plans here: set ORRERY_PLANS")
    plan = billing.plans.get(slug)
    if plan is None:
        raise BadUserInput(f"is no plan: there are {', '.join(billing.plans)}", field="plan")
    return plan


@edge(scope=TokenScope.PROJECTS_READ)
async def plans_of(ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields) -> list[list[Record]]:
    """The plans that each organization may be on, in their order."""
    plans = plans_offered(ctx.services.billing)
    return [plans for _ in organizations]


def plans_offered(billing: Billing) -> list[Record]:
    """The plans that there are, in their order."""
    return [
        {
            "slug": plan.slug,
            "name": plan.name,
            "is_paid": plan.price is not None,
            "cost": plan.cost,
            "limits": plan.limits.model_dump(),
        }
        for plan in billing.plans.values()
    ]
