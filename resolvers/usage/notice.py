"""Telling that little is left of a budget."""

from collections.abc import Sequence

from bson import ObjectId

from models import Activity, Organization
from models.base import collection, to_record
from models.enums import ActivityType
from models.fanout import Audience
from models.ids import kind_of
from models.records import ActivityRecord, BudgetRecord
from realtime.events.budget import BudgetNearlySpent
from realtime.log import Change
from resolvers.activity.activity import record_activities


async def tell_nearly_spent(change: Change, workspace_id: ObjectId, budgets: Sequence[BudgetRecord]) -> None:
    """Tell that little is left of some budgets, in the workspace where the last call was made: whoever may review
    there, and of what is the organization's own who set it and who owns the organization."""
    for budget in budgets:
        change.append(budget["organization_id"], BudgetNearlySpent(budget=budget))
        activity = _activity(change, workspace_id, budget)
        if budget["workspace_id"] is None:
            named = [budget["created_by"], *await _owner(change, budget["organization_id"])]
            await record_activities(change, [activity], Audience.NAMED, named)
        else:
            await record_activities(change, [activity], Audience.REVIEWERS)


async def _owner(change: Change, organization_id: ObjectId) -> Sequence[ObjectId]:
    wanted = {"owner_id": 1}
    found = await collection(Organization).find_one({"_id": organization_id}, wanted, session=change.session)
    return [] if found is None else [found["owner_id"]]


def _activity(change: Change, workspace_id: ObjectId, budget: BudgetRecord) -> ActivityRecord:
    kind = kind_of(budget["subject_id"])
    meta = {
        "budgetId": str(budget["_id"]),
        "subject": "" if kind is None else kind.name.lower(),
        "period": budget["period"],
        "costSpent": budget["cost_spent"],
        "costLimit": budget["cost_limit"],
        "tokensSpent": budget["tokens_spent"],
        "tokenLimit": budget["token_limit"],
    }
    return to_record(
        Activity(
            workspace_id=workspace_id,
            type=ActivityType.BUDGET_NEARLY_SPENT,
            actor_id=change.actor_id,
            meta=meta,
            created_at=change.at,
        )
    )
