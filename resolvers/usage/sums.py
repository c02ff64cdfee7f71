"""What models have cost, by day and by model, out of the sums that are kept: the ledger itself is never read for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from models import UsageSum
from models.base import AnyRecord, Record, collection
from models.enums import StatsInterval, TokenScope
from models.ids import among
from models.records import AgentRecord, MissionRecord, UsageSumRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.kit.periods import Periods
from resolvers.usage.spending import day_of

READ = TokenScope.PILOTAGE_READ
COUNTED = ("calls", "input_tokens", "cached_tokens", "output_tokens", "cost")


@edge(scope=READ)
async def usage_of_workspace(
    ctx: Context,
    workspaces: Sequence[AnyRecord],
    fields: Fields,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> list[Record]:
    """What the models of each workspace have cost."""
    return await usage_in(workspaces, Periods.between(from_, to, StatsInterval.DAY))


@edge(scope=READ)
async def usage_of_agent(
    ctx: Context,
    agents: Sequence[AgentRecord],
    fields: Fields,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> list[Record]:
    """What the models of each agent have cost."""
    return await usage_in(agents, Periods.between(from_, to, StatsInterval.DAY))


@edge(scope=READ)
async def usage_of_mission(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[Record]:
    """What the models of each mission have cost, on all the days that it has taken."""
    return await usage_in(missions, None)


async def usage_in(parents: Sequence[AnyRecord], periods: Periods | None) -> list[Record]:
    """What the models of each subject have cost on the days of some periods, or ever."""
    ids = list({parent["_id"] for parent in parents})
    where: dict[str, Any] = {"subject_id": among(ids)}
    if periods is not None:
        where["day"] = {"$gte": day_of(periods.starts[0]), "$lt": day_of(periods.end)}
    found = await collection(UsageSum).find(where).to_list()
    by_subject = {object_id: [row for row in found if row["subject_id"] == object_id] for object_id in ids}
    return [_summed(by_subject[parent["_id"]]) for parent in parents]


def _summed(rows: Sequence[UsageSumRecord]) -> Record:
    return {**_total(rows), "days": _grouped(rows, "day"), "models": _grouped(rows, "model")}


def _grouped(rows: Sequence[UsageSumRecord], key: str) -> list[Record]:
    """The sums by a key, in its order."""
    values = sorted({row[key] for row in rows})  # type: ignore[literal-required]
    return [{key: value, **_total(row for row in rows if row[key] == value)} for value in values]  # type: ignore[literal-required]


def _total(rows: Iterable[UsageSumRecord]) -> Record:
    listed = list(rows)
    return {name: sum(row[name] for row in listed) for name in COUNTED}  # type: ignore[literal-required]
