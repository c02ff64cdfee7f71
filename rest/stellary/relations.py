"""Relations of a card to others of the workspace."""

from resolvers.inputs.relation import RelationCreate
from resolvers.relation.relation import create_relation, delete_relation, list_relations
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD, PROJECT
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.relation import Relation, relation, relations

of_cards = Routes("Relations", CARD + "/relations", about="How cards of a workspace stand to each other.", place=350)
routes = Routes("Relations", PROJECT)


@of_cards.get("", "List the relations of a card", runs=list_relations)
async def find(call: Call) -> list[Relation]:
    """As the card sees them; at most 200."""
    found = await guards.card(call)
    return await relations(await list_relations(call.ctx, found["_id"]))


@of_cards.post("", "Relate a card to another one", runs=create_relation, given=["cardId"])
async def create(call: Call) -> Relation:
    """The other card may be of any project of the workspace."""
    found = await guards.card(call)
    made = await create_relation(call.ctx, call.body(RelationCreate, cardId=found["_id"]))
    return await relation(made.value, found["_id"])


@routes.delete("/relations/{relationId}", "End a relation, for both cards", runs=delete_relation)
async def delete(call: Call) -> Ok:
    found = await guards.relation(call)
    await delete_relation(call.ctx, found["_id"])
    return ok()
