"""Notifications follow the activities that they tell of, so that a change costs the same whoever watches.

A change leaves a `Fanout` beside its activities. Whoever follows takes the first ones of a workspace, and notifies some
people of all of them in one transaction, which says too how far it has come: two who follow at the same time conflict
there, and one of them finds it done. So nobody is notified twice or left out, whoever is killed when, and each person's
notifications come in the order of the workspace's commits. It is asked then who may know of it: somebody who has left
gets none.
"""

from asyncio import gather
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from auth.policies import document as policy
from models import Activity, Fanout, Preferences, ProjectMember, Tombstone, User, WorkspaceMember
from models.base import Record, collection
from models.fanout import Audience
from models.ids import Kind, id_of, portions
from models.records import ActivityRecord, FanoutRecord
from realtime.log import Change
from resolvers.kit.context import Services
from resolvers.notification.store import receive

PORTION = 500
"""Fan-outs that are read at once."""
MAX_ACTIVITIES = 100
MAX_PEOPLE = 100
MAX_NOTIFICATIONS = 500
"""What one transaction is about and writes, so that it holds up nobody for long."""

TOGETHER = 10
"""Workspaces whose people are looked for side by side; those that wait for their turn then share a transaction."""

QUEUE = ObjectId(bytes(12))
"""Where it waits for its turn: one after the other in a process, and behind nobody's changes."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[str, ObjectId | None]
"""An audience that is asked for once: what it is, and of which project."""


class _Overtaken(Exception):  # noqa: N818
    """Another process was faster."""


async def follow(services: Services) -> None:
    """Notify of all that there is."""
    while await follow_some(services):
        pass


async def follow_some(services: Services) -> bool:
    """Notify some people of the first things of every workspace, TOGETHER at a time; whether there may be more.

    Raises what failed, after the rest.
    """
    failure: BaseException | None = None
    by_workspace = await _waiting()
    waiting = list(by_workspace.values())
    for start in range(0, len(waiting), TOGETHER):
        some = (_serve(services, _first(fanouts)) for fanouts in waiting[start : start + TOGETHER])
        for error in await gather(*some, return_exceptions=True):
            failure = failure if error is None or isinstance(error, _Overtaken) else error
    if failure is not None:
        raise failure
    return bool(by_workspace)


async def _waiting() -> dict[ObjectId, list[FanoutRecord]]:
    """The first fan-outs of workspaces, in their order; those of one that has very many keep no other out."""
    found: dict[ObjectId, list[FanoutRecord]] = {}
    for _ in range(2):
        others = {"workspace_id": {"$nin": list(found)}} if found else {}
        waiting = collection(Fanout).find({"created_at": {"$gt": _EVER}, **others})
        some = await waiting.sort([("created_at", 1), ("_id", 1)]).limit(PORTION).to_list()
        for fanout in some:
            found.setdefault(fanout["workspace_id"], []).append(fanout)
        if len(some) < PORTION:
            break
    return found


def _first(fanouts: Sequence[FanoutRecord]) -> list[FanoutRecord]:
    """The first ones, as far as they have come equally far and are not too much at once."""
    taken: list[FanoutRecord] = []
    count = 0
    for fanout in takewhile(lambda record: record["reached"] == fanouts[0]["reached"], fanouts):
        count += len(fanout["activity_ids"])
        if taken and (count > MAX_ACTIVITIES or len(taken) == MAX_ACTIVITIES):
            break
        taken.append(fanout)
    return taken


async def _serve(services: Services, fanouts: list[FanoutRecord]) -> None:
    """Notify the next people whom fan-outs of a workspace are for, in one transaction."""
    activities = sum(len(fanout["activity_ids"]) for fanout in fanouts)
    size = max(1, min(MAX_PEOPLE, MAX_NOTIFICATIONS // activities))
    people = await _next_people(fanouts, size + 1)
    if not people:
        await services.hub.log.aside(QUEUE, partial(_nobody_is_left, fanouts))
        return
    notify = partial(_notify, fanouts, people[:size], len(people) <= size)
    try:
        await services.hub.log.aside(QUEUE, partial(notify, False))
    except (DuplicateKeyError, BulkWriteError):
        await services.hub.log.aside(QUEUE, partial(notify, True))


async def _notify(
    fanouts: Sequence[FanoutRecord], people: Sequence[ObjectId], is_last: bool, again: bool, change: Change
) -> None:
    # Who follows rests after each round: what waits in other workspaces would wait for each rest of this one too.
    change.rest = 0.0
    among = {"$in": list(people)}
    gone = await _gone(change, fanouts[0]["workspace_id"])
    there = set(await _members(change, fanouts[0]["workspace_id"], among))
    audiences = {
        key: there.intersection(await _audience(value, among, change.session)) for key, value in _keys(fanouts).items()
    }
    if any(fanout["audience"] == Audience.PEOPLE for fanout in fanouts):
        persons = await _persons(change, there)
        for key, some in audiences.items():
            audiences[key] = some & persons if key[0] == Audience.PEOPLE else some
    activities = await _activities(change, fanouts)
    told: dict[ObjectId, list[ActivityRecord]] = {}
    for fanout in fanouts:
        if {fanout["workspace_id"], fanout["project_id"]} & gone:
            continue
        found = [activities[each] for each in fanout["activity_ids"] if each in activities]
        for user_id in audiences[_key(fanout)] - {fanout["actor_id"]} if found else ():
            told.setdefault(user_id, []).extend(found)
    await receive(change, await _wanted(change, told), again=again)
    if await _mark_done(change, fanouts, None if is_last else people[-1]) != len(fanouts):
        raise _Overtaken


async def _wanted(
    change: Change, told: Mapping[ObjectId, list[ActivityRecord]]
) -> dict[ObjectId, list[ActivityRecord]]:
    """What people are told of, less what each of them does not want to be told of."""
    muted: dict[ObjectId, set[str]] = {}
    for ids in portions(id_of(Kind.PREFERENCES, user_id) for user_id in told):
        query = {"_id": {"$in": ids}}
        found = collection(Preferences).find(query, {"user_id": 1, "muted_activities": 1}, session=change.session)
        muted |= {each["user_id"]: set(each["muted_activities"]) for each in await found.to_list()}
    wanted = {
        user_id: [activity for activity in activities if activity["type"] not in muted.get(user_id, ())]
        for user_id, activities in told.items()
    }
    return {user_id: activities for user_id, activities in wanted.items() if activities}


async def _nobody_is_left(fanouts: Sequence[FanoutRecord], change: Change) -> None:
    await _mark_done(change, fanouts, None)


async def _mark_done(change: Change, fanouts: Sequence[FanoutRecord], reached: ObjectId | None) -> int:
    """Say up to whom fan-outs are done, None for everybody; how many of them nobody had changed meanwhile."""
    mine = _as_they_are(fanouts)
    if reached is None:
        return (await collection(Fanout).delete_many(mine, session=change.session)).deleted_count
    further = {"$set": {"reached": reached}}
    return (await collection(Fanout).update_many(mine, further, session=change.session)).matched_count


async def _next_people(fanouts: Sequence[FanoutRecord], count: int) -> list[ObjectId]:
    """The next people, in the order of ids, whom some of the fan-outs are for."""
    beyond = {"$gt": fanouts[0]["reached"] or ObjectId(bytes(12))}
    found: set[ObjectId] = set()
    for key, told in _keys(fanouts).items():
        actors = {each["actor_id"] for each in fanouts if _key(each) == key}
        mine = [each for each in await _audience(told, beyond, limit=count + 1) if actors != {each}]
        found |= set(mine)
    return sorted(found)[:count]


async def _audience(
    fanout: FanoutRecord, user_id: Mapping[str, Any], session: AsyncClientSession | None = None, limit: int = 0
) -> list[ObjectId]:
    """Those with some ids who belong to the audience of a fan-out; the first `limit` of a project's."""
    if fanout["audience"] == Audience.PROJECT:
        members = collection(ProjectMember).find(
            {"project_id": fanout["project_id"], "user_id": user_id}, {"user_id": 1}, session=session
        )
        return [member["user_id"] for member in await members.sort("user_id", 1).limit(limit).to_list()]
    inside = {"workspace_id": fanout["workspace_id"], "user_id": user_id}
    wanted = {"user_id": 1, "role": 1, "pilotage_role": 1}
    everybody = await collection(WorkspaceMember).find(inside, wanted, session=session).to_list()
    if fanout["audience"] == Audience.REVIEWERS:
        everybody = [person for person in everybody if policy.REVIEW.allows(person["role"], person["pilotage_role"])]
    return [person["user_id"] for person in everybody if _is_for(fanout, person["user_id"])]


