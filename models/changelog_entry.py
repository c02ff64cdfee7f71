"""The changelog of a workspace: what its cards came to, one entry for each that is done."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, kind
from models.card_enums import CardType
from models.facts import FILTER, SHOWN, Facts
from models.ids import Kind, id_at
from models.records import ChangelogEntryRecord


@kind(0xED)
class ChangelogEntry(Stored[ChangelogEntryRecord]):
    """What was done with a card, as it was when it came to be done. It is there as long as the card has a
    `completed_at`.

    Its id follows from the card and that moment, so that entries sort by when cards were done, and a card has one.
    """

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project of the card.", SHOWN | FILTER, refers=Kind.PROJECT)]
    card_id: Annotated[PydanticObjectId, Facts("The card.", SHOWN | FILTER, refers=Kind.CARD)]
    agent_id: Annotated[
        PydanticObjectId | None,
        Facts(
            "The agent that did it: whom it was assigned to then or, of another assignee, who moved it.",
            SHOWN | FILTER,
            refers=Kind.AGENT,
        ),
    ] = None
    title: Annotated[str, Facts("The title of the card then.")]
    resolution: Annotated[str | None, Facts("What it had come to, as Markdown.")] = None
    type: Annotated[CardType | None, Facts("What kind of work it was.")] = None
    completed_at: Annotated[datetime, Facts("When it came to be done.")]

    class Settings:
        name = "changelog_entries"
        indexes = [
            IndexModel([("card_id", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("agent_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", DESCENDING)]),
        ]


def entry_id(card_id: ObjectId, completed_at: datetime) -> ObjectId:
    """The id of the entry of a card that came to be done then."""
    return id_at(Kind.CHANGELOG_ENTRY, completed_at, sha256(card_id.binary).digest())
