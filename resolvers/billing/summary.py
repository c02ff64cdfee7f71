"""What an organization has of its plan: what that holds, how much there is of it, and whether another one would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import organization as policy
from models import Organization, UsageSum
from models.base import Record, aggregate, collection, utc_now
from models.billing import PlanLimits
from models.enums import TokenScope
from models.errors import NotFound
from models.records import OrganizationMemberRecord
from resolvers.billing.plan import plan_named
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import operation
from resolvers.kit.periods import month_of
from resolvers.kit.plan_limits import exceeded, used_by
from resolvers.usage.spending import day_of

READ = TokenScope.BILLING_READ


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """Whether an organization could be on a plan; `exceeded` is what it has more of than that holds."""

    plan: str
    fits: bool
    exceeded: list[Record]


@operation(
    "billingSummary", opens=ORGANIZATION.by("organization_id"), permission=policy.READ, scope=READ, read_only=True
)
async def get_billing_summary(ctx: Context, membership: OrganizationMemberRecord, fields: Fields = None) -> Record:
    """The plan of an organization, what is paid for it, and how much it has of what plans limit.

    Tokens are those of models in this month, in UTC.
    """
    organization_id = membership["organization_id"]
    wanted = {"plan": 1, "limits": 1, "subscription": 1}
    found = await collection(Organization).find_one({"_id": organization_id}, wanted)
    if found is None:
        raise NotFound("Organization")
    begins, ends = month_of(utc_now())
    summary: Record = {
        "plan": found.get("plan"),
        "limits": {**PlanLimits().model_dump(), **found.get("limits", {})},
        "subscription": found.get("subscription"),
        "period_start": begins,
        "period_end": ends,
    }
    if fields is None or "used" in fields:
        summary["used"] = {**await used_by(organization_id), "tokens": await _tokens(organization_id, begins, ends)}
    return summary


@operation(
    "billingPlanCheck", opens=ORGANIZATION.by("organization_id"), permission=policy.READ, scope=READ, read_only=True
)
async def check_plan(
    ctx: Context, membership: OrganizationMemberRecord, plan: Annotated[str, "The slug of the plan."]
) -> PlanCheck:
    """Whether an organization could be on a plan, with all that it has more of than that holds."""
    wanted = plan_named(ctx.services.billing, plan)
    beyond = await exceeded(membership["organization_id"], wanted.limits.model_dump())
    return PlanCheck(wanted.slug, fits=not beyond, exceeded=beyond)


async def _tokens(organization_id: ObjectId, begins: datetime, ends: datetime) -> int:
    """What the models of an organization have read and written."""
    days = {"$gte": day_of(begins), "$lt": day_of(ends)}
    mine: Mapping[str, Any] = {"subject_id": organization_id, "organization_id": organization_id, "day": days}
    total = {"_id": None, "tokens": {"$sum": {"$add": ["$input_tokens", "$output_tokens"]}}}
    rows = await aggregate(UsageSum, [{"$match": mine}, {"$group": total}])
    return sum(int(row["tokens"]) for row in rows)