async def _members(change: Change, workspace_id: ObjectId, user_id: Mapping[str, Any]) -> list[ObjectId]:
    """Who of some people is in a workspace. Whoever leaves it is a member of its projects for a while yet."""
    inside = {"workspace_id": workspace_id, "user_id": user_id}
    members = collection(WorkspaceMember).find(inside, {"user_id": 1}, session=change.session)
    return [member["user_id"] for member in await members.to_list()]


async def _persons(change: Change, user_ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Those of some users who are no agents."""
    query = {"_id": {"$in": list(user_ids)}, "is_agent": False}
    found = collection(User).find(query, {"_id": 1}, session=change.session)
    return {user["_id"] for user in await found.to_list()}


async def _gone(change: Change, workspace_id: ObjectId) -> set[ObjectId]:
    """What of a workspace was deleted and is still there, itself included."""
    deleted = {"stream_id": workspace_id, "emptied_at": None}
    found = collection(Tombstone).find(deleted, {"_id": 1}, session=change.session)
    return {tombstone["_id"] for tombstone in await found.to_list()}


async def _activities(change: Change, fanouts: Iterable[FanoutRecord]) -> dict[ObjectId, ActivityRecord]:
    """What the fan-outs tell of, less what is deleted meanwhile."""
    found: dict[ObjectId, ActivityRecord] = {}
    for some in portions(each for fanout in fanouts for each in fanout["activity_ids"]):
        activities = collection(Activity).find({"_id": {"$in": some}}, session=change.session)
        found |= {activity["_id"]: activity for activity in await activities.to_list()}
    return found


def _keys(fanouts: Iterable[FanoutRecord]) -> dict[Key, FanoutRecord]:
    return {_key(fanout): fanout for fanout in fanouts}


def _key(fanout: FanoutRecord) -> Key:
    # Those who are named differ each time.
    return fanout["audience"], fanout["_id"] if fanout["named"] else fanout["project_id"]


def _is_for(fanout: FanoutRecord, user_id: ObjectId) -> bool:
    return fanout["audience"] != Audience.NAMED or user_id in fanout["named"]


def _as_they_are(fanouts: Sequence[FanoutRecord]) -> Record:
    return {"_id": {"$in": [fanout["_id"] for fanout in fanouts]}, "reached": fanouts[0]["reached"]}
