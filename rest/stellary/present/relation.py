"""Relations as one of their cards sees them."""

from collections.abc import Sequence
from typing import Literal

from bson import ObjectId
from typing_extensions import TypedDict

from models import Card as CardDocument
from models.base import Record
from models.enums import RelationType
from resolvers.kit.load import by_ids
from rest.stellary.present.base import Id, Timestamp, id_or_none, timestamp

RelationWord = Literal["blocks", "blocked_by", "related_to", "duplicates", "duplicated_by", "parent_of", "child_of"]
_WORDS: dict[RelationType, RelationWord] = {
    RelationType.BLOCKS: "blocks",
    RelationType.BLOCKED_BY: "blocked_by",
    RelationType.RELATED_TO: "related_to",
    RelationType.DUPLICATES: "duplicates",
    RelationType.DUPLICATED_BY: "duplicated_by",
    RelationType.PARENT_OF: "parent_of",
    RelationType.CHILD_OF: "child_of",
}
_CARD = frozenset({"title", "project_id", "column_id", "archived"})


class RelatedCard(TypedDict):
    """The other card."""

    id: Id
    title: str
    projectId: Id
    columnId: Id | None
    archived: bool


class Relation(TypedDict):
    """`type` is what the card is to the target."""

    id: Id
    type: RelationWord
    cardId: Id
    targetCardId: Id
    targetCard: RelatedCard | None
    createdBy: Id | None
    createdAt: Timestamp


async def relations(seen: Sequence[Record]) -> list[Relation]:
    """Relations as `relations_of` tells them: one query for all of the other cards."""
    cards = await by_ids(CardDocument, (one["card_id"] for one in seen), _CARD)
    return [_relation(one, cards.get(one["card_id"])) for one in seen]


async def relation(record: Record, card_id: ObjectId) -> Relation:
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


def _relation(seen: Record, other: Record | None) -> Relation:
    record = seen["relation"]
    return {
        "id": str(record["_id"]),
        "type": _WORDS[seen["type"]],
        "cardId": str(seen["own_id"]),
        "targetCardId": str(seen["card_id"]),
        "targetCard": None if other is None else _card(other),
        "createdBy": id_or_none(record["created_by"]),
        "createdAt": timestamp(record["created_at"]),
    }


def _card(record: Record) -> RelatedCard:
    return {
        "id": str(record["_id"]),
        "title": record["title"],
        "projectId": str(record["project_id"]),
        "columnId": id_or_none(record["column_id"]),
        "archived": record["archived"],
    }
