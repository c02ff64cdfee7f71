"""A project that nobody sees until it is whole: it stands below a tombstone, as what was deleted does.

What its parts write is told at once by the change that takes the tombstone away. So an old snapshot with the events
since is a fresh read at any moment, and no client meets a half-written project.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId

from models import Card, Column, Project, ProjectMember, Tombstone
from models.base import collection, to_record
from models.enums import ActivityType
from models.records import CardRecord, ProjectRecord
from models.tombstone import NEVER
from models.turns import in_turns
from realtime.events.card import CardCreated
from realtime.events.column import ColumnCreated
from realtime.events.project import ProjectCreated, ProjectMemberAdded
from realtime.log import Change
from resolvers.activity.activity import new_activity, record_activities
from resolvers.transfer.write import Part


async def hide(change: Change, project: ProjectRecord) -> None:
    """Keep a project that this change has made from everybody."""
    tombstone = Tombstone(
        id=project["_id"],
        stream_id=project["workspace_id"],
        actor_id=change.actor_id,
        deleted_at=change.at,
        due_at=NEVER,
    )
    await collection(Tombstone).insert_one(to_record(tombstone), session=change.session)
    change.events.clear()


def untold(part: Part) -> Part:
    """A part of a hidden project: nothing of it is told as it is written."""

    async def write(change: Change, project: ProjectRecord) -> None:
        await part.write(change, project)
        change.events.clear()

    return replace(part, write=write)


async def show(change: Change, project: ProjectRecord) -> None:
    """Have everybody see a hidden project, and tell of all that is in it: members, columns and cards."""
    await collection(Tombstone).delete_one({"_id": project["_id"]}, session=change.session)
    workspace_id, project_id = project["workspace_id"], project["_id"]
    inside = {"project_id": project_id}
    members = await collection(ProjectMember).find(inside, session=change.session).sort("_id", 1).to_list()
    columns = await collection(Column).find(inside, session=change.session).sort("rank", 1).to_list()
    cards = await collection(Card).find(inside, session=change.session).sort("rank", 1).to_list()
    change.append(workspace_id, ProjectCreated(project=project, project_id=project_id))
    change.append(workspace_id, *(ProjectMemberAdded(member=member, project_id=project_id) for member in members))
    for order, column in enumerate(columns):
        change.append(workspace_id, ColumnCreated(column=column, order=order, project_id=project_id))
    await _tell_cards(change, workspace_id, cards)


async def _tell_cards(change: Change, workspace_id: ObjectId, cards: Sequence[CardRecord]) -> None:
    places: dict[ObjectId | None, int] = defaultdict(int)
    activities = []
    async for card in in_turns(cards):
        change.append(workspace_id, CardCreated(card=card, order=places[card["column_id"]]))
        places[card["column_id"]] += 1
        activities.append(new_activity(change, card, ActivityType.CARD_CREATED, {"title": card["title"]}))
    await record_activities(change, activities, audience=None)


async def drop(change: Change, project_id: ObjectId) -> None:
    """Give a hidden project up: what is written of it goes as that of a deletion does. One that is seen stays."""
    hidden = {"_id": project_id, "due_at": NEVER}
    due = {"$set": {"due_at": change.at}}
    if (await collection(Tombstone).update_one(hidden, due, session=change.session)).matched_count:
        await collection(Project).delete_one({"_id": project_id}, session=change.session)
