"""Cards: reading, creating, archiving and deleting. `resolvers.card.update` changes and moves them."""

from collections.abc import Mapping, Sequence
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import board
from models import Activity, Card, Column, Label, Mission, Project
from models.base import AnyRecord, Recorded, collection, to_record
from models.card import ChecklistItem
from models.enums import ActivityType, TokenScope
from models.errors import AgentRunning, BadUserInput, Conflict, NotFound
from models.ids import Kind, check_inside, new_id
from models.records import CardRecord, ChecklistItemRecord, ColumnRecord, ProjectRecord
from realtime.events.card import CardCreated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.activity.activity import record_activity
from resolvers.card.progress import progress_at
from resolvers.deletion.cascade import delete_cards
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.card import CardCreate, ChecklistItemInput
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import CARD, PROJECT
from resolvers.kit.operation import operation, reader
from resolvers.lane.blocks import LaneKey
from resolvers.lane.card_kept import keep
from resolvers.lane.card_place import BY_RANK, end_of, number
from resolvers.member.project_member import require_assignable
from resolvers.state.discovery import count_card
from resolvers.state.follow import CardEntered, note
from resolvers.state.mission_status import origin_of
from resolvers.worktree.guard import Force, require_finished

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
LIST_LIMIT = 5000
TAKEN = "is taken"


get_card = reader("card", CARD)


@operation(
    "cards",
    opens=PROJECT.by("project_id"),
    permission=board.READ,
    scope=READ,
    read_only=True,
    no_tool="list_cards reads them in pages",
)
async def list_cards(ctx: Context, project: ProjectRecord) -> list[CardRecord]:
    """The cards of a project, archived ones included, each column's in order and with their `order`; at most 5,000."""
    cards = await collection(Card).find({"project_id": project["_id"]}).sort(BY_RANK).limit(LIST_LIMIT).to_list()
    number(cards)
    return cards


@operation("cardCreate", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE)
async def create_card(ctx: Context, project: ProjectRecord, values: CardCreate) -> Committed[CardRecord]:
    """Create a card at the end of a column.

    A new card at the end of a column, or of the project's cards without one.
    """
    check_inside(values.id, project["_id"])

    async def body(change: Change) -> CardRecord:
        await require_parent(change, Project, project["_id"])
        await require_labels(change, project["_id"], values.label_ids)
        await require_assignable(change, project["_id"], values.assignee_id)
        await _require_unused(change, values.id)
        given = values.model_dump(exclude={"project_id", "checklist"}) | {"checklist": checklist_of(values.checklist)}
        given["origin_mission_id"] = await origin_of(ctx.subject.agent_id, ctx.mission_id)
        inside = {"project_id": project["_id"], "workspace_id": project["workspace_id"]}
        return await insert_card(change, inside, values.column_id, given)

    return await ctx.write(project["workspace_id"], body)


async def insert_card(
    change: Change, inside: AnyRecord, column_id: ObjectId | None, values: Mapping[str, Any]
) -> CardRecord:
    """Write a card at the end of a column, within a change that may go on; `inside` tells project and workspace."""
    project = {"_id": inside["project_id"], "workspace_id": inside["workspace_id"]}
    column = await target_column(change, project["_id"], column_id)
    rank, order = await end_of(change, LaneKey.of(project["_id"], column_id))
    card = new_card(change, project, column, rank, {**values, **await progress_at(change, {}, column)})
    try:
        await insert(change, Card, card)
    except DuplicateKeyError as error:
        if values.get("id") is None:  # the gateway's own choice is no fault of the client: the change is run again
            error._add_error_label("TransientTransactionError")
            raise
        raise Conflict(TAKEN, field="id") from error
    await keep(change, [(None, card)])
    if card["origin_mission_id"] is not None:
        await count_card(change, card)
    change.append(card["workspace_id"], CardCreated(card=card, order=order))
    if column is not None:
        note(change, CardEntered(card["_id"], column))
    await record_activity(change, card, ActivityType.CARD_CREATED, {"title": card["title"]})
    return {**card, "order": order}


