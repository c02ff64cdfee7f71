"""What of a budget is spent and reserved. A budget is read and written in the same change, so nobody is in between."""

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pymongo import UpdateOne

from models import Budget
from models.base import collection, update_all, with_changes
from models.enums import BudgetPeriod
from models.ids import among
from models.records import BudgetRecord
from realtime.log import Change

NEARLY = 0.8
"""The part of a budget from which on it is told that little is left."""
_SPENT = {"cost_spent": 0, "tokens_spent": 0, "cost_reserved": 0, "tokens_reserved": 0, "is_noticed": False}


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in micro-USD, and tokens."""

    cost: int
    tokens: int


NOTHING = Amount(0, 0)


def period_of(period: BudgetPeriod | str, moment: datetime) -> str:
    """The period that a moment lies in: `2026-03-01`, `2026-03` or `total`."""
    if period == BudgetPeriod.TOTAL:
        return BudgetPeriod.TOTAL.value
    day = day_of(moment)
    return day if period == BudgetPeriod.DAY else day[:7]


def day_of(moment: datetime) -> str:
    """The day of a moment, in UTC: `2026-03-01`."""
    return moment.date().isoformat()


def as_of(budget: BudgetRecord, moment: datetime) -> BudgetRecord:
    """A budget as it counts at a moment: in another period than it was written in, nothing is spent yet."""
    current = period_of(budget["period"], moment)
    return budget if budget["current"] == current else with_changes(budget, {"current": current, **_SPENT})


def has_room(budget: BudgetRecord, more: Amount) -> bool:
    """Whether that much may be reserved."""
    cost = budget["cost_spent"] + budget["cost_reserved"] + more.cost
    tokens = budget["tokens_spent"] + budget["tokens_reserved"] + more.tokens
    return _within(cost, budget["cost_limit"]) and _within(tokens, budget["token_limit"])


def is_nearly_spent(budget: BudgetRecord) -> bool:
    """Whether so much is spent that it is told."""
    pairs = (budget["cost_spent"], budget["cost_limit"]), (budget["tokens_spent"], budget["token_limit"])
    return any(limit is not None and spent >= NEARLY * limit for spent, limit in pairs)


def moved(budget: BudgetRecord, *, reserved: Amount = NOTHING, spent: Amount = NOTHING) -> BudgetRecord:
    """A budget with more reserved (or, below 0, less) and more spent."""
    changes = {
        "cost_reserved": budget["cost_reserved"] + reserved.cost,
        "tokens_reserved": budget["tokens_reserved"] + reserved.tokens,
        "cost_spent": budget["cost_spent"] + spent.cost,
        "tokens_spent": budget["tokens_spent"] + spent.tokens,
    }
    return with_changes(budget, changes)


async def budgets_over(change: Change, subject_ids: list[ObjectId]) -> list[BudgetRecord]:
    """The budgets of some subjects, as they are at the moment of the change: of each, and of each organization that a
    person is in, one a period."""
    found = await collection(Budget).find({"subject_id": among(subject_ids)}, session=change.session).to_list()
    return [as_of(budget, change.at) for budget in found]


async def keep(change: Change, budgets: list[BudgetRecord]) -> None:
    """Write what of budgets is spent and reserved."""
    names = ("current", *_SPENT)
    updates = [
        UpdateOne({"_id": budget["_id"]}, {"$set": {name: value for name, value in budget.items() if name in names}})
        for budget in budgets
    ]
    await update_all(Budget, updates, change)


def _within(amount: int, limit: int | None) -> bool:
    return limit is None or amount <= limit
