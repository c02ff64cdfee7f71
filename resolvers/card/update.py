"""Changing cards: fields, place and archive, in one document write and one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId
from pydantic.alias_generators import to_camel

from auth.policies import board
from models import Card, Column
from models.base import collection, sort_keys, with_changes
from models.enums import ActivityType, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.records import ActivityRecord, CardRecord, CardStepRecord
from realtime.events.card import CardArchived, CardMoved, CardUpdated
from realtime.log import Change, Committed
from resolvers.activity.activity import new_activity, record_activities
from resolvers.card.card import checklist_of, require_labels, target_column
from resolvers.card.progress import board_around, is_checked, progress_at, status_of
from resolvers.column.done import finish_of
from resolvers.inputs.card import CardMove, CardPipelineSet, CardStepInput, CardUpdate
from resolvers.kit.batch import BatchResult, change_each
from resolvers.kit.context import Context
from resolvers.kit.edit import check_version
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation
from resolvers.lane.card_kept import keep
from resolvers.lane.card_place import Place, rank_for
from resolvers.member.project_member import require_assignable
from resolvers.state.follow import CardEntered, note

WRITE = TokenScope.PROJECTS_WRITE
_PLACING = ("column_id", "order", "expected_version")
# A client knows the rank as `order`; the scope and the moments only follow the column.
_CLIENT_NAMES = {
    "rank": "order",
    "scope_id": "columnId",
    "started_at": "columnId",
    "completed_at": "columnId",
    "pending_column_id": "columnId",
    "custom_values": "customFields",
}
_PLACED = frozenset({"column_id", "scope_id", "rank", "started_at", "completed_at"})
_MOVED = _PLACED | {"pending_column_id"}
_TOLD = {"pending_column_id": "pendingColumn"}
_LEADING = frozenset({"column_id", "auto_mode", "pipeline"})
"""What says where a card goes, and so what begins by itself."""


_ALSO = {"columnId": ("cardMove",), "order": ("cardMove",), "archived": ("cardArchive",)}
"""What an update does of what there are operations for."""


@operation("cardUpdate", opens=CARD, permission=board.WRITE, scope=WRITE, also=_ALSO)
async def update_card(ctx: Context, door: CardRecord, values: CardUpdate) -> Committed[CardRecord]:
    """Change a card.

    Change what is given of a card; moving and archiving included.
    """
    return await ctx.write(door["workspace_id"], lambda change: apply_update(change, door["_id"], values))


@operation("cardMove", opens=CARD, permission=board.WRITE, scope=WRITE)
async def move_card(ctx: Context, door: CardRecord, values: CardMove) -> Committed[CardRecord]:
    """Move a card to a place of a column.

    One document is written, whatever the column's length.
    """
    place = Place(values.order, values.after_card_id, values.before_card_id)
    if sum(way is not None for way in (place.order, place.after, place.before)) > 1:
        raise BadUserInput("give one of order, afterCardId and beforeCardId", field="order")

    async def body(change: Change) -> CardRecord:
        card = await current_card(change, door["_id"])
        if "if_column_id" in values.model_fields_set and card["column_id"] != values.if_column_id:
            now = None if card["column_id"] is None else str(card["column_id"])
            raise Conflict("The card stands elsewhere by now", field="ifColumnId", columnId=now)
        column_id = values.column_id if "column_id" in values.model_fields_set else card["column_id"]
        return await _apply(change, card, *await _move(change, card, column_id, place))

    return await ctx.write(door["workspace_id"], body)


@operation("cardComplete", opens=CARD, permission=board.WRITE, scope=WRITE, includes=("cardMove",))
async def complete_card(ctx: Context, door: CardRecord) -> Committed[CardRecord]:
    """Move a card to where it is done: the end of the first column of the kind DONE on its board, else of the last.

    One that stands in that column already stays at its place.
    """

    async def body(change: Change) -> CardRecord:
        card = await current_card(change, door["_id"])
        column_id = finish_of(await board_around(change, card))
        if column_id is None:
            raise Conflict("The board has no column")
        return await place_card(change, card, column_id)

    return await ctx.write(door["workspace_id"], body)


async def place_card(change: Change, card: CardRecord, column_id: ObjectId) -> CardRecord:
    """Move a card, read in this change, to the end of a column; raises what a move raises."""
    return await _apply(change, card, *await _move(change, card, column_id, Place()))


async def hold_card(change: Change, card: CardRecord, column_id: ObjectId | None) -> CardRecord:
    """Let a card, read in this change, wait for an approval to go on to a column; None for no longer."""
    changes = {} if card.get("pending_column_id") == column_id else {"pending_column_id": column_id}
    return await _apply(change, card, changes)


@operation("cardPipelineSet", opens=CARD, permission=board.WRITE, scope=WRITE)
async def set_card_pipeline(ctx: Context, door: CardRecord, values: CardPipelineSet) -> Committed[CardRecord]:
    """Say which columns a card goes through by itself, or have that follow from its board."""

    async def edit(change: Change, card: CardRecord) -> dict[str, Any]:
        return {"pipeline": None if values.steps is None else await _steps(change, card, values.steps)}

    return await edit_card(ctx, door, edit)


async def _steps(change: Change, card: CardRecord, given: Sequence[CardStepInput]) -> list[CardStepRecord]:
    ids = [step.column_id for step in given]
    if len(set(ids)) != len(ids):
        raise BadUserInput("names a column twice", field="steps")
    query = {"_id": {"$in": ids}, "project_id": card["project_id"]}
    if await collection(Column).count_documents(query, session=change.session) != len(ids):
        raise BadUserInput("names a column that the project does not have", field="steps")
    return [{"column_id": step.column_id, "enabled": step.enabled, "prompt": step.prompt} for step in given]


@operation("cardArchive", opens=CARD, permission=board.WRITE, scope=WRITE)
async def archive_card(
    ctx: Context, door: CardRecord, archived: Annotated[bool, "False brings it back."] = True
) -> Committed[CardRecord]:
    """Take a card out of sight, or bring it back."""
    values = CardUpdate.of(archived=archived)
    return await ctx.write(door["workspace_id"], lambda change: apply_update(change, door["_id"], values))


@operation("cardBatchUpdate", scope=WRITE, permission=board.WRITE, tool="update_cards", also=_ALSO)
async def update_cards(
    ctx: Context, ids: Annotated[Sequence[ObjectId | str], "The ids of 1 to 50 cards."], values: CardUpdate
) -> Committed[list[BatchResult[CardRecord]]]:
    """Make the same change to up to 50 cards of one workspace.

    The same update to up to 50 cards of one workspace, in one transaction; a card that refuses it is left out.

    Raises BadUserInput for no or too many ids, NotFound when the caller may see none of them.
    """
    return await change_each(ctx, CARD, ids, board.WRITE, lambda change, card_id: apply_update(change, card_id, values))


async def current_card(change: Change, card_id: ObjectId) -> CardRecord:
    """A card as it stands within a change."""
    card = await collection(Card).find_one({"_id": card_id}, session=change.session)
    if card is None:
        raise NotFound("Card")
    return card


async def apply_update(change: Change, card_id: ObjectId, values: CardUpdate) -> CardRecord:
    """Change a card within a change, as an update says."""
    card = await current_card(change, card_id)
    given = values.given()
    order: int | None = None
    changes: dict[str, Any] = {name: value for name, value in given.items() if name not in _PLACING}
    if values.checklist is not None:
        changes["checklist"] = checklist_of(values.checklist)
    if "column_id" in given or "order" in given:
        column_id = given.get("column_id", card["column_id"])
        moved, order = await _move(change, card, column_id, Place(values.order))
        changes |= moved
    changes = {name: value for name, value in changes.items() if card.get(name) != value}
    check_version(card, changes, values.expected_version, noun="card", client_names=_CLIENT_NAMES)
    if "label_ids" in changes:
        await require_labels(change, card["project_id"], changes["label_ids"])
    if "assignee_id" in changes:
        await require_assignable(change, card["project_id"], changes["assignee_id"])
    return await _apply(change, card, changes, order)


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The ids of the custom fields whose values differ."""
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def _client_name(name: str) -> str:
    return _CLIENT_NAMES.get(name) or to_camel(name)


