"""What else a deletion takes: notifications, the users of agents, missions, and what cards carry."""

from collections.abc import Sequence

from bson import ObjectId

from models import (
    Activity,
    Agent,
    ApiToken,
    Card,
    Conversation,
    Fanout,
    Inbox,
    LoggedEvent,
    Mission,
    MissionCall,
    MissionRun,
    MissionStep,
    Notification,
    OrganizationMember,
    ProjectMember,
    Queue,
    ReadMark,
    StreamHead,
    Todo,
    Tombstone,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import Record, collection, insert_all, to_record, with_changes
from models.card import KEPT_FIELDS
from models.enums import MissionStatus
from models.ids import IDS_PER_QUERY, among, portions
from models.records import CardRecord, TombstoneRecord, TransferJobRecord
from realtime.events.api_key import ApiKeyDeleted
from realtime.events.organization import OrganizationMemberRemoved
from realtime.events.pilotage import TodoUpdated
from realtime.log import Change
from resolvers.deletion import cascade_events as tell
from resolvers.deletion.cascade import (
    AT_A_TIME,
    CHOSEN,
    LOOKED,
    Step,
    Where,
    chosen,
    delete_by_id,
    naming,
    take_from_cards,
    take_some,
)
from resolvers.files.store import leave_files
from resolvers.inputs.custom_value import path_of
from resolvers.lane.card_kept import keep
from resolvers.notification.store import drop_notifications
from resolvers.state.mission_status import ACTIVE, change_status


def conversations(key: str) -> Step:
    """The conversations that name what was deleted under `key`, with what the runtime keeps of one at a time: it is
    bounded by what a model is shown again. Their messages are gone before."""

    async def take(change: Change, tombstone: TombstoneRecord, most: int) -> int:
        where = await chosen(change, tombstone, Conversation, key)
        found = await collection(Conversation).find_one(where, {"_id": 1}, session=change.session)
        if found is None:
            return 0
        this, of_it = {"_id": found["_id"]}, {"mission_id": found["_id"]}
        await collection(MissionStep).delete_many(of_it, session=change.session)
        await collection(MissionCall).delete_many(of_it, session=change.session)
        await collection(MissionRun).delete_one(this, session=change.session)
        await collection(Conversation).delete_one(this, session=change.session)
        return 1

    return Step((Conversation,), take, naming(key))


def notifications(key: str) -> Step:
    """The notifications that name what was deleted under `key`, those of one person at a time."""

    async def take(change: Change, tombstone: TombstoneRecord, most: int) -> int:
        return await take_notifications(change, await chosen(change, tombstone, Notification, key), most)

    return Step((Notification,), take, naming(key), lingers=key)


async def take_notifications(change: Change, where: Where, most: int) -> int:
    """Delete some notifications of whoever has the first one, and say so in their history."""
    cursor = collection(Notification).find(where, {"user_id": 1}, session=change.session)
    found = await cursor.limit(min(most, IDS_PER_QUERY)).to_list()
    if not found:
        return 0
    user_id = found[0]["user_id"]
    ids = [notification["_id"] for notification in found if notification["user_id"] == user_id]
    await drop_notifications(change, user_id, ids)
    return len(ids)


_OF_SERVICE_USERS = (
    (Notification, "user_id"),
    (ReadMark, "user_id"),
    (Inbox, "_id"),
    (LoggedEvent, "stream_id"),
)


async def _take_fanouts(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """What nobody has been notified of yet in a project that goes."""
    inside = {"workspace_id": tombstone["stream_id"], "project_id": tombstone["_id"]}
    return len(await take_some(change, tombstone, Fanout, inside, most))


fanouts_of_project = Step((Fanout,), _take_fanouts)


async def _take_agents(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Agents of a deleted workspace, with the users that they acted as: nothing is left that those wrote."""
    query = {"workspace_id": tombstone["_id"]}
    agent = await collection(Agent).find_one(query, {"user_id": 1}, session=change.session)
    if agent is None:
        return 0
    taken = await _take_service_user(change, tombstone, agent["user_id"], most)
    if taken >= most:
        return taken
    await collection(Agent).delete_one({"_id": agent["_id"]}, session=change.session)
    return taken + 1


agents = Step((Agent, ApiToken, User, OrganizationMember), _take_agents)


async def _take_keys(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Keys that worked in a deleted workspace, with the users that they acted as. Their organization is told."""
    query = {"workspace_id": tombstone["_id"], "organization_id": {"$type": "objectId"}}
    shown = {"user_id": 1, "organization_id": 1, "deleted_at": 1}
    key = await collection(ApiToken).find_one(query, shown, session=change.session)
    if key is None:
        return 0
    taken = await _take_service_user(change, tombstone, key["user_id"], most)
    if taken >= most:
        return taken
    if key["deleted_at"] is None:
        change.append(ObjectId(key["organization_id"]), ApiKeyDeleted(deleted_id=key["_id"]))
    return taken + 1


keys = Step((ApiToken, User, OrganizationMember), _take_keys)


async def _take_service_user(change: Change, tombstone: TombstoneRecord, user_id: ObjectId, most: int) -> int:
    """Delete a service user with all that is its own, its tokens last; how much that was. As much as was asked for, and
    the user is still there."""
    taken = 0
    for model, key in _OF_SERVICE_USERS:
        while taken < most and (found := await take_some(change, tombstone, model, {key: user_id}, most - taken)):
            taken += len(found)
    if taken >= most:
        return taken
    mine = {"user_id": user_id}
    for member in await collection(OrganizationMember).find(mine, session=change.session).to_list():  # of one alone
        change.append(member["organization_id"], OrganizationMemberRemoved(user_id=user_id))
    await collection(OrganizationMember).delete_many(mine, session=change.session)
    await collection(StreamHead).delete_one({"_id": user_id}, session=change.session)
    await collection(User).delete_one({"_id": user_id, "is_agent": True}, session=change.session)
    await collection(ApiToken).delete_many(mine, session=change.session)  # it has one
    return taken


async def _take_missions(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Cancel what an agent has not finished."""
    unfinished = {"agent_id": tombstone["_id"], "status": {"$in": [status.value for status in ACTIVE]}}
    found = await collection(Mission).find(unfinished, session=change.session).limit(most).to_list()
    for mission in found:
        await change_status(change, mission, MissionStatus.CANCELLED)
    return len(found)


missions_of_agent = Step((), _take_missions)


def letting_go(key: str) -> Step:
    """The todos that name what was deleted under `key`: they stay, and name it no more."""

    async def take(change: Change, tombstone: TombstoneRecord, most: int) -> int:
        named = {key: tombstone["_id"]}
        found = await collection(Todo).find(named, session=change.session).limit(min(most, IDS_PER_QUERY)).to_list()
        changes = {key: None, "updated_at": change.at}
        for some in portions([todo["_id"] for todo in found], AT_A_TIME):
            await collection(Todo).update_many({"_id": {"$in": some}}, {"$set": changes}, session=change.session)
            await change.give_way()
        if found:
            told = [TodoUpdated(todo=with_changes(todo, changes)) for todo in found]
            change.append(tombstone["stream_id"], *told)
        return len(found)

    return Step((), take)


async def _leave_homes(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Whoever was at home in a deleted workspace is so where they came into next."""
    at_home = {"home_workspace_id": tombstone["_id"]}
    found = collection(User).find(at_home, {"_id": 1}, session=change.session).limit(min(most, IDS_PER_QUERY))
    ids = [user["_id"] for user in await found.to_list()]
    for some in portions(ids, AT_A_TIME):
        left = {"$set": {"home_workspace_id": None}}
        await collection(User).update_many({"_id": {"$in": some}}, left, session=change.session)
        await change.give_way()
    return len(ids)


homes = Step((), _leave_homes)


async def _take_membership(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """What a person had in a workspace that they left: the projects, and what they were told of.

    Who has come back meanwhile keeps what is newer.
    """
    mine: Record = {"workspace_id": tombstone["stream_id"], "user_id": tombstone["user_id"]}
    if await collection(WorkspaceMember).find_one(mine, {"_id": 1}, session=change.session) is not None:
        mine["created_at"] = {"$lte": tombstone["deleted_at"]}
    left = await take_some(change, tombstone, ProjectMember, mine, most, tell.member_removed)
    return len(left) or await take_notifications(change, mine, most)


of_membership = Step((ProjectMember, Notification), _take_membership)


async def _take_deletions(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Deletions in a workspace that is deleted as a whole."""
    others = {"stream_id": tombstone["_id"], "_id": {"$ne": tombstone["_id"]}}
    return len(await take_some(change, tombstone, Tombstone, others, most))


other_deletions = Step((Tombstone,), _take_deletions)


async def _take_cards_of_workspace(change: Change, tombstone: TombstoneRecord, _: int) -> int:
    """Cards that the lanes of a deleted workspace name, which nothing has to be read of: none leaves one, and what is
    on them goes by the workspace's own lists."""
    return await delete_by_id(change, Card, tombstone.get(CHOSEN, ()))


cards_of_workspace = Step((Card,), _take_cards_of_workspace, lanes_by="workspace_id", is_silent=True)


async def _take_cards_of_project(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Cards of a deleted project that its lanes name, with what is said and done on each.

    No list of so many is short: the embedded database would stop for others while it reads one. What of a card is too
    much for one part keeps that; what no lane names comes after.
    """
    if not tombstone.get(CHOSEN):
        return 0
    ids = (await chosen(change, tombstone, Card, "project_id"))["_id"]["$in"]  # one may have left the project
    taken = await take_from_cards(change, tombstone, ids, most) if ids else 0
    if taken >= most:
        return taken
    for some in portions(ids, AT_A_TIME):
        # Nearly every card has one, so they are looked for together with the fewest.
        done = len(await take_some(change, tombstone, Activity, {"card_id": {"$in": some}}, most))
        taken += done
        if done < most:
            taken += len(await take_some(change, tombstone, Card, {"_id": {"$in": some}}, most, tell.card_deleted))
    return taken


cards_of_project = Step((Card,), _take_cards_of_project, lanes_by="project_id", lingers="project_id")


async def leave_inputs(change: Change, jobs: Sequence[TransferJobRecord]) -> None:
    """Give up the files of imports that have not ended."""
    await leave_files(change, [job["_id"] for job in jobs if job["expires_at"] is None])


def _labelled(tombstone: TombstoneRecord) -> Where:
    return {"project_id": tombstone["project_id"], "label_ids": tombstone["_id"]}


async def _take_label(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Take a label off cards, where nobody sees it any more."""
    where = _labelled(tombstone) if CHOSEN not in tombstone else {"_id": {"$in": tombstone[CHOSEN]}}
    cursor = collection(Card).find(where, dict.fromkeys(KEPT_FIELDS, 1), session=change.session)
    found = await cursor.limit(min(most, IDS_PER_QUERY)).to_list()
    if found:
        these = {"_id": {"$in": [card["_id"] for card in found]}}
        without = {"$pull": {"label_ids": tombstone["_id"]}}
        await collection(Card).update_many(these, without, session=change.session)
        await keep(change, [(card, {**card, "label_ids": without_label(card, tombstone["_id"])}) for card in found])
    return len(found)


def without_label(card: CardRecord, label_id: ObjectId) -> list[ObjectId]:
    """The labels of a card but for one."""
    return [object_id for object_id in card["label_ids"] if object_id != label_id]


label_on_cards = Step((Card,), _take_label, _labelled)


async def _take_values(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Take the values of a custom field off cards, which nobody sees without its definition.

    No index finds them, so lanes name the cards of a large project, and one that was put on a card since stays there.
    """
    named, valued = {"project_id": tombstone["project_id"]}, {path_of(tombstone["_id"]): {"$exists": True}}
    ids = [] if LOOKED in tombstone else tombstone.get(CHOSEN)
    if ids is None:
        cursor = collection(Card).find({**named, **valued}, {"_id": 1}, session=change.session)
        ids = [card["_id"] for card in await cursor.limit(min(most, IDS_PER_QUERY)).to_list()]
    without = {"$unset": {path_of(tombstone["_id"]): ""}}
    for some in portions(ids, AT_A_TIME):
        await collection(Card).update_many({"_id": {"$in": some}, **valued}, without, session=change.session)
        await change.give_way()
    return len(ids)


values_on_cards = Step((Card,), _take_values, lanes_by="project_id")


async def _take_queues(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Delete queues of a workspace; what is in them goes with a deletion of each, in a history of its own."""
    inside = {"workspace_id": tombstone["_id"]}
    found = collection(Queue).find(inside, {"_id": 1}, session=change.session).limit(min(most, AT_A_TIME))
    ids = [queue["_id"] for queue in await found.to_list()]
    left = [Tombstone(id=queue_id, stream_id=queue_id, deleted_at=change.at, due_at=change.at) for queue_id in ids]
    await insert_all(Tombstone, [to_record(each) for each in left], change)
    await delete_by_id(change, Queue, ids)
    return len(ids)


queues = Step((Queue,), _take_queues)
"""The queues of a workspace."""


async def _take_notifications_of(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """What people were notified of in the workspaces of an organization."""
    for some in portions(await _workspaces(change, tombstone)):
        taken = await take_notifications(change, {"workspace_id": among(some)}, most)
        if taken:
            return taken
    return 0


notifications_of_organization = Step((Notification,), _take_notifications_of)


async def _take_workspaces(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """The workspaces of an organization that was kept to be restored: from now on they go as deleted ones do."""
    ids = (await _workspaces(change, tombstone))[:most]
    await delete_by_id(change, Workspace, ids)
    tombstones = [
        Tombstone(id=workspace_id, stream_id=workspace_id, actor_id=tombstone["actor_id"], deleted_at=change.at)
        for workspace_id in ids
    ]
    await insert_all(Tombstone, [to_record(laid) for laid in tombstones], change)
    return len(ids)


workspaces_kept = Step((Workspace,), _take_workspaces)


async def _workspaces(change: Change, tombstone: TombstoneRecord) -> list[ObjectId]:
    """Those of a deleted organization, which are few (`resolvers.organization.closing`)."""
    inside = {"organization_id": tombstone["_id"]}
    found = await collection(Workspace).find(inside, {"_id": 1}, session=change.session).to_list()
    return [workspace["_id"] for workspace in found]
