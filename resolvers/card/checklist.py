"""Checklist items of a card: single edits, so that two people ticking two items do not undo each other."""

from dataclasses import dataclass
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import board
from models.card import ChecklistItem
from models.enums import RelationType, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, parse_id
from models.records import CardRecord, RelationRecord
from realtime.log import Change, Committed
from resolvers.card.card import insert_card
from resolvers.card.update import edit_card
from resolvers.inputs.card import MAX_CHECKLIST, ChecklistItemAdd, ChecklistItemMove, ChecklistItemUpdate
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation
from resolvers.relation.relation import relate
from resolvers.state.mission_status import origin_of

WRITE = TokenScope.PROJECTS_WRITE
ItemId = Annotated[ObjectId | str, "The id of the checklist item."]


@operation("checklistItemAdd", opens=CARD.by("card_id"), permission=board.WRITE, scope=WRITE)
async def add_checklist_item(ctx: Context, door: CardRecord, values: ChecklistItemAdd) -> Committed[CardRecord]:
    """Add a step at the end of a card's checklist.

    Append an item; returns the card, whose last item is the new one.
    """

    async def edit(_change: Change, card: CardRecord) -> dict[str, Any]:
        if len(card["checklist"]) >= MAX_CHECKLIST:
            raise Conflict(f"A checklist has at most {MAX_CHECKLIST} items")
        item = ChecklistItem(title=values.title, done=values.done)
        return {"checklist": [*card["checklist"], item.model_dump()]}

    return await edit_card(ctx, door, edit)


@operation("checklistItemUpdate", opens=CARD.by("card_id"), permission=board.WRITE, scope=WRITE)
async def update_checklist_item(
    ctx: Context, door: CardRecord, item_id: ItemId, values: ChecklistItemUpdate
) -> Committed[CardRecord]:
    """Change a step, or move it to another place.

    Rename, tick or move an item; returns the card.
    """
    wanted = parse_id(item_id, Kind.CHECKLIST_ITEM, field="itemId")
    given = values.given()
    for name, value in given.items():
        if value is None:
            raise BadUserInput("must not be null", field=name)

    async def edit(_change: Change, card: CardRecord) -> dict[str, Any]:
        place = _place(card, wanted)
        item = card["checklist"][place] | {name: given[name] for name in ("title", "done") if name in given}
        others = [record for record in card["checklist"] if record["id"] != wanted]
        place = min(given.get("order", place), len(others))
        return {"checklist": [*others[:place], item, *others[place:]]}

    return await edit_card(ctx, door, edit)


@operation("checklistItemMove", opens=CARD.by("card_id"), permission=board.WRITE, scope=WRITE)
async def move_checklist_item(
    ctx: Context, door: CardRecord, item_id: ItemId, values: ChecklistItemMove
) -> Committed[CardRecord]:
    """Move a step to a place, or next to another one.

    Move an item to a place of the checklist; returns the card.

    Raises BadUserInput for more than one place, and for a neighbour that is not another item of the card.
    """
    wanted = parse_id(item_id, Kind.CHECKLIST_ITEM, field="itemId")
    neighbour_id = values.after_item_id or values.before_item_id
    if sum(way is not None for way in (values.order, values.after_item_id, values.before_item_id)) > 1:
        raise BadUserInput("give one of order, afterItemId and beforeItemId", field="order")

    async def edit(_change: Change, card: CardRecord) -> dict[str, Any]:
        item = card["checklist"][_place(card, wanted)]
        others = [record for record in card["checklist"] if record["id"] != wanted]
        place = len(others) if values.order is None else min(values.order, len(others))
        if neighbour_id is not None:
            ids = [other["id"] for other in others]
            if neighbour_id not in ids:
                field = "afterItemId" if values.after_item_id else "beforeItemId"
                raise BadUserInput("is not another item of the card", field=field)
            place = ids.index(neighbour_id) + (values.after_item_id is not None)
        return {"checklist": [*others[:place], item, *others[place:]]}

    return await edit_card(ctx, door, edit)


@dataclass(frozen=True, slots=True)
class Converted:
    """The card that an item became, the card that it was taken from, and the relation between the two."""

    card: CardRecord
    parent: CardRecord
    relation: RelationRecord


@operation(
    "checklistItemConvert",
    opens=CARD.by("card_id"),
    permission=board.WRITE,
    scope=WRITE,
    includes=("cardCreate", "relationCreate"),
)
async def convert_checklist_item(ctx: Context, door: CardRecord, item_id: ItemId) -> Committed[Converted]:
    """Make a step a card of its own in the same column, with the card that it was a step of as its parent.

    Make an item a card at the end of its card's column, and that card its parent; the item is gone then.
    """
    wanted = parse_id(item_id, Kind.CHECKLIST_ITEM, field="itemId")
    made: dict[str, Any] = {}

    async def edit(change: Change, card: CardRecord) -> dict[str, Any]:
        item = card["checklist"][_place(card, wanted)]
        origin_id = await origin_of(ctx.subject.agent_id, ctx.mission_id)
        given = {"title": item["title"], "origin_mission_id": origin_id}
        made["card"] = await insert_card(change, card, card["column_id"], given)
        made["relation"] = await relate(change, card, RelationType.PARENT_OF, made["card"])
        return {"checklist": [record for record in card["checklist"] if record["id"] != wanted]}

    done = await edit_card(ctx, door, edit)
    return Committed(Converted(parent=done.value, **made), done.cursor)


@operation("checklistItemRemove", opens=CARD.by("card_id"), permission=board.WRITE, scope=WRITE, destroys=True)
async def remove_checklist_item(ctx: Context, door: CardRecord, item_id: ItemId) -> Committed[CardRecord]:
    """Remove a step.

    Delete an item; returns the card.
    """
    wanted = parse_id(item_id, Kind.CHECKLIST_ITEM, field="itemId")

    async def edit(_change: Change, card: CardRecord) -> dict[str, Any]:
        _place(card, wanted)
        return {"checklist": [record for record in card["checklist"] if record["id"] != wanted]}

    return await edit_card(ctx, door, edit)


def _place(card: CardRecord, item_id: ObjectId) -> int:
    for place, item in enumerate(card["checklist"]):
        if item["id"] == item_id:
            return place
    raise NotFound("Checklist item")
