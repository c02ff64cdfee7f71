"""What an organization is paid, and what its models cost: what is not known is null, and never 0."""

from collections.abc import Sequence
from dataclasses import asdict

from auth.policies import wallet as policy
from models.base import AnyRecord, Record, utc_now
from models.enums import StatsInterval, TokenScope
from models.records import OrganizationMemberRecord, OrganizationRecord
from resolvers.billing.revenue import monthly_revenues
from resolvers.kit.access import check_organizations
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import edge, operation
from resolvers.kit.periods import Periods, month_of
from resolvers.usage.sums import usage_in
from resolvers.wallet.owner import PEOPLES

READ = TokenScope.BILLING_READ


@operation(
    "billingOverview",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.READ_PAYMENTS,
    scope=READ,
    read_only=True,
    no_tool=PEOPLES,
)
async def get_billing_overview(ctx: Context, membership: OrganizationMemberRecord) -> Record:
    """What an organization is paid a month, and what its models have cost in this one (`revenue`, `ai`)."""
    organization = {"_id": membership["organization_id"]}
    [overview] = await _overviews([organization])
    [revenue] = await revenues_of(ctx, [overview], None)
    return {**overview, "revenue": revenue}


@edge(scope=READ, viewer=True)
async def billing_overviews_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields
) -> list[Record]:
    """What the models of each organization have cost in this month. Raises Forbidden for others than its admins."""
    await check_organizations(ctx, [organization["_id"] for organization in organizations], policy.READ_PAYMENTS)
    return await _overviews(organizations)


@edge(scope=READ)
async def revenues_of(ctx: Context, overviews: Sequence[Record], fields: Fields) -> list[Record | None]:
    """What each organization is paid a month; None where that is not known."""
    found = await monthly_revenues(ctx.services, [overview["organization_id"] for overview in overviews])
    return [None if revenue is None else asdict(revenue) for revenue in found]


async def _overviews(organizations: Sequence[AnyRecord]) -> list[Record]:
    begins, ends = month_of(utc_now())
    usages = await usage_in(organizations, Periods.between(begins, ends, StatsInterval.DAY))
    return [
        {"organization_id": organization["_id"], "period_start": begins, "period_end": ends, "ai": usage}
        for organization, usage in zip(organizations, usages, strict=True)
    ]
