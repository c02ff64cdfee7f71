"""Labels of a project, and on its cards."""

from models.ids import Kind
from resolvers.card.label import (
    add_card_label,
    create_label,
    delete_label,
    list_labels,
    remove_card_label,
    update_label,
)
from resolvers.inputs.label import LabelCreate, LabelUpdate
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD, PROJECT
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.card import Card, card
from rest.stellary.present.label import Label, label

routes = Routes("Labels", PROJECT + "/labels", about="Coloured tags of a project's cards.", place=270)
on_cards = Routes("Labels", CARD + "/labels")


@routes.get("", "List the labels of a project", runs=list_labels)
async def find(call: Call) -> list[Label]:
    project = await guards.project(call)
    return [label(record) for record in await list_labels(call.ctx, project["_id"])]


@routes.post("", "Create a label", runs=create_label, given=["projectId"])
async def create(call: Call) -> Label:
    project = await guards.project(call)
    return label((await create_label(call.ctx, call.body(LabelCreate, projectId=project["_id"]))).value)


@routes.patch("/{labelId}", "Change a label", runs=update_label)
async def update(call: Call) -> Label:
    found = await guards.label(call)
    return label((await update_label(call.ctx, found["_id"], call.body(LabelUpdate))).value)


@routes.delete("/{labelId}", "Delete a label and take it off every card", runs=delete_label)
async def delete(call: Call) -> Ok:
    found = await guards.label(call)
    await delete_label(call.ctx, found["_id"])
    return ok()


@on_cards.post("/{labelId}", "Put a label on a card", runs=add_card_label)
async def add(call: Call) -> Card:
    found = await guards.card(call)
    return await card((await add_card_label(call.ctx, found["_id"], call.id("labelId", Kind.LABEL))).value)


@on_cards.delete("/{labelId}", "Take a label off a card", runs=remove_card_label)
async def remove(call: Call) -> Ok:
    found = await guards.card(call)
    await remove_card_label(call.ctx, found["_id"], call.id("labelId", Kind.LABEL))
    return ok()
