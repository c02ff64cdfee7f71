"""What can be reached from cards by their relations, and from relations."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from models import Card, Relation
from models.base import Record, aggregate, collection
from models.enums import RelationType, TokenScope
from models.records import CardRecord
from resolvers.column.done import done_columns
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.load import one_by
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import edge

READ = TokenScope.PROJECTS_READ
_OTHER = {"source_id": "target_id", "target_id": "source_id"}


@edge(scope=READ)
async def relations_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[Record]]:
    """A card's relations as the card sees them, oldest first: `type`, the id of the other card, and the relation."""
    ids = list({card["_id"] for card in cards})
    per_card: dict[ObjectId, list[Record]] = {object_id: [] for object_id in ids}
    for relation in await collection(Relation).find({"card_ids": {"$in": ids}}).sort("_id", 1).to_list():
        type_ = RelationType(relation["type"])
        ends = ((relation["source_id"], type_), (relation["target_id"], type_.inverse))
        for (own, seen), (other, _) in (ends, ends[::-1]):
            if own in per_card:
                per_card[own].append(
                    {"_id": relation["_id"], "own_id": own, "card_id": other, "type": seen, "relation": relation}
                )
    return [per_card[card["_id"]] for card in cards]


other_of = one_by(CARD, "card_id")
"""The card at the other end."""
source_of = one_by(CARD, "source_id")
"""The card that a relation begins at."""
target_of = one_by(CARD, "target_id")
"""The card that a relation leads to."""


@edge(scope=READ)
async def blocked_by_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[CardRecord]]:
    """The cards that a card waits for, done ones included."""
    return await _neighbours(cards, RelationType.BLOCKS, "target_id", fields)


@edge(scope=READ)
async def blocks_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[CardRecord]]:
    """The cards that wait for a card."""
    return await _neighbours(cards, RelationType.BLOCKS, "source_id", fields)


@edge(scope=READ)
async def children_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[CardRecord]]:
    """The cards that a card is the parent of."""
    return await _neighbours(cards, RelationType.PARENT_OF, "source_id", fields)


@edge(scope=READ)
async def parent_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[CardRecord | None]:
    """A card's parent."""
    found = await _neighbours(cards, RelationType.PARENT_OF, "target_id", fields)
    return [parents[0] if parents else None for parents in found]


@edge(scope=READ)
async def is_blocked_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[bool]:
    """Whether a card waits for one that is neither done nor archived. A second query tells what is done."""
    needed = frozenset({"archived", "column_id", "project_id"})
    found = await _neighbours(cards, RelationType.BLOCKS, "target_id", needed)
    blocking = [[blocker for blocker in blockers if not blocker["archived"]] for blockers in found]
    done = await done_columns({record["project_id"] for some in blocking for record in some})
    return [any(record["column_id"] not in done for record in some) for some in blocking]


async def _neighbours(
    cards: Sequence[CardRecord], type: RelationType, own: str, fields: Fields
) -> list[list[CardRecord]]:
    """The cards at the other end of the relations of a type whose `own` end the cards are: one query for all."""
    ids = list({card["_id"] for card in cards})
    wanted = projection(fields)
    pipeline: list[dict[str, Any]] = [
        {"$match": {own: {"$in": ids}, "type": type.value}},
        {"$sort": {"_id": 1}},
        {
            "$lookup": {
                "from": collection(Card).name,
                "localField": _OTHER[own],
                "foreignField": "_id",
                "pipeline": [{"$project": wanted}] if wanted is not None else [],
                "as": "cards",
            }
        },
        {"$project": {own: 1, "cards": 1}},
    ]
    found: dict[ObjectId, list[CardRecord]] = {object_id: [] for object_id in ids}
    for row in await aggregate(Relation, pipeline):
        found[row[own]] += row["cards"]
    return [found[card["_id"]] for card in cards]
