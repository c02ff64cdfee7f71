"""Events of the changelog: entries follow the cards that come to be done, and go where those are reopened."""

from typing import Annotated, Any

from models.records import ChangelogEntryRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class ChangelogEntryAdded(Event, topics=IN_PROJECT):
    """A card came to be done, and stands in the changelog."""

    changelog_entry: Annotated[ChangelogEntryRecord, Shown("The entry.")]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "project_id", self.changelog_entry["project_id"])
        object.__setattr__(self, "card_id", self.changelog_entry["card_id"])


class ChangelogEntryRemoved(Event, topics=IN_PROJECT):
    """A card is done no more, or was deleted, and stands in the changelog no more."""

    deleted_id: Annotated[Id, Shown("The id of the entry.", name="changelog_entry_id")]
    project_id: Annotated[Id | None, Shown("The id of the project of the card.")] = None
