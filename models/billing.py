"""What organizations pay for: the plans that an operator offers, what each holds, and where it is paid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded, utc_now
from models.enums import SubscriptionStatus
from models.facts import Facts
from models.records import BillingEventRecord
from models.wallet import WalletUnit

STRIPE = "https://api.stripe.com"


class PlanLimits(BaseModel):
    """How much an organization may have of something; None is as much as there is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    members: Annotated[int | None, Facts("How many people may be in it; null for any number.")] = None
    agents: Annotated[int | None, Facts("How many agents all of its workspaces may have.")] = None
    projects: Annotated[int | None, Facts("How many projects all of its workspaces may have.")] = None
    storage: Annotated[int | None, Facts("How many bytes all of its workspaces may store.")] = None


class BillingSubscription(BaseModel):
    """What an organization pays at Stripe, as that said last. `revision` counts how often it was asked."""

    model_config = ConfigDict(extra="forbid")

    subscription_id: str
    customer_id: str
    status: Annotated[SubscriptionStatus, Facts("Where it stands.")]
    renews_at: Annotated[datetime | None, Facts("When what is paid ends, or is paid anew.")] = None
    is_ending: Annotated[bool, Facts("Whether it ends then.")] = False
    revision: int = 0


class BillingEvent(Recorded[BillingEventRecord]):
    """An event of Stripe's that was heard; `id` is Stripe's, so that one that comes again is known."""

    id: str  # type: ignore[assignment]
    at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "billing_events"
        indexes = [IndexModel([("at", ASCENDING)], expireAfterSeconds=30 * 24 * 3600)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the operator's. `price` is Stripe's id of what it costs; None for one that nobody pays for. `cost` is
    what the operator says that it comes to a month, in cents of a US dollar; None where that is not said."""

    slug: str
    name: str
    price: str | None = None
    limits: PlanLimits = field(default_factory=PlanLimits)
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """What is bought once: an `amount` of what wallets count, for a `price` in cents of a US dollar."""

    slug: str
    name: str
    unit: WalletUnit
    amount: int
    price: int


EXAMPLES = {
    package.slug: package
    for package in (
        Package("tokens-100k", "100,000 tokens", WalletUnit.TOKENS, 100_000, 1_000),
        Package("tokens-1m", "1,000,000 tokens", WalletUnit.TOKENS, 1_000_000, 9_000),
        Package("credit-10", "10 US dollars", WalletUnit.CENTS, 1_000, 1_000),
        Package("credit-100", "100 US dollars", WalletUnit.CENTS, 10_000, 10_000),
    )
}
"""Packages to try things with, where nothing is paid."""


def terms(plan: Plan | None) -> dict[str, Any]:
    """What an organization has of its plan."""
    limits = (PlanLimits() if plan is None else plan.limits).model_dump()
    return {"plan": None if plan is None else plan.slug, "limits": limits}


@dataclass(frozen=True, slots=True)
class Billing:
    """`key` is Stripe's secret key; without one nothing is paid, and plans change at once. What Stripe tells is signed
    with the `webhook_secret`. Without `plans` nothing is limited."""

    key: str | None = field(default=None, repr=False)
    url: str = STRIPE
    webhook_secret: str | None = field(default=None, repr=False)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    packages: Mapping[str, Package] = field(default_factory=dict)

    @property
    def paid(self) -> Mapping[str, str]:
        """Stripe's prices by plan, the usual one first."""
        return {slug: plan.price for slug, plan in self.plans.items() if plan.price is not None}

    @property
    def offered(self) -> Mapping[str, Package]:
        """The packages that there are; where nothing is paid and none are named, some to try things with."""
        return self.packages or (EXAMPLES if self.key is None else {})

    @property
    def free(self) -> Plan | None:
        """The plan of who pays nothing; None where there is none."""
        return next((plan for plan in self.plans.values() if plan.price is None), None)

    def of_price(self, price: str) -> Plan | None:
        """The plan that a price is of."""
        return next((plan for plan in self.plans.values() if plan.price == price), None)
