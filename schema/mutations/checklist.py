"""Mutations on the steps of a card's checklist."""

from typing import Annotated

import strawberry

from resolvers import checklist
from resolvers.inputs.card import ChecklistItemAdd, ChecklistItemMove, ChecklistItemUpdate
from schema.arguments import CHANGES, VALUES, CardId, ItemId
from schema.card import Card
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.card import ChecklistItemAddInput, ChecklistItemMoveInput, ChecklistItemUpdateInput
from schema.loading import mutation
from schema.mutations.card import CardPayload
from schema.payload import committed, cursor_field, payload
from schema.relation import Relation
from schema.scalars import Cursor


@strawberry.type(description="What a step that becomes a card returns.")
class ChecklistItemConvertPayload:
    card: Card = strawberry.field(description="The new card.")
    parent: Card = strawberry.field(description="The card whose step it was.")
    relation: Relation = strawberry.field(description="The relation between the two.")
    cursor: Cursor = cursor_field()


@strawberry.type
class ChecklistMutation:
    @mutation("Add a step at the end of a card's checklist.")
    async def checklist_item_add(
        self, info: Info, card_id: CardId, input: Annotated[ChecklistItemAddInput, VALUES]
    ) -> CardPayload:
        done = await checklist.add_checklist_item(info.context.ctx, card_id, read(ChecklistItemAdd, input))
        return committed(CardPayload, "card", done)

    @mutation("Change a step, or move it to another place.")
    async def checklist_item_update(
        self, info: Info, card_id: CardId, item_id: ItemId, input: Annotated[ChecklistItemUpdateInput, CHANGES]
    ) -> CardPayload:
        values = read(ChecklistItemUpdate, input)
        done = await checklist.update_checklist_item(info.context.ctx, card_id, item_id, values)
        return committed(CardPayload, "card", done)

    @mutation("Move a step to a place, or next to another one.")
    async def checklist_item_move(
        self, info: Info, card_id: CardId, item_id: ItemId, input: Annotated[ChecklistItemMoveInput, VALUES]
    ) -> CardPayload:
        values = read(ChecklistItemMove, input)
        done = await checklist.move_checklist_item(info.context.ctx, card_id, item_id, values)
        return committed(CardPayload, "card", done)

    @mutation("Make a step a card of its own in the same column, with the card that it was a step of as its parent.")
    async def checklist_item_convert(self, info: Info, card_id: CardId, item_id: ItemId) -> ChecklistItemConvertPayload:
        done = await checklist.convert_checklist_item(info.context.ctx, card_id, item_id)
        made = done.value
        return payload(
            ChecklistItemConvertPayload,
            card=made.card,
            parent=made.parent,
            relation=made.relation,
            cursor=str(done.cursor),
        )

    @mutation("Remove a step.")
    async def checklist_item_remove(self, info: Info, card_id: CardId, item_id: ItemId) -> CardPayload:
        done = await checklist.remove_checklist_item(info.context.ctx, card_id, item_id)
        return committed(CardPayload, "card", done)
