"""What discovery engines count of their runs: as each ends, and as a card comes of one, perhaps later."""

from collections.abc import Mapping

from bson import ObjectId

from models import DiscoveryEngine, Mission, UsageSum
from models.base import collection, with_changes
from models.enums import MissionStatus
from models.records import CardRecord, MissionRecord
from realtime.events.discovery_engine import DiscoveryEngineUpdated
from realtime.log import Change


async def count_run(change: Change, mission: MissionRecord) -> None:
    """Count a mission that has just ended for the engine that it is a run of, if any."""
    if (engine_id := mission.get("engine_id")) is None:
        return
    this, ended = {"_id": mission["_id"]}, mission["finished_at"] or change.at
    run = await collection(Mission).find_one(this, {"card_count": 1}, session=change.session)
    sums = await collection(UsageSum).find({"subject_id": mission["_id"]}, session=change.session).to_list()
    more = {
        "run_count": 1,
        "failed_count": int(mission["status"] == MissionStatus.FAILED),
        "wasted_count": int(run is None or not run.get("card_count")),
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
    await collection(Mission).update_one({"_id": run_id}, {"$inc": {"card_count": 1}}, session=change.session)
    was_in_vain = run["finished_at"] is not None and not run.get("card_count")
    await _count(change, engine_id, {"card_count": 1, "wasted_count": -int(was_in_vain)})


async def _count(change: Change, engine_id: ObjectId, more: Mapping[str, float]) -> None:
    this = {"_id": engine_id}
    engine = await collection(DiscoveryEngine).find_one(this, session=change.session)
    if engine is None:
        return  # it was deleted while its run was under way
    counts = {key: engine[key] + value for key, value in more.items()}  # type: ignore[literal-required]
    await collection(DiscoveryEngine).update_one(this, {"$set": counts}, session=change.session)
    change.append(engine["workspace_id"], DiscoveryEngineUpdated(discovery_engine=with_changes(engine, counts)))
