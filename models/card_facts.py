"""What figures are made of: a few facts of every card, packed and kept in blocks by project."""

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import CardFactsBlockRecord, CardFactsRecord


class CardFacts(Recorded[CardFactsRecord]):
    """The blocks that hold the facts of a project's cards; `id` is the project's.

    `blocks` are in the order of the cards' ids: each holds those from its one of `firsts` on, up to the next.
    """

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    blocks: list[PydanticObjectId] = Field(default_factory=list)
    firsts: list[PydanticObjectId] = Field(default_factory=list)

    class Settings:
        name = "card_facts"
        indexes = [IndexModel([("workspace_id", ASCENDING)])]


class CardFactsBlock(Recorded[CardFactsBlockRecord]):
    """Facts by card: `rows` from the hexadecimal id to what `resolvers.lane.card_facts.packed` makes of the card."""

    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    rows: dict[str, bytes]

    class Settings:
        name = "card_facts_blocks"
        indexes = [IndexModel([("project_id", ASCENDING)]), IndexModel([("workspace_id", ASCENDING)])]
