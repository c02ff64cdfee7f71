"""Relations between cards of one workspace: of one project or of several."""

from bson import ObjectId

from auth.policies import board
from models import Card, Relation
from models.base import Record, collection, to_record
from models.enums import RelationType, TokenScope
from models.errors import BadUserInput, NotFound
from models.records import CardRecord, RelationRecord
from realtime.events.relation import RelationCreated
from realtime.log import Change, Committed
from resolvers.deletion.cascade_events import relation_deleted
from resolvers.inputs.relation import RelationCreate
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD, RELATION
from resolvers.kit.operation import operation
from resolvers.relation.check import check_relation
from resolvers.relation.graph import relations_of

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
NEEDED = frozenset({"project_id"})
STORED = (RelationType.BLOCKS, RelationType.DUPLICATES, RelationType.PARENT_OF, RelationType.RELATED_TO)


@operation("relations", opens=CARD.by("card_id"), permission=board.READ, scope=READ, read_only=True)
async def list_relations(ctx: Context, card: CardRecord) -> list[Record]:
    """A card's relations as the card sees them, oldest first; at most 200."""
    return (await relations_of(ctx, [card], None))[0]


@operation("relationCreate", inside=CARD.reading(*NEEDED), permission=board.WRITE, scope=WRITE)
async def create_relation(ctx: Context, card: CardRecord, values: RelationCreate) -> Committed[RelationRecord]:
    """Relate a card to another one of the workspace.

    Raises BadUserInput for the card itself and for one of another workspace; Conflict for what is there already, a
    second parent and a circle.
    """
    target = await access(ctx, CARD, values.target_card_id, board.WRITE, field="targetCardId", fields=NEEDED)
    if card["_id"] == target["_id"]:
        raise BadUserInput("is the card itself", field="targetCardId")
    if card["workspace_id"] != target["workspace_id"]:
        raise BadUserInput("is a card of another workspace", field="targetCardId")

    async def body(change: Change) -> RelationRecord:
        ids = {"$in": [card["_id"], target["_id"]]}
        if len(await collection(Card).find({"_id": ids}, {"_id": 1}, session=change.session).to_list()) != 2:
            raise NotFound("Card")
        return await relate(change, card, values.type, target)

    return await ctx.write(card["workspace_id"], body)


async def relate(change: Change, card: CardRecord, type: RelationType, target: CardRecord) -> RelationRecord:
    """Write a relation within a change that may go on; both cards carry their workspace and project."""
    source = card
    if type not in STORED:
        source, target, type = target, source, type.inverse
    if type is RelationType.RELATED_TO:  # the same from either side, so kept one way
        source, target = sorted((source, target), key=lambda record: ObjectId(record["_id"]))
    await check_relation(change, type, source["_id"], target["_id"])
    relation = to_record(
        Relation(
            workspace_id=card["workspace_id"],
            type=type,
            source_id=source["_id"],
            target_id=target["_id"],
            card_ids=[source["_id"], target["_id"]],
            project_ids=list(dict.fromkeys([source["project_id"], target["project_id"]])),
            created_by=change.actor_id,
            created_at=change.at,
        )
    )
    await collection(Relation).insert_one(relation, session=change.session)
    event = RelationCreated(
        relation=relation, project_ids=relation["project_ids"], project_id=relation["project_ids"][0]
    )
    change.append(relation["workspace_id"], event)
    return relation


@operation("relationDelete", opens=RELATION.whole, permission=board.WRITE, scope=WRITE)
async def delete_relation(ctx: Context, relation: RelationRecord) -> Committed[ObjectId]:
    """End a relation, for both cards."""

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Relation).delete_one({"_id": relation["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Relation")
        change.append(relation["workspace_id"], relation_deleted(relation))
        return ObjectId(relation["_id"])

    return await ctx.write(relation["workspace_id"], body)
