"""The ledger: what a call of a model may come to is reserved before it is made, and what it came to is written after.

Both are part of a change of whoever makes the call. So a budget is never overspent by calls that run side by side, and
a call that nobody hears of any more stays reserved, as it may have been paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from models import UsageRecord, UsageSum
from models.base import Record, collection, insert_all, to_record, update_all, with_changes
from models.enums import UsageState
from models.errors import BudgetExhausted, NotFound
from models.ids import Kind, among, kind_of
from models.records import BudgetRecord, MissionRecord, UsageRecordRecord
from realtime.events.budget import UsageSettled
from realtime.log import Change
from resolvers.usage.notice import tell_nearly_spent
from resolvers.usage.spending import Amount, budgets_over, day_of, has_room, is_nearly_spent, keep, moved, period_of

DUPLICATE_KEY = 11000
BEYOND = (Kind.ORGANIZATION, Kind.USER, Kind.CREDENTIAL)
"""What is more than one workspace."""
COUNTED = ("input_tokens", "cached_tokens", "output_tokens", "cost")


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of a mission that is about to be made, and what it may come to at worst. The organization is that of the
    mission's workspace."""

    mission: MissionRecord
    organization_id: ObjectId
    worst: Amount
    model: str
    credential_id: ObjectId | None = None


async def reserve(change: Change, calls: Sequence[Asked]) -> list[UsageRecordRecord]:
    """Reserve what some calls may come to at worst; what to settle each by.

    Raises BudgetExhausted where one of the budgets that a call counts in has no room for it.
    """
    records = [_reserved(change, asked) for asked in calls]
    budgets = await _budgets_over(change, records)
    for record, asked in zip(records, calls, strict=True):
        mine = budgets.of(record)
        for budget in mine:
            if not has_room(budget, asked.worst):
                raise BudgetExhausted(budget["_id"], budget["period"], budget["updated_at"])
        budgets.note([moved(budget, reserved=asked.worst) for budget in mine])
        record["reserved_in"] = [budget["_id"] for budget in mine]
    await keep(change, budgets.changed)
    await insert_all(UsageRecord, records, change)
    return records


def _reserved(change: Change, asked: Asked) -> UsageRecordRecord:
    mission = asked.mission
    return to_record(
        UsageRecord(
            organization_id=asked.organization_id,
            workspace_id=mission["workspace_id"],
            project_id=mission["project_id"],
            card_id=mission["card_id"],
            agent_id=mission["agent_id"],
            mission_id=mission["_id"],
            user_id=mission["created_by"],
            charged_to=mission.get("charged_to", []),
            credential_id=asked.credential_id,
            model=asked.model,
            reserved_cost=asked.worst.cost,
            reserved_tokens=asked.worst.tokens,
            created_at=change.at,
        )
    )


async def settle(change: Change, calls: Sequence[tuple[UsageRecordRecord, Usage]]) -> list[UsageRecordRecord]:
    """Write what calls came to, in place of what was reserved for them. A second time changes nothing.

    Nothing is refused: what was done is counted. Of a call that was not made at all, the usage is nothing.
    """
    if not calls:
        return []
    ids = [reserved["_id"] for reserved, _ in calls]
    found = await collection(UsageRecord).find({"_id": among(ids)}, session=change.session).to_list()
    stored = {record["_id"]: record for record in found}
    if len(stored) < len(set(ids)):
        raise NotFound("Usage")
    settled: list[UsageRecordRecord] = []
    for reserved, usage in calls:
        if stored[reserved["_id"]]["state"] == UsageState.RESERVED:
            settled.append(with_changes(reserved, _came_to(change, usage)))
    await update_all(UsageRecord, [_settling(record) for record in settled], change)
    await _settle_budgets(change, settled)
    await _add(change, [record for record in settled if record["cost"] or _spent(record).tokens])
    for record in settled:
        change.append(record["workspace_id"], UsageSettled(usage=record, mission_id=record["mission_id"]))
    stored |= {record["_id"]: record for record in settled}
    return [stored[usage_id] for usage_id in ids]


def _came_to(change: Change, usage: Usage) -> Record:
    return {
        "state": UsageState.SETTLED.value,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "cost": usage.cost,
        "settled_at": change.at,
    }


def _settling(record: UsageRecordRecord) -> UpdateOne:
    names = ("state", "input_tokens", "cached_tokens", "output_tokens", "cost", "settled_at")
    return UpdateOne({"_id": record["_id"]}, {"$set": {name: value for name, value in record.items() if name in names}})


