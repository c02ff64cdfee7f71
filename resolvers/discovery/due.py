"""Discovery engines whose moment has come. A tick is a change of the engine: its next moment is set in the transaction
that begins the run, so that of several processes one does. Ticks that were missed give one run."""

import logging
from datetime import datetime
from functools import partial

from bson import ObjectId

from auth.subject import Subject
from models import Agent, DiscoveryEngine
from models.base import Record, collection, utc_now
from models.reach import unexpected
from models.records import DiscoveryEngineRecord
from realtime.events.discovery_engine import DiscoveryEngineUpdated
from realtime.log import Change
from resolvers.agent.agent import EXISTING
from resolvers.agent.idle import SEEKING, find_idle
from resolvers.discovery.engine import next_run
from resolvers.discovery.run import begin_run
from resolvers.job.due import Setbacks
from resolvers.kit.context import Context, Services
from resolvers.kit.edit import set_fields
from resolvers.mission.engine_run import open_run
from resolvers.proposal.acting import acting_as

AT_ONCE = 50

log = logging.getLogger("orrery.jobs")


async def run_due_engines(services: Services, now: datetime | None = None, setbacks: Setbacks | None = None) -> bool:
    """Begin some of the runs that are due; whether there may be more. One that fails by itself rests, longer each
    time, and hides none of the others."""
    moment, known = now or utc_now(), setbacks or Setbacks()
    resting = known.at(moment)
    due: Record = {"next_at": {"$lte": moment}} | ({"_id": {"$nin": resting}} if resting else {})
    found = await collection(DiscoveryEngine).find(due).sort("next_at", 1).limit(AT_ONCE).to_list()
    for engine in found:
        try:
            tick = partial(_tick, services, engine["_id"], moment, begins=await _need_begin(services, engine))
            await services.hub.log.write(engine["workspace_id"], None, tick)
        except Exception as error:
            log.warning("the discovery engine %s fails, and rests", engine["_id"], exc_info=unexpected(error))
            known.add(engine["_id"], moment)
    return len(found) == AT_ONCE


async def _need_begin(services: Services, engine: DiscoveryEngineRecord) -> bool:
    """Whether the agent of an engine is there and, as it would be told itself, need begin."""
    agent = await collection(Agent).find_one({"_id": engine["agent_id"], **EXISTING})
    if agent is None:
        return False
    return not (await find_idle(acting_as(agent, services), engine["workspace_id"], agent["slug"], SEEKING)).skip


async def _tick(services: Services, engine_id: ObjectId, now: datetime, change: Change, *, begins: bool) -> None:
    engine = await collection(DiscoveryEngine).find_one({"_id": engine_id}, session=change.session)
    if engine is None or engine["next_at"] is None or engine["next_at"] > now:
        return
    engine, _ = await set_fields(change, DiscoveryEngine, engine_id, {"next_at": next_run(engine, now)})
    change.append(engine["workspace_id"], DiscoveryEngineUpdated(discovery_engine=engine))
    if begins and await open_run(change, engine["agent_id"], engine_id) is None:
        # Nobody asks at this moment: no chain of missions, and none that it counts for, but whoever made the engine.
        await begin_run(Context(Subject(), services), change, engine, engine["created_by"])
