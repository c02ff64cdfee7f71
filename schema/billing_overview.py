"""What organizations are paid, and what their models cost."""

from datetime import datetime

import strawberry

from resolvers.billing.overview import revenues_of
from schema.loading import edge
from schema.usage import Usage


@strawberry.type(description="What is paid a month for a product, before discounts.")
class ProductRevenue:
    product: str = strawberry.field(description="The product, by Stripe's id.")
    name: str | None = strawberry.field(description="What it is called there.")
    currency: str = strawberry.field(description="The currency, such as usd.")
    amount: float = strawberry.field(description="How much, in its smallest unit: cents, say.")


@strawberry.type(description="What is paid a month by all that subscribe, before discounts.")
class Revenue:
    currency: str | None = strawberry.field(description="The currency; null where there are several, or none.")
    amount: float | None = strawberry.field(
        description="How much in all, in its smallest unit; null where there are several currencies."
    )
    products: list[ProductRevenue] = strawberry.field(description="By product and currency, the most first.")


@strawberry.type(description="What an organization is paid, and what its models cost.")
class BillingOverview:
    period_start: datetime = strawberry.field(description="When this month began, in UTC.")
    period_end: datetime = strawberry.field(description="When the next one begins.")
    ai: Usage = strawberry.field(description="What its models have cost in this month.")
    revenue: Revenue | None = edge(
        revenues_of,
        needs=("organization_id",),
        description="What its customers pay a month, as Stripe says by the credential `stripe`; null where that is not "
        "known.",
    )
