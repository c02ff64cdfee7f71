"""Relations as one of their cards sees them."""

from collections.abc import Sequence
from typing import Literal

from bson import ObjectId
from typing_extensions import TypedDict

import models
from models.base import Record
from models.enums import RelationType
from models.records import CardRecord, RelationRecord
from resolvers.kit.load import by_ids
from rest.present import Id, presents, shown

RelationWord = Literal["blocks", "blocked_by", "related_to", "duplicates", "duplicated_by", "parent_of", "child_of"]
_CARD = frozenset({"title", "project_id", "column_id", "archived"})


@presents(models.Card, only=_CARD)
class RelatedCard(TypedDict):
    """The other card."""


@presents(models.Relation)
class Relation(TypedDict):
    """`type` is what the card is to the target."""

    type: RelationWord
    cardId: Id
    targetCardId: Id
    targetCard: RelatedCard | None


async def relations(seen: Sequence[Record]) -> list[Relation]:
    """Relations as `relations_of` tells them: one query for all of the other cards."""
    cards = await by_ids(models.Card, (record["card_id"] for record in seen), _CARD)
    return [_relation(record, cards.get(record["card_id"])) for record in seen]


async def relation(record: RelationRecord, card_id: ObjectId) -> Relation:
    """A relation as the card sees it."""
    is_source = record["source_id"] == card_id
    type_ = RelationType(record["type"])
    seen = {
        "own_id": card_id,
        "card_id": record["target_id" if is_source else "source_id"],
        "type": type_ if is_source else type_.inverse,
        "relation": record,
    }
    return (await relations([seen]))[0]


def _relation(seen: Record, other: CardRecord | None) -> Relation:
    return {
        **shown(Relation, seen["relation"]),
        "type": seen["type"].value,
        "cardId": str(seen["own_id"]),
        "targetCardId": str(seen["card_id"]),
        "targetCard": None if other is None else shown(RelatedCard, other),
    }
