"""Budgets of an organization."""

from resolvers.budget.budget import create_budget
from resolvers.inputs.budget import BudgetCreate, BudgetUpdate
from tests.world.sample import Sample
from tests.world.world import World


async def make(world: World) -> None:
    ids = world.ids
    spend = BudgetCreate.of(organization_id=ids["organization"], subject_id=ids["workspace"], limit_usd=1000)
    ids["budget"] = (await world.made(create_budget, spend))["_id"]


SAMPLE = Sample(
    make=make,
    calls={
        "budget": lambda ids: (ids["budget"],),
        "budgetCreate": lambda ids: (
            BudgetCreate.of(organization_id=ids["organization"], subject_id=ids["agent"], limit_tokens=1_000),
        ),
        "budgetUpdate": lambda ids: (ids["budget"], BudgetUpdate.of(limit_usd=2_000)),
        "budgetDelete": lambda ids: (ids["budget"],),
    },
    unseen=dict.fromkeys(
        ("budgetCreate", "budgetUpdate", "budgetDelete"),
        "budgets are the organization's, which has no stream that can be watched",
    ),
)
