"""What is offered, and what an organization has of it."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.wallet import WalletUnit
from schema.organization import BillingSubscription, Plan, PlanLimits

PlanSlug = Annotated[str, strawberry.argument(description="The slug of the plan.")]


@strawberry.type(description="What is bought once.")
class Package:
    slug: str = strawberry.field(description="What it is called by.")
    name: str = strawberry.field(description="What it is called.")
    unit: WalletUnit = strawberry.field(description="What the wallet counts that it goes into.")
    amount: float = strawberry.field(description="How much of that.")
    price: int = strawberry.field(description="What it costs, in cents of a US dollar.")


@strawberry.type(description="What the operator offers.")
class Pricing:
    plans: list[Plan] = strawberry.field(description="The plans that organizations may be on.")
    packages: list[Package] = strawberry.field(description="What is bought once.")


@strawberry.type(description="How much an organization has of what plans limit.")
class PlanUse:
    members: int = strawberry.field(description="How many people are in it.")
    agents: int = strawberry.field(description="How many agents all of its workspaces have.")
    projects: int = strawberry.field(description="How many projects all of its workspaces have.")
    storage: float = strawberry.field(description="How many bytes all of its workspaces store.")
    tokens: float = strawberry.field(description="How many tokens its models have read and written in this month.")


@strawberry.type(description="What an organization has of its plan.")
class BillingSummary:
    plan: str | None = strawberry.field(description="The plan that it is on, by its slug; null for none.")
    limits: PlanLimits = strawberry.field(description="How much it may have, since it took its plan.")
    subscription: BillingSubscription | None = strawberry.field(
        description="What is paid for it; null for nothing ever."
    )
    used: PlanUse = strawberry.field(description="How much it has.")
    period_start: datetime = strawberry.field(description="When the month began, in UTC.")
    period_end: datetime = strawberry.field(description="When the next month begins.")


@strawberry.type(description="What an organization has more of than a plan holds.")
class PlanExcess:
    name: str = strawberry.field(description="What there is too much of: one of the limits.")
    limit: float = strawberry.field(description="How much the plan holds.")
    used: float = strawberry.field(description="How much there is.")


@strawberry.type(description="Whether an organization could be on a plan.")
class PlanCheck:
    plan: str = strawberry.field(description="The plan, by its slug.")
    fits: bool = strawberry.field(description="Whether it could.")
    exceeded: list[PlanExcess] = strawberry.field(description="What it has more of than the plan holds.")