async def _move(
    change: Change, card: CardRecord, column_id: ObjectId | None, place: Place
) -> tuple[dict[str, Any], int | None]:
    """What a move changes of a card, and its `order` then.

    A column without a place is its end, and the card's own column no move at all.
    """
    if column_id == card["column_id"] and place == Place():
        return {}, None
    column = await target_column(change, card["project_id"], column_id)
    rank, order = await rank_for(change, card, column_id, place)
    moved = {"column_id": column_id, "scope_id": column["scope_id"] if column else None, "rank": rank}
    if column_id != card["column_id"]:
        moved |= {**await progress_at(change, card, column), "pending_column_id": None}
        if column is not None:
            note(change, CardEntered(card["_id"], column))
    return {name: value for name, value in moved.items() if card.get(name) != value}, order


async def _apply(change: Change, before: CardRecord, changes: dict[str, Any], order: int | None = None) -> CardRecord:
    """Write the changes with their events and activities; nothing at all where nothing differs.

    `order` is the place that a move leads to.
    """
    if not changes:
        return before
    version = before["version"] + 1
    kept = {**sort_keys(Card, changes), **_confined(change, before, changes)}
    stored = {**changes, **kept, "version": version, "updated_at": change.at}
    marks = dict.fromkeys(changes, version)
    if "custom_values" in changes:  # each of them counts as a field of its own
        values = changed_values(before.get("custom_values", {}), changes["custom_values"])
        marks |= dict.fromkeys(values, version)
    await collection(Card).update_one(
        {"_id": before["_id"]},
        {"$set": {**stored, **{f"field_versions.{name}": version for name in marks}}},
        session=change.session,
    )
    # Not read again: the transaction holds what was read before.
    versions = {"field_versions": {**before["field_versions"], **marks}}
    after = with_changes(before, {**stored, **versions})
    await keep(change, [(before, after)])
    untold = {"archived", *(_MOVED if "column_id" in changes else _PLACED)}
    fields = [_TOLD.get(name) or _client_name(name) for name in changes if name not in untold]
    if not changes.keys() & {"rank", "column_id"}:
        order = None
    if fields:
        event = CardUpdated(
            card=after,
            changed_fields=fields,
            from_assignee_id=before["assignee_id"],
            was_checked=is_checked(before),
        )
        change.append(after["workspace_id"], event)
    if order is not None:
        moved = CardMoved(
            card=after,
            from_column_id=before["column_id"],
            from_scope_id=before["scope_id"],
            from_status=status_of(before),
            to_column_id=after["column_id"],
            order=order,
        )
        change.append(after["workspace_id"], moved)
    if "archived" in changes:
        change.append(after["workspace_id"], CardArchived(card=after, archived=after["archived"]))
    await record_activities(change, await _activities(change, before, after, fields, changes))
    return after if order is None else {**after, "order": order}


