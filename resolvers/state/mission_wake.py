"""Waking missions that wait: for people, in the change that they waited for; for a budget or a key, after it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bson import ObjectId

from models import Budget, Credential, MissionRun
from models.base import collection, utc_now
from models.ids import Kind, kind_of
from models.records import MissionRunRecord
from realtime.log import Change
from resolvers.state.agent_there import is_paused

ENVIRONMENT = "environment"
"""What missions wait on that lack a key: with the next process of agents it may be another one."""
PAUSED = timedelta(minutes=10)
Seen = Mapping[str, datetime | None]
"""What missions wait on, budgets and credentials by their ids, with when each was last set as it was seen."""


async def wake(change: Change, mission_id: ObjectId | None) -> None:
    """Let the runtime go on with a mission that waits, where it is the runtime's.

    Where somebody works on it, the run is written to as well: it cannot begin to wait beside this change, and miss it.
    """
    run = (
        None
        if mission_id is None
        else await collection(MissionRun).find_one({"_id": mission_id}, session=change.session)
    )
    if run is not None:
        news = {"due_at": change.at} if run["holder"] is None else {"news_at": change.at}
        await collection(MissionRun).update_one({"_id": mission_id}, {"$set": news}, session=change.session)


async def wake_waiting(what: ObjectId | str) -> None:
    """Have the missions look again that wait on a budget or a credential, which has changed, or on a paused agent.

    It is no part of that change, which would grow with them: whom a crash in between leaves out looks again by itself.
    """
    waiting = {"waits_on": str(what), "holder": None}
    async for run in collection(MissionRun).find(waiting, {"_id": 1}):
        again = {"$set": {"due_at": utc_now(), "waits": 0}}
        await collection(MissionRun).update_one({"_id": run["_id"], **waiting}, again)


async def rests_paused(change: Change, run: MissionRunRecord) -> bool:
    """Whether a mission that waits to be begun rests, as its agent is paused: until that goes on (`wake_waiting`), and
    for ten minutes at most before it is looked at again."""
    if not await is_paused(change, run["agent_id"]):
        return False
    rests = {"due_at": change.at + PAUSED, "waits_on": [str(run["agent_id"])]}
    await collection(MissionRun).update_one({"_id": run["_id"]}, {"$set": rests}, session=change.session)
    return True


async def changed_since(on: Seen) -> list[str]:
    """Which of those that a mission waits on are not as they were seen any more."""
    changed: list[str] = []
    for what, seen in on.items():
        if what != ENVIRONMENT and await _changed_at(ObjectId(what)) != seen:
            changed.append(what)
    return changed


async def _changed_at(object_id: ObjectId) -> datetime | None:
    if kind_of(object_id) is Kind.CREDENTIAL:
        return await rotated_at(object_id)
    budget = await collection(Budget).find_one({"_id": object_id}, {"updated_at": 1})
    return None if budget is None else budget["updated_at"]


async def rotated_at(credential_id: ObjectId) -> datetime | None:
    """When a credential was given what it holds; None where it is gone."""
    found = await collection(Credential).find_one({"_id": credential_id}, {"rotated_at": 1})
    return None if found is None else found["rotated_at"]
