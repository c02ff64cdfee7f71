"""The runs of discovery engines as the missions that they are: one at a time, whatever has begun it."""

from bson import ObjectId

from models import DiscoveryEngine, Mission
from models.base import Record, collection
from models.errors import Conflict
from models.records import MissionRecord
from realtime.events.discovery_engine import DiscoveryEngineUpdated
from realtime.log import Change
from resolvers.kit.edit import set_fields
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
    engine, _ = await set_fields(change, DiscoveryEngine, engine_id, {"last_run_id": run["_id"]})
    change.append(run["workspace_id"], DiscoveryEngineUpdated(discovery_engine=engine))
