"""Who did something: a person, an agent or nobody. It is kept with what they did, so that a log is narrowed by it."""

from collections.abc import Iterable, Mapping, Sequence

from bson import ObjectId
from pymongo import UpdateMany

from models import Activity, User
from models.base import collection
from models.enums import ActorType
from models.ids import portions
from models.records import ActivityRecord
from realtime.log import Change
from resolvers.kit.migration_step import MigrationStep, Work, over_all


async def actor_types(
    change: Change | None, actor_ids: Iterable[ObjectId | None]
) -> Mapping[ObjectId | None, ActorType]:
    """Who each is who did something; the users of agents and of keys are agents, and one that is gone a person. Of
    whoever makes the change that is known mostly."""
    found: dict[ObjectId | None, ActorType] = {None: ActorType.SYSTEM}
    if change is not None and change.is_agents is not None:
        found[change.actor_id] = ActorType.AGENT if change.is_agents else ActorType.USER
    session = None if change is None else change.session
    wanted = set(actor_ids)
    for some in portions(actor_id for actor_id in wanted if actor_id is not None and actor_id not in found):
        agents = {"_id": {"$in": some}, "is_agent": True}
        told = {user["_id"] for user in await collection(User).find(agents, {"_id": 1}, session=session).to_list()}
        found |= {actor_id: ActorType.AGENT if actor_id in told else ActorType.USER for actor_id in some}
    return found


async def _fill(activities: Sequence[ActivityRecord]) -> None:
    types = await actor_types(None, (activity["actor_id"] for activity in activities))
    by_type: dict[ActorType, list[ObjectId]] = {}
    for activity in activities:
        by_type.setdefault(types[activity["actor_id"]], []).append(activity["_id"])
    updates = [UpdateMany({"_id": {"$in": ids}}, {"$set": {"actor_type": kind.value}}) for kind, ids in by_type.items()]
    await collection(Activity).bulk_write(updates, ordered=False)


async def _run(work: Work) -> None:
    await over_all(Activity, work, _fill, ["actor_id"])


ACTOR_STEP = MigrationStep("activities-actor-type", "Who did what", _run)