def _spent(record: UsageRecordRecord) -> Amount:
    return Amount(record["cost"], record["input_tokens"] + record["output_tokens"])


async def _settle_budgets(change: Change, records: Sequence[UsageRecordRecord]) -> None:
    """Count calls in the periods in which they were made, where those are not over: what they reserved, and what is
    spent."""
    budgets = await _budgets_over(change, records)
    for record in records:
        reserved, spent = Amount(-record["reserved_cost"], -record["reserved_tokens"]), _spent(record)
        after = [
            # One that was set since has nothing reserved for it.
            moved(budget, reserved=reserved, spent=spent)
            if budget["_id"] in record["reserved_in"]
            else moved(budget, spent=spent)
            for budget in budgets.of(record)
            if budget["current"] == period_of(budget["period"], record["created_at"])
        ]
        noticed = [budget for budget in after if not budget["is_noticed"] and is_nearly_spent(budget)]
        budgets.note(
            [with_changes(budget, {"is_noticed": budget["is_noticed"] or budget in noticed}) for budget in after]
        )
        await tell_nearly_spent(change, record["workspace_id"], noticed)
    await keep(change, budgets.changed)


async def _add(change: Change, records: Sequence[UsageRecordRecord]) -> None:
    """Add calls to the sums of all that they count for."""
    sums: dict[tuple[ObjectId, str, str], dict[str, int]] = {}
    opened: dict[tuple[ObjectId, str, str], Record] = {}
    for record in records:
        day, model = day_of(record["created_at"]), record["model"]
        for subject_id in _subjects(record):
            sum_of = sums.setdefault((subject_id, day, model), {"calls": 0, **dict.fromkeys(COUNTED, 0)})
            sum_of["calls"] += 1
            for name in COUNTED:
                sum_of[name] += record[name]  # type: ignore[literal-required]
            is_beyond = kind_of(subject_id) in BEYOND
            opened[subject_id, day, model] = {
                "organization_id": record["organization_id"],
                "workspace_id": None if is_beyond else record["workspace_id"],
            }
    updates = [
        UpdateOne(
            {
                "subject_id": subject_id,
                "organization_id": opened[subject_id, day, model]["organization_id"],
                "day": day,
                "model": model,
            },
            {
                "$inc": added,
                "$setOnInsert": {"workspace_id": opened[subject_id, day, model]["workspace_id"]},
            },
            upsert=True,
        )
        for (subject_id, day, model), added in sums.items()
    ]
    try:
        await update_all(UsageSum, updates, change)
    except BulkWriteError as error:
        if any(failure.get("code") == DUPLICATE_KEY for failure in error.details.get("writeErrors", ())):
            error._add_error_label("TransientTransactionError")  # another process began the day at the same moment
        raise


@dataclass(slots=True)
class _Budgets:
    """The budgets that some calls count in, as they stand while one is counted after the other."""

    by_id: dict[ObjectId, BudgetRecord]
    moved: set[ObjectId] = field(default_factory=set)

    def of(self, record: UsageRecordRecord) -> list[BudgetRecord]:
        """Those that a call counts in: of each subject one a period."""
        subjects = _subjects(record)
        return [
            budget
            for budget in self.by_id.values()
            if budget["subject_id"] in subjects and budget["organization_id"] == record["organization_id"]
        ]

    def note(self, budgets: Sequence[BudgetRecord]) -> None:
        """These are as they stand now."""
        self.by_id.update((budget["_id"], budget) for budget in budgets)
        self.moved.update(budget["_id"] for budget in budgets)

    @property
    def changed(self) -> list[BudgetRecord]:
        return [self.by_id[budget_id] for budget_id in self.moved]


async def _budgets_over(change: Change, records: Sequence[UsageRecordRecord]) -> _Budgets:
    subjects = dict.fromkeys(subject_id for record in records for subject_id in _subjects(record))
    return _Budgets({budget["_id"]: budget for budget in await budgets_over(change, list(subjects))})


def _subjects(record: UsageRecordRecord) -> list[ObjectId]:
    """What a call counts for."""
    mine = (
        record["organization_id"],
        record["workspace_id"],
        record["agent_id"],
        record["mission_id"],
        record["user_id"],
        *record.get("charged_to", ()),
        record["credential_id"],
    )
    return [subject_id for subject_id in dict.fromkeys(mine) if subject_id is not None]
