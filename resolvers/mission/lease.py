"""How long a mission stays its agent's that has claimed it: until nothing was heard of it for a while.

What the built-in runtime works on has a lease of its own (`resolvers.mission.run`).
"""

import logging
from datetime import datetime, timedelta

from models import Agent, Mission
from models.base import Record, collection, utc_now, with_changes
from models.enums import MissionActivityKind, MissionStatus
from models.reach import unexpected
from models.records import AgentRecord, MissionRecord
from realtime.counts import COUNTS
from realtime.log import Change
from resolvers.kit.context import Context, Services
from resolvers.mission.report import Report, insert_reports, tell_reports
from resolvers.mission.run import agent_subject, end, insert_run
from resolvers.mission.served import is_served, queued_for
from resolvers.state.mission_status import change_status

log = logging.getLogger("orrery.missions")

LEASE = timedelta(minutes=5)
RENEWED_EVERY = timedelta(minutes=1)
"""How often what is heard of a mission renews it."""
MAX_LAPSES = 3
"""Lapses in a row, without a report in between, with the last of which a mission fails."""
AT_ONCE = 50
PUT_OFF = timedelta(seconds=30)
"""Of one whose change has failed, so that it hides no other."""


def leased(now: datetime) -> Record:
    """What is written to a mission that its agent was just heard of."""
    return {"lease_until": now + LEASE, "lapses": 0}


def renewed(mission: MissionRecord, to: MissionStatus, now: datetime) -> Record:
    """What a report writes to a mission that stands at `to` with it: while people are waited for, nothing lapses. Where
    something was heard of it just now, that is nothing."""
    if mission.get("lapses") is None:
        return {}
    wanted = leased(now) if to is MissionStatus.RUNNING else {"lease_until": None, "lapses": 0}
    is_fresh = mission["lapses"] == 0 and not _is_due(mission.get("lease_until"), now)
    return {} if to == mission["status"] and is_fresh else wanted


async def note_alive(mission: MissionRecord) -> None:
    """Renew the lease of a mission that says something which is not kept, now and then."""
    until, now = mission.get("lease_until"), utc_now()
    if _is_due(until, now):
        mine = {"_id": mission["_id"], "lease_until": until}
        await collection(Mission).update_one(mine, {"$set": {"lease_until": now + LEASE}})


def _is_due(until: datetime | None, now: datetime) -> bool:
    """Whether a lease is to be renewed when something is heard of its mission."""
    return until is not None and until < now + LEASE - RENEWED_EVERY


async def end_lapsed(services: Services, now: datetime | None = None) -> bool:
    """Give back some of the missions that nothing was heard of for too long; whether there may be more. Several
    processes may at once."""
    lapsed = {"lease_until": {"$lte": now or utc_now()}}
    found = await collection(Mission).find(lapsed).sort("lease_until", 1).limit(AT_ONCE).to_list()
    for mission in found:
        try:
            await _give_back(services, mission)
        except Exception as error:
            log.warning("the mission %s could not be given back", mission["_id"], exc_info=unexpected(error))
            still = {"_id": mission["_id"], "lease_until": mission["lease_until"]}
            await collection(Mission).update_one(still, {"$set": {"lease_until": utc_now() + PUT_OFF}})
    return len(found) == AT_ONCE


async def _give_back(services: Services, lapsed: MissionRecord) -> None:
    agent = await collection(Agent).find_one({"_id": lapsed["agent_id"]})
    if agent is None:
        return
    ctx = Context(agent_subject(agent), services)

    async def body(change: Change) -> bool:
        still = {"_id": lapsed["_id"], "lease_until": lapsed["lease_until"]}
        mission = await collection(Mission).find_one(still, session=change.session)
        if mission is None:
            return False
        lapses = (mission.get("lapses") or 0) + 1
        silence = f"Nothing was heard of its agent for {LEASE // timedelta(minutes=1)} minutes"
        if lapses >= MAX_LAPSES:
            await end(ctx, change, mission, MissionStatus.FAILED, error=f"{silence}, {lapses} times in a row")
            return True
        told = Report(MissionActivityKind.ERROR, f"{silence}: it may be claimed again")
        added = await insert_reports(ctx, change, mission, [told])
        mission = with_changes(mission, {"activity_count": mission["activity_count"] + len(added)})
        tell_reports(change, mission, added)
        values = {"activity_count": mission["activity_count"], "lapses": lapses}
        if (owner := await _claimed_from(change, mission)) is None:
            await change_status(change, mission, MissionStatus.QUEUED, values)
            return True
        # Whose it was before has it again: the runtime, or whoever claims it next.
        is_run = is_served(services, owner)
        waits = queued_for(mission.get("reason") or mission.get("engine_id"), is_run=is_run)
        theirs = {"agent_id": owner["_id"], "claimed_from": None, "waiting_for": waits}
        mission = await change_status(change, mission, MissionStatus.QUEUED, {**values, **theirs})
        if is_run:
            await insert_run(change, mission)
        return True

    given_back = await services.hub.log.write(lapsed["workspace_id"], None, body)
    if given_back.value:
        COUNTS.add("leases_lost", "agent")


async def _claimed_from(change: Change, mission: MissionRecord) -> AgentRecord | None:
    """The agent that a mission was another's of before it was claimed, while that is there."""
    if (owner_id := mission.get("claimed_from")) is None:
        return None
    return await collection(Agent).find_one({"_id": owner_id, "deleted_at": None}, session=change.session)
