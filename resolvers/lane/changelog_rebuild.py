"""Writes the entries of cards that were done before there was a changelog."""

from collections.abc import Sequence

from pymongo import UpdateOne

from models import Card, ChangelogEntry
from models.base import WRITTEN_AT_ONCE, collection
from models.records import CardRecord
from resolvers.kit.migration_step import MigrationStep, Work, over_all
from resolvers.lane.changelog import agents_behind, entry_of

_READ = ("workspace_id", "project_id", "assignee_id", "title", "resolution", "type", "completed_at")


async def _cards(work: Work) -> None:
    await over_all(Card, work, _write_entries, _READ)


CHANGELOG_STEP = MigrationStep("changelog", "What cards came to", _cards)


async def _write_entries(cards: Sequence[CardRecord]) -> None:
    """Write the entries of those that are done and have none: once, whoever else does it too."""
    done = [card for card in cards if card.get("completed_at") is not None]
    agents = await agents_behind(None, [card["assignee_id"] for card in done])
    entries = [entry_of(card, agents, None) for card in done]
    writes = [UpdateOne({"card_id": entry["card_id"]}, {"$setOnInsert": entry}, upsert=True) for entry in entries]
    for start in range(0, len(writes), WRITTEN_AT_ONCE):
        await collection(ChangelogEntry).bulk_write(writes[start : start + WRITTEN_AT_ONCE], ordered=False)
