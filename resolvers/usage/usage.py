"""The ledger: what a call of a model may come to is reserved before it is made, and what it came to is written after.

Both are part of a change of whoever makes the call. So a budget is never overspent by calls that run side by side, and
a call that nobody hears of any more stays reserved, as it may have been paid.
"""

from dataclasses import dataclass

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from models import UsageRecord, UsageSum
from models.base import collection, to_record, with_changes
from models.enums import UsageState
from models.errors import BudgetExhausted, NotFound
from models.ids import Kind, kind_of
from models.records import MissionRecord, UsageRecordRecord
from realtime.events.budget import UsageSettled
from realtime.log import Change
from resolvers.usage.notice import tell_nearly_spent
from resolvers.usage.spending import Amount, budgets_over, day_of, has_room, is_nearly_spent, keep, moved, period_of

DUPLICATE_KEY = 11000
BEYOND = (Kind.ORGANIZATION, Kind.USER)
"""What is more than one workspace."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call came to. `input_tokens` include the `cached_tokens`; `cost` is in micro-USD."""

    input_tokens: int
    output_tokens: int
    cost: int
    cached_tokens: int = 0

    @property
    def amount(self) -> Amount:
        return Amount(self.cost, self.input_tokens + self.output_tokens)


async def reserve(
    change: Change,
    mission: MissionRecord,
    organization_id: ObjectId,
    worst: Amount,
    *,
    model: str,
    credential_id: ObjectId | None = None,
) -> UsageRecordRecord:
    """Reserve what a call of a mission may come to at worst; what to settle it by. The organization is that of the
    mission's workspace.

    Raises BudgetExhausted where one of the budgets that it counts in has no room for it; nothing is reserved then.
    """
    record = to_record(
        UsageRecord(
            organization_id=organization_id,
            workspace_id=mission["workspace_id"],
            project_id=mission["project_id"],
            card_id=mission["card_id"],
            agent_id=mission["agent_id"],
            mission_id=mission["_id"],
            user_id=mission["created_by"],
            charged_to=mission.get("charged_to", []),
            credential_id=credential_id,
            model=model,
            reserved_cost=worst.cost,
            reserved_tokens=worst.tokens,
            created_at=change.at,
        )
    )
    budgets = await budgets_over(change, record["organization_id"], _subjects(record))
    for budget in budgets:
        if not has_room(budget, worst):
            raise BudgetExhausted(budget["_id"], budget["period"], budget["updated_at"])
    await keep(change, [moved(budget, reserved=worst) for budget in budgets])
    record = with_changes(record, {"reserved_in": [budget["_id"] for budget in budgets]})
    await collection(UsageRecord).insert_one(record, session=change.session)
    return record


async def settle(change: Change, reserved: UsageRecordRecord, usage: Usage) -> UsageRecordRecord:
    """Write what a call came to, in place of what was reserved for it. A second time changes nothing.

    Nothing is refused: what was done is counted. Of a call that was not made at all, the usage is nothing.
    """
    changes = {
        "state": UsageState.SETTLED.value,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "cost": usage.cost,
        "settled_at": change.at,
    }
    record = with_changes(reserved, changes)
    mine = {"_id": reserved["_id"], "state": UsageState.RESERVED.value}
    if not (await collection(UsageRecord).update_one(mine, {"$set": changes}, session=change.session)).matched_count:
        return await _settled(change, reserved["_id"])
    await _settle_budgets(change, record, usage.amount)
    if usage.amount.tokens or usage.amount.cost:
        await _add(change, record)
    change.append(record["workspace_id"], UsageSettled(usage=record, mission_id=record["mission_id"]))
    return record


async def _settled(change: Change, usage_id: ObjectId) -> UsageRecordRecord:
    """A call that was settled before."""
    found = await collection(UsageRecord).find_one({"_id": usage_id}, session=change.session)
    if found is None:
        raise NotFound("Usage")
    return found


async def _settle_budgets(change: Change, record: UsageRecordRecord, spent: Amount) -> None:
    """Count a call in the period in which it was made, where that is not over: what it reserved, and what is spent."""
    reserved = Amount(-record["reserved_cost"], -record["reserved_tokens"])
    found = await budgets_over(change, record["organization_id"], _subjects(record))
    budgets = [
        # One that was set since has nothing reserved for it.
        moved(budget, reserved=reserved, spent=spent)
        if budget["_id"] in record["reserved_in"]
        else moved(budget, spent=spent)
        for budget in found
        if budget["current"] == period_of(budget["period"], record["created_at"])
    ]
    noticed = [budget for budget in budgets if not budget["is_noticed"] and is_nearly_spent(budget)]
    kept = [with_changes(budget, {"is_noticed": budget["is_noticed"] or budget in noticed}) for budget in budgets]
    await keep(change, kept)
    await tell_nearly_spent(change, record["workspace_id"], noticed)


async def _add(change: Change, record: UsageRecordRecord) -> None:
    """Add a call to the sums of all that it counts for."""
    added = {name: record[name] for name in ("input_tokens", "cached_tokens", "output_tokens", "cost")}
    of_the_day = {
        "organization_id": record["organization_id"],
        "day": day_of(record["created_at"]),
        "model": record["model"],
    }
    updates = [
        UpdateOne(
            {"subject_id": subject_id, **of_the_day},
            {
                "$inc": {"calls": 1, **added},
                "$setOnInsert": {"workspace_id": None if kind_of(subject_id) in BEYOND else record["workspace_id"]},
            },
            upsert=True,
        )
        for subject_id in _subjects(record)
    ]
    try:
        await collection(UsageSum).bulk_write(updates, session=change.session)
    except BulkWriteError as error:
        if any(failure.get("code") == DUPLICATE_KEY for failure in error.details.get("writeErrors", ())):
            error._add_error_label("TransientTransactionError")  # another process began the day at the same moment
        raise


def _subjects(record: UsageRecordRecord) -> list[ObjectId]:
    """What a call counts for."""
    mine = (
        record["organization_id"],
        record["workspace_id"],
        record["agent_id"],
        record["mission_id"],
        record["user_id"],
        *record.get("charged_to", ()),
    )
    return list(dict.fromkeys(mine))
