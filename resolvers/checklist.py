"""Checklist items of a card: single edits, so that two people ticking two items do not undo each other."""

from typing import Any

from bson import ObjectId

from auth.policies import delivery
from models.base import Record
from models.card import ChecklistItem
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, parse_id
from realtime.log import Change, Committed
from resolvers.card_update import edit_card
from resolvers.context import Context
from resolvers.inputs.card import MAX_CHECKLIST, ChecklistItemAdd, ChecklistItemUpdate
from resolvers.operation import operation

WRITE = TokenScope.PROJECTS_WRITE


@operation("checklistItemAdd", scope=WRITE, permission=delivery.WRITE)
async def add_checklist_item(ctx: Context, card_id: ObjectId | str, values: ChecklistItemAdd) -> Committed[Record]:
    """Append an item; returns the card, whose last item is the new one."""

    async def edit(_change: Change, card: Record) -> dict[str, Any]:
        if len(card["checklist"]) >= MAX_CHECKLIST:
            raise Conflict(f"A checklist has at most {MAX_CHECKLIST} items")
        item = ChecklistItem(title=values.title, done=values.done)
        return {"checklist": [*card["checklist"], item.model_dump()]}

    return await edit_card(ctx, card_id, edit)


@operation("checklistItemUpdate", scope=WRITE, permission=delivery.WRITE)
async def update_checklist_item(
    ctx: Context, card_id: ObjectId | str, item_id: ObjectId | str, values: ChecklistItemUpdate
) -> Committed[Record]:
    """Rename, tick or move an item; returns the card."""
    wanted = parse_id(item_id, Kind.CHECKLIST_ITEM, field="itemId")
    given = values.given()
    for name, value in given.items():
        if value is None:
            raise BadUserInput("must not be null", field=name)

    async def edit(_change: Change, card: Record) -> dict[str, Any]:
        place = _place(card, wanted)
        item = card["checklist"][place] | {name: given[name] for name in ("title", "done") if name in given}
        others = [one for one in card["checklist"] if one["id"] != wanted]
        place = min(given.get("order", place), len(others))
        return {"checklist": [*others[:place], item, *others[place:]]}

    return await edit_card(ctx, card_id, edit)


@operation("checklistItemRemove", scope=WRITE, permission=delivery.WRITE)
async def remove_checklist_item(ctx: Context, card_id: ObjectId | str, item_id: ObjectId | str) -> Committed[Record]:
    """Delete an item; returns the card."""
    wanted = parse_id(item_id, Kind.CHECKLIST_ITEM, field="itemId")

    async def edit(_change: Change, card: Record) -> dict[str, Any]:
        _place(card, wanted)
        return {"checklist": [one for one in card["checklist"] if one["id"] != wanted]}

    return await edit_card(ctx, card_id, edit)


def _place(card: Record, item_id: ObjectId) -> int:
    for place, item in enumerate(card["checklist"]):
        if item["id"] == item_id:
            return place
    raise NotFound("Checklist item")