def _confined(change: Change, before: CardRecord, changes: Mapping[str, Any]) -> dict[str, bool]:
    """What changes of whether those are bound to the project who lead a card: a person's move ends that."""
    now = {"next_confined": before.get("next_confined", False), "due_confined": before.get("due_confined", False)}
    if changes.keys() & (_LEADING if change.confined else {"column_id"}):
        now["next_confined"] = change.confined
    if "due_date" in changes:
        now["due_confined"] = change.confined
    return {name: value for name, value in now.items() if before.get(name, False) is not value}


async def _activities(
    change: Change, before: CardRecord, after: CardRecord, fields: list[str], changes: dict[str, Any]
) -> list[ActivityRecord]:
    title: dict[str, Any] = {"title": after["title"]}
    found: list[ActivityRecord] = []
    updated = [name for name in fields if name != "assigneeId"]
    if updated:
        found.append(new_activity(change, after, ActivityType.CARD_UPDATED, {**title, "fields": updated}))
    if "assignee_id" in changes:
        assignee = after["assignee_id"]
        meta = {**title, "assigneeId": str(assignee) if assignee else None}
        found.append(new_activity(change, after, ActivityType.CARD_ASSIGNED, meta))
    if "column_id" in changes:
        meta = {**title, **await _column_names(change, before, after)}
        found.append(new_activity(change, after, ActivityType.CARD_MOVED, meta))
    if "archived" in changes:
        meta = {**title, "archived": after["archived"]}
        found.append(new_activity(change, after, ActivityType.CARD_ARCHIVED, meta))
    return found


async def _column_names(change: Change, before: CardRecord, after: CardRecord) -> dict[str, str | None]:
    left, joined = before["column_id"], after["column_id"]
    ids = [column_id for column_id in (left, joined) if column_id is not None]
    query = {"_id": {"$in": ids}, "project_id": before["project_id"]}
    columns = await collection(Column).find(query, {"name": 1}, session=change.session).to_list()
    names: dict[ObjectId | None, str] = {column["_id"]: column["name"] for column in columns}
    return {
        "fromColumn": names.get(left),
        "toColumn": names.get(joined),
        "fromColumnId": str(left) if left else None,
        "toColumnId": str(joined) if joined else None,
    }


async def change_card(
    change: Change, card: CardRecord, values: Mapping[str, Any], column_id: ObjectId | None
) -> CardRecord:
    """Change fields of a card, read in this change, and move it to the end of a column where it is in another."""
    moved, order = await _move(change, card, column_id, Place())
    changes = {name: value for name, value in {**values, **moved}.items() if card.get(name) != value}
    return await _apply(change, card, changes, order)


async def edit_card(
    ctx: Context, door: CardRecord, edit: Callable[[Change, CardRecord], Awaitable[dict[str, Any]]]
) -> Committed[CardRecord]:
    """Change a card that was opened by what `edit` makes of its record as it stands in the transaction."""

    async def body(change: Change) -> CardRecord:
        card = await current_card(change, door["_id"])
        changes = await edit(change, card)
        differing = {name: value for name, value in changes.items() if card.get(name) != value}
        return await _apply(change, card, differing)

    return await ctx.write(door["workspace_id"], body)


__all__ = [
    "BatchResult",
    "apply_update",
    "archive_card",
    "change_card",
    "changed_values",
    "complete_card",
    "current_card",
    "edit_card",
    "hold_card",
    "move_card",
    "place_card",
    "set_card_pipeline",
    "update_card",
    "update_cards",
]
