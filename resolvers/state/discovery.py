"""What discovery engines count of their runs: as each ends, and as a card comes of one, perhaps later.

A run that is handed over ends with the mission that takes it over: what it took until then is counted as it happens.
"""

from collections.abc import Mapping

from bson import ObjectId

from models import DiscoveryEngine, Mission, UsageSum
from models.base import collection, with_changes
from models.enums import MissionReason, MissionStatus
from models.records import CardRecord, MissionRecord
from realtime.events.discovery_engine import DiscoveryEngineUpdated
from realtime.log import Change

MOST_TAKEN_OVER = 100
"""Missions that one run is looked for in, the last first."""
_FOUND = dict.fromkeys(("card_count", "reason", "continues_id"), 1)


async def count_run(change: Change, mission: MissionRecord) -> None:
    """Count a mission that has just ended for the engine that it is a run of, if any."""
    if (engine_id := mission.get("engine_id")) is None:
        return
    ended, is_over = mission["finished_at"] or change.at, not mission.get("handed_over", False)
    sums = await collection(UsageSum).find({"subject_id": mission["_id"]}, session=change.session).to_list()
    more = {
        "run_count": int(is_over),
        "failed_count": int(mission["status"] == MissionStatus.FAILED),
        "wasted_count": int(is_over and await _is_in_vain(change, mission["_id"])),
        "run_seconds": (ended - (mission["started_at"] or ended)).total_seconds(),
        "cost": sum(row["cost"] for row in sums),
    }
    await _count(change, engine_id, more)


async def count_card(change: Change, card: CardRecord) -> None:
    """Count a new card that says which mission it was created in, if that is the run of an engine."""
    run_id = card["origin_mission_id"]
    run = await collection(Mission).find_one({"_id": run_id}, session=change.session)
    if run is None or (engine_id := run.get("engine_id")) is None:
        return
    is_over = run["finished_at"] is not None and not run.get("handed_over", False)
    was_in_vain = is_over and await _is_in_vain(change, run["_id"])
    await collection(Mission).update_one({"_id": run_id}, {"$inc": {"card_count": 1}}, session=change.session)
    await _count(change, engine_id, {"card_count": 1, "wasted_count": -int(was_in_vain)})


async def _is_in_vain(change: Change, run_id: ObjectId) -> bool:
    """Whether no card has come of a run so far, nor of those that it has taken over."""
    before: ObjectId | None = run_id
    for _ in range(MOST_TAKEN_OVER):
        run = await collection(Mission).find_one({"_id": before}, _FOUND, session=change.session)
        if run is None or run.get("card_count"):
            return run is None
        if run.get("reason") != MissionReason.RELAY:
            return True
        before = run["continues_id"]
    return True


async def _count(change: Change, engine_id: ObjectId, more: Mapping[str, float]) -> None:
    this = {"_id": engine_id}
    engine = await collection(DiscoveryEngine).find_one(this, session=change.session)
    if engine is None:
        return  # it was deleted while its run was under way
    counts = {key: engine[key] + value for key, value in more.items()}  # type: ignore[literal-required]
    await collection(DiscoveryEngine).update_one(this, {"$set": counts}, session=change.session)
    change.append(engine["workspace_id"], DiscoveryEngineUpdated(discovery_engine=with_changes(engine, counts)))
