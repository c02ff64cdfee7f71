"""Cards of a project."""

from resolvers.card.card import create_card, delete_card, get_card, list_cards
from resolvers.card.update import update_card
from resolvers.inputs.card import CardCreate, CardUpdate
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECT
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.card import Card, card, cards

routes = Routes("Cards", PROJECT, about="The work items.", place=220)


@routes.get("/cards", "List the cards of a project", runs=list_cards)
async def find(call: Call) -> list[Card]:
    """Of all its columns, archived ones included; at most 5,000."""
    project = await guards.project(call)
    return await cards(await list_cards(call.ctx, project["_id"]))


@routes.post("/cards", "Create a card", runs=create_card, given=["projectId"])
async def create(call: Call) -> Card:
    """At the end of the column that `columnId` names; without one the card stands in no column."""
    project = await guards.project(call)
    return await card((await create_card(call.ctx, call.body(CardCreate, projectId=project["_id"]))).value)


@routes.post(
    "/columns/{columnId}/cards", "Create a card in a column", runs=create_card, given=["projectId", "columnId"]
)
async def create_in_column(call: Call) -> Card:
    column = await guards.column(call)
    values = call.body(CardCreate, projectId=column["project_id"], columnId=column["_id"])
    return await card((await create_card(call.ctx, values)).value)


@routes.get("/cards/{cardId}", "Read a card", runs=get_card)
async def get(call: Call) -> Card:
    found = await guards.card(call)
    return await card(await get_card(call.ctx, found["_id"]))


@routes.patch("/cards/{cardId}", "Change, move or archive a card", runs=update_card)
async def update(call: Call) -> Card:
    """Only what is given changes, all of it at once; null clears what can be empty."""
    found = await guards.card(call)
    return await card((await update_card(call.ctx, found["_id"], call.body(CardUpdate))).value)


@routes.delete("/cards/{cardId}", "Delete a card for good", runs=delete_card)
async def delete(call: Call) -> Ok:
    found = await guards.card(call)
    await delete_card(call.ctx, found["_id"])
    return ok()
