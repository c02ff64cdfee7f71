"""Checklist items of a card."""

from models.ids import Kind
from resolvers.checklist import add_checklist_item, remove_checklist_item, update_checklist_item
from resolvers.inputs.card import ChecklistItemAdd, ChecklistItemUpdate
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.card import ChangedItem, changed_item

routes = Routes("Checklists", CARD + "/checklist")


@routes.post("", "Add an item to the checklist of a card", body=ChecklistItemAdd)
async def add(call: Call) -> ChangedItem:
    found = await guards.card(call)
    card = (await add_checklist_item(call.ctx, found["_id"], call.body(ChecklistItemAdd))).value
    return changed_item(card, card["checklist"][-1]["id"])


@routes.patch("/{itemId}", "Rename, tick or move a checklist item", body=ChecklistItemUpdate)
async def update(call: Call) -> ChangedItem:
    found = await guards.card(call)
    item_id = call.id("itemId", Kind.CHECKLIST_ITEM)
    changed = await update_checklist_item(call.ctx, found["_id"], item_id, call.body(ChecklistItemUpdate))
    return changed_item(changed.value, item_id)


@routes.delete("/{itemId}", "Delete a checklist item")
async def delete(call: Call) -> Ok:
    found = await guards.card(call)
    await remove_checklist_item(call.ctx, found["_id"], call.id("itemId", Kind.CHECKLIST_ITEM))
    return ok()
