"""What the billing routes show: tiers, which are plans, what an organization has of them, and what is offered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from models.base import Record, timestamp
from models.billing import BillingSubscription, Package, PlanLimits
from models.wallet import WalletUnit
from resolvers.billing.bought import CURRENCY
from resolvers.billing.payment import Payment
from resolvers.billing.pricing import Pricing
from resolvers.billing.summary import PlanCheck
from rest.orkosi.present.show import Timestamp, presents, shown

LIMITED = tuple(PlanLimits.model_fields)


@presents(PlanLimits)
class OrkosiLimitsData(TypedDict):
    """How much a tier holds; null is as much as there is."""


class OrkosiUsedData(TypedDict):
    """How much the organization has of what tiers limit; `tokens` are those of models in this month."""

    members: int
    agents: int
    projects: int
    storage: int
    tokens: int


class OrkosiTierData(TypedDict):
    """What the operator offers. `price_cents` is what it comes to a month, in US dollars; null where that is not
    said."""

    slug: str
    name: str
    is_paid: bool
    price_cents: int | None
    limits: OrkosiLimitsData


class PackageData(TypedDict):
    """What is bought once: `amount` tokens of the organization, or cents of the caller's credit."""

    slug: str
    name: str
    amount: int
    price_cents: int


class EconomicsData(TypedDict):
    """What a million tokens comes to in each package of tokens, by its slug, in cents."""

    cents_per_million_tokens: dict[str, float]


class PricingData(TypedDict):
    """What is offered."""

    currency: str
    tiers: list[OrkosiTierData]
    token_packages: list[PackageData]
    credit_packages: list[PackageData]
    economics: EconomicsData


@presents(BillingSubscription, only=("status",))
class OrkosiSubscriptionData(TypedDict):
    """What is paid for the organization, for which tier."""

    tier: str | None
    current_period_end: Timestamp | None
    cancel_at_period_end: bool


class BillingUsageData(TypedDict):
    """How much the organization has of what its tier holds. The period is the month, in UTC."""

    tier: str | None
    period_start: Timestamp
    period_end: Timestamp
    usage: OrkosiUsedData
    limits: OrkosiLimitsData


class PlanSummaryData(BillingUsageData):
    """The same, with what is `remaining` (null where there is no limit), and what is paid."""

    remaining: OrkosiLimitsData
    subscription: OrkosiSubscriptionData | None


class ViolationData(TypedDict):
    """What there is more of than a tier holds."""

    name: str
    limit: int
    used: int


class DowngradeData(TypedDict):
    """Whether the organization could be on a tier, and else why not."""

    tier: str
    valid: bool
    violations: list[ViolationData]


class CheckoutData(TypedDict):
    """Where to send the browser."""

    url: str


class ChangedPlanData(TypedDict):
    """Whether the tier was changed; else `checkout_url` is where it is paid for first."""

    changed: bool
    tier: str | None
    checkout_url: str | None


class PaymentIntentData(TypedDict):
    """A payment that was begun. Whoever has the `client_secret` may pay it, with Stripe's own client."""

    payment_intent_id: str
    client_secret: str
    status: str
    package_slug: str
    amount: int
    price_cents: int
    currency: str


class ReceivedData(TypedDict):
    """That an event was heard."""

    received: bool


def tiers(pricing: Pricing) -> list[OrkosiTierData]:
    return [
        {
            "slug": plan["slug"],
            "name": plan["name"],
            "is_paid": plan["is_paid"],
            "price_cents": plan["cost"],
            "limits": shown(OrkosiLimitsData, plan["limits"]),
        }
        for plan in pricing.plans
    ]


def pricing_of(pricing: Pricing) -> PricingData:
    tokens, credit = (
        [package for package in pricing.packages if package.unit is unit]
        for unit in (WalletUnit.TOKENS, WalletUnit.CENTS)
    )
    by_million = {package.slug: round(package.price * 1_000_000 / package.amount, 2) for package in tokens}
    return {
        "currency": CURRENCY,
        "tiers": tiers(pricing),
        "token_packages": [_package(package) for package in tokens],
        "credit_packages": [_package(package) for package in credit],
        "economics": {"cents_per_million_tokens": by_million},
    }


def _package(package: Package) -> PackageData:
    return {"slug": package.slug, "name": package.name, "amount": package.amount, "price_cents": package.price}


def payment(begun: Payment) -> PaymentIntentData:
    return {
        "payment_intent_id": begun.id,
        "client_secret": begun.client_secret,
        "status": begun.status,
        "package_slug": begun.package,
        "amount": begun.amount,
        "price_cents": begun.price,
        "currency": CURRENCY,
    }


def subscription(summary: Record) -> OrkosiSubscriptionData | None:
    """What is paid for an organization; None for nothing ever."""
    paid: Mapping[str, Any] | None = summary["subscription"]
    if paid is None:
        return None
    return {
        **shown(OrkosiSubscriptionData, paid),
        "tier": summary["plan"],
        "current_period_end": _time(paid["renews_at"]),
        "cancel_at_period_end": paid["is_ending"],
    }


def usage(summary: Record) -> BillingUsageData:
    return {
        "tier": summary["plan"],
        "period_start": timestamp(summary["period_start"]),
        "period_end": timestamp(summary["period_end"]),
        "usage": shown(OrkosiUsedData, summary["used"]),
        "limits": shown(OrkosiLimitsData, summary["limits"]),
    }


def plan_summary(summary: Record) -> PlanSummaryData:
    limits, used = summary["limits"], summary["used"]
    left = {name: None if limits[name] is None else max(0, limits[name] - used[name]) for name in LIMITED}
    return {**usage(summary), "remaining": shown(OrkosiLimitsData, left), "subscription": subscription(summary)}


def downgrade(check: PlanCheck) -> DowngradeData:
    violations = [shown(ViolationData, beyond) for beyond in check.exceeded]
    return {"tier": check.plan, "valid": check.fits, "violations": violations}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)
