"""Budgets: how much an organization, a workspace, an agent, a mission or a person may have models cost."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import BudgetPeriod
from models.facts import SHOWN, Facts
from models.ids import Kind
from models.records import BudgetRecord


@kind(0xC4)
class Budget(Stored[BudgetRecord]):
    """A budget. `subject_id` is whose it is: its kind tells what that is. Money is in micro-USD, as of `UsageRecord`.

    What was spent and what is reserved counts for the period `current` (`2026-03-01`, `2026-03` or `total`): another
    one begins with nothing. `is_noticed` says that it was told in this period that little is left.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.BUDGET))
    organization_id: PydanticObjectId
    workspace_id: PydanticObjectId | None = None
    subject_id: PydanticObjectId
    period: Annotated[BudgetPeriod, Facts("When it begins anew.", SHOWN)]
    cost_limit: int | None = None
    token_limit: int | None = None
    current: str
    cost_spent: int = 0
    tokens_spent: int = 0
    cost_reserved: int = 0
    tokens_reserved: int = 0
    is_noticed: bool = False
    created_by: Annotated[PydanticObjectId, Facts("Who set it.", refers=Kind.USER)]
    created_at: Annotated[datetime, Facts("When it was set.")] = Field(default_factory=utc_now)
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "budgets"
        indexes = [
            IndexModel([("organization_id", ASCENDING), ("subject_id", ASCENDING), ("period", ASCENDING)], unique=True),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("subject_id", ASCENDING)]),
        ]
