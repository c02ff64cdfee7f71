"""Events of budgets, in the history of their organization, and of what models cost, in that of the workspace."""

from typing import Annotated

from models.records import BudgetRecord, UsageRecordRecord
from realtime.events.base import Carried, Event, Id


class BudgetCreated(Event):
    budget: Annotated[BudgetRecord, Carried()]


class BudgetUpdated(Event):
    budget: Annotated[BudgetRecord, Carried()]


class BudgetNearlySpent(Event):
    budget: Annotated[BudgetRecord, Carried()]


class BudgetDeleted(Event):
    deleted_id: Id


class UsageSettled(Event):
    usage: Annotated[UsageRecordRecord, Carried()]
