"""The runs of discovery engines as the missions that they are: one at a time, whatever has begun it."""

from bson import ObjectId

from models import DiscoveryEngine, Mission
from models.base import Record, collection, with_changes
from models.errors import Conflict, NotFound
from models.records import MissionRecord
from realtime.events.discovery_engine import DiscoveryEngineUpdated
from realtime.log import Change
from resolvers.kit.nouns import DISCOVERY_ENGINE
from resolvers.state.mission_status import ACTIVE


async def open_run(change: Change, agent_id: ObjectId, engine_id: ObjectId) -> MissionRecord | None:
    """The run of an engine that has not ended, if there is one; its runs are those of its agent."""
    its: Record = {"agent_id": agent_id, "engine_id": engine_id}
    where = {**its, "status": {"$in": [status.value for status in ACTIVE]}}
    return await collection(Mission).find_one(where, session=change.session)


async def require_no_open_run(change: Change, agent_id: ObjectId, engine_id: ObjectId | None) -> None:
    """Raise Conflict for an engine that has a run already; None is none."""
    if engine_id is not None and (run := await open_run(change, agent_id, engine_id)) is not None:
        raise Conflict("The discovery engine has a run that is not finished", missionId=str(run["_id"]))


async def note_run(change: Change, run: MissionRecord) -> None:
    """Note on the engine of a new mission, if it is the run of one, that this is its last."""
    if (engine_id := run["engine_id"]) is None:
        return
    this = {"_id": engine_id, "workspace_id": run["workspace_id"]}
    noted = {"last_run_id": run["_id"], "updated_at": change.at}
    engine = await collection(DiscoveryEngine).find_one(this, session=change.session)
    if engine is None:
        raise NotFound(DISCOVERY_ENGINE.title)
    await collection(DiscoveryEngine).update_one(this, {"$set": noted}, session=change.session)
    change.append(run["workspace_id"], DiscoveryEngineUpdated(discovery_engine=with_changes(engine, noted)))
