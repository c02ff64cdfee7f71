"""Where a mission stands: the transitions that there are, and the one place that makes them."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from models import Card, Mission, MissionRun
from models.base import collection, with_changes
from models.enums import MissionStatus as Status
from models.errors import Conflict
from models.ids import Kind, kind_of
from models.records import MissionRecord
from realtime.events.card import CardUpdated
from realtime.events.mission import MissionStatusChanged
from realtime.log import Change
from resolvers.state.discovery import count_run
from resolvers.state.follow import MissionCompleted, note
from resolvers.state.mission_time import kept_time
from resolvers.state.proposal_status import withdraw

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELLED}),
    # Back to the queue goes what its agent has claimed and says nothing of (`resolvers.mission.lease`).
    Status.RUNNING: frozenset(
        {Status.QUEUED, Status.AWAITING_APPROVAL, Status.COMPLETED, Status.FAILED, Status.CANCELLED}
    ),
    Status.AWAITING_APPROVAL: frozenset({Status.RUNNING, Status.COMPLETED, Status.FAILED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}
ACTIVE = frozenset(status for status, following in TRANSITIONS.items() if following)
"""What a mission may be cancelled from."""


def check_transition(mission: MissionRecord, to: Status) -> Status:
    """The status that a mission stands at; raises Conflict where `to` does not follow it."""
    now = Status(mission["status"])
    if to not in TRANSITIONS[now]:
        raise Conflict(f"A mission that is {now} cannot become {to}", **{"from": now.value, "to": to.value})
    return now


async def change_status(
    change: Change, mission: MissionRecord, to: Status, values: Mapping[str, Any] | None = None
) -> MissionRecord:
    """Take a mission, read in this change, to another status, with further `values`; the mission as it is then.

    The end of a mission ends its run: whoever works on it commits nothing any more.
    """
    before = check_transition(mission, to)
    time = kept_time(mission, to, change.at)
    changes: dict[str, Any] = {"waiting_for": None, "lease_until": None, **time, **(values or {}), "status": to.value}
    if before is Status.QUEUED and to is Status.RUNNING:
        changes["started_at"] = change.at
    if not TRANSITIONS[to]:
        changes["finished_at"] = change.at
        await collection(MissionRun).delete_one({"_id": mission["_id"]}, session=change.session)
    if to is Status.COMPLETED:
        changes["progress"] = 1.0
    await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": changes}, session=change.session)
    after = with_changes(mission, changes)
    if not TRANSITIONS[to]:
        await withdraw(change, {"mission_id": mission["_id"]})
        await note_on_card(change, after)
        await count_run(change, after)
    if to is Status.COMPLETED:
        note(change, MissionCompleted(after))
    change.append(after["workspace_id"], MissionStatusChanged(mission=after, from_status=before, to_status=to))
    return after


async def note_on_card(change: Change, mission: MissionRecord) -> None:
    """Keep on a mission's card which mission about it is not finished: as that begins, and as it ends."""
    inside = {"workspace_id": mission["workspace_id"]}
    this, is_over = {"_id": mission["card_id"], **inside}, not TRANSITIONS[Status(mission["status"])]
    card = await collection(Card).find_one(this, session=change.session) if mission["card_id"] is not None else None
    if card is None or card.get("active_mission_id") != (mission["_id"] if is_over else None):
        return
    active_id: ObjectId | None = mission["_id"]
    if is_over:
        unfinished = {"card_id": card["_id"], "status": {"$in": [status.value for status in ACTIVE]}, **inside}
        others = collection(Mission).find(unfinished, {"_id": 1}, session=change.session)
        active_id = min((other["_id"] for other in await others.to_list()), default=None)
    noted = {"active_mission_id": active_id}
    await collection(Card).update_one(this, {"$set": noted}, session=change.session)
    event = CardUpdated(card=with_changes(card, noted), changed_fields=["activeMission"])
    change.append(mission["workspace_id"], event)


async def origin_of(agent_id: ObjectId | None, mission_id: ObjectId | None) -> ObjectId | None:
    """The mission that an agent creates something in: the one that is named or else, where that is one, the only one
    that it works on; None for people, whatever they have a model do."""
    found = mission_id or await only_mission_of(agent_id)
    return found if found is not None and kind_of(found) is Kind.MISSION else None


async def only_mission_of(agent_id: ObjectId | None) -> ObjectId | None:
    """What an agent works on, where it is one mission."""
    if agent_id is None:
        return None
    running = [Status.RUNNING.value, Status.AWAITING_APPROVAL.value]
    found = await collection(Mission).find({"agent_id": agent_id, "status": {"$in": running}}, {"_id": 1}).to_list(2)
    return ObjectId(found[0]["_id"]) if len(found) == 1 else None
