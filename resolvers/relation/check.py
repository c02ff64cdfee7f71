"""What a new relation must not be: one that is there already, a second parent, a circle, one too many.

All of it is read in the transaction that writes the relation. Relations stay inside a workspace, whose changes are
written one after the other, so two that together would close a circle cannot both pass.
"""

from bson import ObjectId

from models import Relation
from models.base import collection
from models.enums import RelationType
from models.errors import Conflict
from models.ids import portions
from models.records import RelationRecord
from realtime.log import Change

MAX_RELATIONS = 200
"""Of one card: its relations are read whole."""
MAX_ANCESTORS = 100
MAX_BLOCKED = 1000
"""How many cards behind a blocked one are looked at for a circle."""


async def check_relation(change: Change, type: RelationType, source_id: ObjectId, target_id: ObjectId) -> None:
    """Raise Conflict for a relation that cannot be; `type` is one of those that are stored."""
    pairs = [(source_id, target_id)]
    if type is RelationType.DUPLICATES:
        pairs.append((target_id, source_id))
    for source, target in pairs:
        if await _find(change, {"source_id": source, "target_id": target, "type": type.value}) is not None:
            raise Conflict("The two cards have this relation already", field="targetCardId")
    for card_id in (source_id, target_id):
        having = {"card_ids": card_id}
        if await collection(Relation).count_documents(having, session=change.session) >= MAX_RELATIONS:
            raise Conflict(f"A card has at most {MAX_RELATIONS} relations")
    if type is RelationType.PARENT_OF:
        await _check_parent(change, source_id, target_id)
    if type is RelationType.BLOCKS:
        await _check_blocks(change, source_id, target_id)


async def _check_parent(change: Change, parent_id: ObjectId, child_id: ObjectId) -> None:
    if await _find(change, {"target_id": child_id, "type": RelationType.PARENT_OF.value}) is not None:
        raise Conflict("The card has a parent already")
    ancestor = parent_id
    for _ in range(MAX_ANCESTORS):
        above = await _find(change, {"target_id": ancestor, "type": RelationType.PARENT_OF.value})
        if above is None:
            return
        ancestor = above["source_id"]
        if ancestor == child_id:
            raise Conflict("A card cannot be a parent of its own ancestor")
    raise Conflict(f"Cards have at most {MAX_ANCESTORS} generations")


async def _check_blocks(change: Change, blocker_id: ObjectId, blocked_id: ObjectId) -> None:
    seen, level = {blocked_id}, [blocked_id]
    while level:
        reached: set[ObjectId] = set()
        for some in portions(level):
            query = {"source_id": {"$in": some}, "type": RelationType.BLOCKS.value}
            found = collection(Relation).find(query, {"target_id": 1}, session=change.session)
            reached |= {relation["target_id"] for relation in await found.to_list()}
        if blocker_id in reached:
            raise Conflict("The cards would block each other in a circle")
        level = list(reached - seen)
        seen |= reached
        if len(seen) > MAX_BLOCKED:
            raise Conflict(f"More than {MAX_BLOCKED} cards wait for this one")


async def _find(change: Change, query: dict[str, object]) -> RelationRecord | None:
    return await collection(Relation).find_one(query, session=change.session)
