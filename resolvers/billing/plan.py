"""Plans: which there are, and which one an organization is on, with what that holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import organization as policy
from models import Organization
from models.base import Record
from models.billing import terms
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotConfigured, PlanLimit
from models.records import OrganizationMemberRecord, OrganizationRecord
from realtime.events.organization import OrganizationUpdated
from realtime.log import Change, Committed
from resolvers.billing.checkout import PEOPLES
from resolvers.inputs.billing import BillingPlanChange
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import edge, operation
from resolvers.kit.plan_limits import exceeded


@operation(
    "billingPlanChange",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.UPDATE,
    scope=TokenScope.ACCOUNT_WRITE,
    no_tool=PEOPLES,
)
async def change_plan(
    ctx: Context, membership: OrganizationMemberRecord, values: BillingPlanChange
) -> Committed[OrganizationRecord]:
    """Put an organization on a plan at once, where nothing is paid; else a plan follows what is paid.

    Raises NotConfigured where there are no plans, Conflict where plans are paid for, PlanLimit with all that the
    organization has more of than the plan holds.
    """
    billing, organization_id = ctx.services.billing, membership["organization_id"]
    if not billing.plans:
        raise NotConfigured("There are no plans here: set ORRERY_PLANS")
    if billing.key is not None:
        raise Conflict("A plan follows what is paid: begin a checkout, or change that in the portal")
    plan = billing.plans.get(values.plan)
    if plan is None:
        raise BadUserInput(f"is no plan: there are {', '.join(billing.plans)}", field="plan")

    async def body(change: Change) -> OrganizationRecord:
        beyond = await exceeded(organization_id, plan.limits.model_dump(), change.session)
        if beyond:
            raise PlanLimit(beyond)
        return await set_billing(change, organization_id, terms(plan))

    return await ctx.write(organization_id, body)


async def set_billing(change: Change, organization_id: ObjectId, values: Mapping[str, Any]) -> OrganizationRecord:
    """Change what an organization has of a plan, or pays for it, and tell of it if anything differs."""
    organization, differs = await set_fields(change, Organization, organization_id, values)
    if differs:
        change.append(organization_id, OrganizationUpdated(organization=organization))
    return organization


@edge(scope=TokenScope.PROJECTS_READ)
async def plans_of(ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields) -> list[list[Record]]:
    """The plans that each organization may be on, in their order."""
    plans = [
        {"slug": plan.slug, "name": plan.name, "is_paid": plan.price is not None, "limits": plan.limits.model_dump()}
        for plan in ctx.services.billing.plans.values()
    ]
    return [plans for _ in organizations]
