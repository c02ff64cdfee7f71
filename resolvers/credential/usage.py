"""What models have cost with a credential: in all, and of late."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bson import ObjectId

from models import UsageRecord, UsageSum
from models.base import Record, aggregate, utc_now
from models.enums import TokenScope, UsageState
from models.ids import among
from models.records import CredentialRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.usage.spending import day_of
from resolvers.usage.sums import COUNTED

WINDOWS: Mapping[str, timedelta] = {"five_hours": timedelta(hours=5), "seven_days": timedelta(days=7)}
"""Of late is what providers count their own limits by."""
_NOTHING: Record = dict.fromkeys(COUNTED, 0)


@edge(scope=TokenScope.CREDENTIALS_READ)
async def usage_of_credential(
    ctx: Context, credentials: Sequence[CredentialRecord], fields: Fields = None
) -> list[Record]:
    """The `total` of each, and what of it is of the last five hours and of the last seven days."""
    ids, now = list({credential["_id"] for credential in credentials}), utc_now()
    total = await _summed(ids, None)
    late = {name: await _since(ids, now - span) for name, span in WINDOWS.items()}
    return [
        {
            "total": total.get(credential["_id"], _NOTHING),
            **{name: sums.get(credential["_id"], _NOTHING) for name, sums in late.items()},
        }
        for credential in credentials
    ]


async def _since(ids: Sequence[ObjectId], start: datetime) -> dict[ObjectId, Record]:
    """Of whole days the sums, of the day that begins before them the ledger: it is read for a day at most."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    # Ids begin with their second, and the index of a credential's calls goes by them.
    of_the_day = {"$gte": ObjectId.from_datetime(start), "$lt": ObjectId.from_datetime(midnight)}
    made = {"state": UsageState.SETTLED.value, "input_tokens": {"$gt": 0}}
    settled = {"credential_id": among(list(ids)), "_id": of_the_day, **made}
    group = {"_id": "$credential_id", **{name: {"$sum": f"${name}"} for name in COUNTED}, "calls": {"$sum": 1}}
    begun = {row["_id"]: row for row in await aggregate(UsageRecord, [{"$match": settled}, {"$group": group}])}
    whole = await _summed(ids, day_of(midnight))
    return {
        object_id: {
            name: begun.get(object_id, _NOTHING)[name] + whole.get(object_id, _NOTHING)[name] for name in COUNTED
        }
        for object_id in ids
    }


async def _summed(ids: Sequence[ObjectId], from_day: str | None) -> dict[ObjectId, Record]:
    days = {} if from_day is None else {"day": {"$gte": from_day}}
    group = {"_id": "$subject_id", **{name: {"$sum": f"${name}"} for name in COUNTED}}
    found = await aggregate(UsageSum, [{"$match": {"subject_id": among(list(ids)), **days}}, {"$group": group}])
    return {row["_id"]: row for row in found}
