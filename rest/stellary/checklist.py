"""Checklist items of a card."""

from typing_extensions import TypedDict

from models.ids import Kind
from resolvers.card.checklist import (
    add_checklist_item,
    convert_checklist_item,
    move_checklist_item,
    remove_checklist_item,
    update_checklist_item,
)
from resolvers.inputs.card import ChecklistItemAdd, ChecklistItemMove, ChecklistItemUpdate
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.card import Card, ChangedItem, cards, changed_item
from rest.stellary.present.relation import Relation, relation


class ConvertedItem(TypedDict):
    """The card that the item became, the card that it was an item of, and the relation between the two."""

    card: Card
    parent: Card
    relation: Relation


routes = Routes("Checklists", CARD + "/checklist", about="The steps of a card.", place=230)


@routes.post("", "Add an item to the checklist of a card", runs=add_checklist_item)
async def add(call: Call) -> ChangedItem:
    found = await guards.card(call)
    card = (await add_checklist_item(call.ctx, found["_id"], call.body(ChecklistItemAdd))).value
    return changed_item(card, card["checklist"][-1]["id"])


@routes.patch("/{itemId}", "Rename, tick or move a checklist item", runs=update_checklist_item)
async def update(call: Call) -> ChangedItem:
    found = await guards.card(call)
    item_id = call.id("itemId", Kind.CHECKLIST_ITEM)
    changed = await update_checklist_item(call.ctx, found["_id"], item_id, call.body(ChecklistItemUpdate))
    return changed_item(changed.value, item_id)


@routes.post("/{itemId}/move", "Move a checklist item", runs=move_checklist_item, status=200)
async def move(call: Call) -> ChangedItem:
    """By its place, or next to another item."""
    found = await guards.card(call)
    item_id = call.id("itemId", Kind.CHECKLIST_ITEM)
    moved = await move_checklist_item(call.ctx, found["_id"], item_id, call.body(ChecklistItemMove))
    return changed_item(moved.value, item_id)


@routes.post("/{itemId}/convert", "Make a checklist item a card of its own", runs=convert_checklist_item)
async def convert(call: Call) -> ConvertedItem:
    """In the same column, with the card that it was an item of as its parent; the item is gone then."""
    found = await guards.card(call)
    made = (await convert_checklist_item(call.ctx, found["_id"], call.id("itemId", Kind.CHECKLIST_ITEM))).value
    child, parent = await cards([made.card, made.parent])
    return {"card": child, "parent": parent, "relation": await relation(made.relation, made.parent["_id"])}


@routes.delete("/{itemId}", "Delete a checklist item", runs=remove_checklist_item)
async def delete(call: Call) -> Ok:
    found = await guards.card(call)
    await remove_checklist_item(call.ctx, found["_id"], call.id("itemId", Kind.CHECKLIST_ITEM))
    return ok()