@operation("cardDelete", opens=CARD, permission=board.WRITE, scope=WRITE)
async def delete_card(ctx: Context, door: CardRecord, force: Force = False) -> Committed[ObjectId]:
    """Delete a card with its comments, for good. Raises WorktreeDirty where its work is not merged."""
    await require_finished(ctx, {"card_id": door["_id"]}, force=force)

    async def body(change: Change) -> ObjectId:
        card = await collection(Card).find_one({"_id": door["_id"]}, session=change.session)
        if card is None:
            raise NotFound("Card")
        if (active := card.get("active_mission_id")) is not None:
            raise AgentRunning(card["_id"], active)
        await delete_cards(change, card["workspace_id"], [card])
        await bury(change, card["_id"], card["workspace_id"])
        await record_activity(change, card, ActivityType.CARD_DELETED, {"title": card["title"]})
        return ObjectId(card["_id"])

    return await delete(ctx, door["workspace_id"], body)


def new_card(
    change: Change, project: AnyRecord, column: AnyRecord | None, rank: str, values: Mapping[str, Any]
) -> CardRecord:
    """The record of a new card, not yet written."""
    given = {**values, "id": values.get("id") or new_id(Kind.CARD)}
    return to_record(
        Card(
            **{
                **given,
                "workspace_id": project["workspace_id"],
                "project_id": project["_id"],
                "scope_id": column["scope_id"] if column else None,
                "column_id": column["_id"] if column else None,
                "rank": rank,
                "created_by": change.actor_id,
                "next_confined": change.confined,
                "due_confined": change.confined,
                "created_at": change.at,
                "updated_at": change.at,
            }
        )
    )


async def _require_unused(change: Change, card_id: ObjectId | None) -> None:
    """Raise Conflict for the id of a card that was deleted: what is still told of that one is not this one's."""
    models: tuple[type[Recorded[Any]], ...] = (Activity, Mission)
    for model in models if card_id is not None else ():
        if await collection(model).find_one({"card_id": card_id}, {"_id": 1}, session=change.session) is not None:
            raise Conflict(TAKEN, field="id")


async def target_column(change: Change, project_id: ObjectId, column_id: ObjectId | None) -> ColumnRecord | None:
    """The column that a card goes to; raises BadUserInput for one of another project."""
    if column_id is None:
        return None
    column = await collection(Column).find_one({"_id": column_id, "project_id": project_id}, session=change.session)
    if column is None:
        raise BadUserInput("is not a column of the project", field="columnId")
    if column.get("emptying"):
        raise Conflict("The cards of the column are being deleted: try again later", field="columnId")
    return column


async def require_labels(change: Change, project_id: ObjectId, label_ids: Sequence[ObjectId]) -> None:
    """Raise BadUserInput unless all labels are the project's."""
    if not label_ids:
        return
    query = {"_id": {"$in": list(label_ids)}, "project_id": project_id}
    known = await collection(Label).find(query, {"_id": 1}, session=change.session).to_list()
    if len(known) != len(label_ids):
        raise BadUserInput("names a label that the project does not have", field="labelIds")


def checklist_of(items: Sequence[ChecklistItemInput]) -> list[ChecklistItemRecord]:
    """The checklist as stored: sorted by `order` where that is given, every item with an id of its own."""
    placed = sorted(enumerate(items), key=lambda entry: entry[0] if entry[1].order is None else entry[1].order)
    stored = [
        ChecklistItem(id=PydanticObjectId(item.id or new_id(Kind.CHECKLIST_ITEM)), title=item.title, done=item.done)
        for _, item in placed
    ]
    if len({item.id for item in stored}) != len(stored):
        raise BadUserInput("has two items with one id", field="checklist")
    return [{"id": item.id, "title": item.title, "done": item.done} for item in stored]
