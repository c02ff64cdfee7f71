"""Keeps the changelog with every change of cards: an entry for each that is done."""

from collections.abc import Mapping, Sequence

from bson import ObjectId

from models import Agent, ChangelogEntry
from models.base import collection, insert_all, to_record
from models.card import CardPair
from models.changelog_entry import entry_id
from models.ids import portions
from models.records import CardRecord, ChangelogEntryRecord
from realtime.events.changelog_entry import ChangelogEntryAdded, ChangelogEntryRemoved
from realtime.log import Change


async def keep_changelog(change: Change, pairs: Sequence[CardPair]) -> None:
    """Write the entries of cards that came to be done, and remove those of cards that are done no more."""
    undone = [before for before, after in pairs if before is not None and _is_done(before) and not _is_done(after)]
    done = [after for before, after in pairs if after is not None and _is_done(after) and not _is_done(before)]
    for some in portions(card["_id"] for card in undone):
        inside = {"card_id": {"$in": some}}
        found = await collection(ChangelogEntry).find(inside, {"project_id": 1}, session=change.session).to_list()
        if found:
            gone = {"_id": {"$in": [entry["_id"] for entry in found]}}
            await collection(ChangelogEntry).delete_many(gone, session=change.session)
            removed = (
                ChangelogEntryRemoved(deleted_id=entry["_id"], project_id=entry["project_id"]) for entry in found
            )
            change.append(undone[0]["workspace_id"], *removed)
    if done:
        agents = await agents_behind(change, [*(card["assignee_id"] for card in done), change.actor_id])
        entries = [entry_of(card, agents, change.actor_id) for card in done]
        await insert_all(ChangelogEntry, entries, change)
        change.append(done[0]["workspace_id"], *(ChangelogEntryAdded(changelog_entry=entry) for entry in entries))


def entry_of(
    card: CardRecord, agents: Mapping[ObjectId | None, ObjectId], actor_id: ObjectId | None
) -> ChangelogEntryRecord:
    """The entry of a card that is done, not yet written. `agents` are by the users that they act as."""
    if (moment := card["completed_at"]) is None:
        raise ValueError("the card is not done")
    return to_record(
        ChangelogEntry(
            id=entry_id(card["_id"], moment),
            workspace_id=card["workspace_id"],
            project_id=card["project_id"],
            card_id=card["_id"],
            agent_id=agents.get(card["assignee_id"]) or agents.get(actor_id),
            title=card["title"],
            resolution=card.get("resolution"),
            type=card.get("type"),
            completed_at=moment,
            created_at=moment,
        )
    )


async def agents_behind(change: Change | None, user_ids: Sequence[ObjectId | None]) -> dict[ObjectId | None, ObjectId]:
    """The agents among some users, by the users that they act as."""
    found: dict[ObjectId | None, ObjectId] = {}
    session = None if change is None else change.session
    for some in portions({user_id for user_id in user_ids if user_id is not None}):
        agents = collection(Agent).find({"user_id": {"$in": some}}, {"user_id": 1}, session=session)
        found |= {agent["user_id"]: agent["_id"] async for agent in agents}
    return found


def _is_done(card: CardRecord | None) -> bool:
    return card is not None and card.get("completed_at") is not None
