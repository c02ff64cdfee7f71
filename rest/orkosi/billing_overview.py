"""What the organization is paid, and what it spends."""

from typing_extensions import TypedDict

from models.base import Record, timestamp
from resolvers.billing.overview import get_billing_overview
from resolvers.inputs.budget import MICRO
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.present.show import Timestamp
from rest.orkosi.workspace import organization_of
from rest.routing import Call

routes = orkosi_routes(
    "billing overview", "/billing", about="What the organization is paid, and what it spends.", place=290, tag_place=90
)


class ProductRevenueData(TypedDict):
    """What is paid a month for a product, by Stripe's id, in the smallest unit of the currency."""

    product_id: str
    product: str | None
    currency: str
    mrr_cents: int


class RevenueData(TypedDict):
    """What is paid a month, before discounts; in all, where there is one currency alone."""

    currency: str | None
    total_cents: int | None
    by_product: list[ProductRevenueData]


class ModelSpendData(TypedDict):
    """What a model has cost in this month."""

    model: str
    calls: int
    spend_usd: float


class AiSpendData(TypedDict):
    """What models have cost in this month."""

    spend_usd: float
    calls: int
    input_tokens: int
    output_tokens: int
    by_model: list[ModelSpendData]


class BillingOverviewData(TypedDict):
    """What the organization is paid (`mrr`), and what it spends in this month, in UTC. What is not known is null: the
    gateway knows of no infrastructure."""

    period_start: Timestamp
    period_end: Timestamp
    mrr: RevenueData | None
    infrastructure_spend_usd: float | None
    ai: AiSpendData


@routes.get("/overview", "Read what is earned and spent", runs=get_billing_overview, names_object=True)
async def overview(call: Call) -> BillingOverviewData:
    """For admins of the organization. `mrr` is what Stripe says by the integration `stripe`."""
    found = await get_billing_overview(call.ctx, await organization_of(call))
    return {
        "period_start": timestamp(found["period_start"]),
        "period_end": timestamp(found["period_end"]),
        "mrr": _revenue(found["revenue"]),
        "infrastructure_spend_usd": None,
        "ai": _spend(found["ai"]),
    }


def _revenue(revenue: Record | None) -> RevenueData | None:
    if revenue is None:
        return None
    return {
        "currency": revenue["currency"],
        "total_cents": revenue["amount"],
        "by_product": [
            {
                "product_id": row["product"],
                "product": row["name"],
                "currency": row["currency"],
                "mrr_cents": row["amount"],
            }
            for row in revenue["products"]
        ],
    }


def _spend(usage: Record) -> AiSpendData:
    return {
        "spend_usd": usage["cost"] / MICRO,
        "calls": usage["calls"],
        "input_tokens": usage["input_tokens"],
        "output_tokens": usage["output_tokens"],
        "by_model": [
            {"model": row["model"], "calls": row["calls"], "spend_usd": row["cost"] / MICRO} for row in usage["models"]
        ],
    }
