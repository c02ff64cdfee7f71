"""Labels of a project, and putting them on cards."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import board
from models import Label, Project
from models.base import collection, to_record
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.ids import Kind, parse_id
from models.records import CardRecord, LabelRecord, ProjectRecord
from realtime.events.label import LabelCreated, LabelDeleted, LabelUpdated
from realtime.log import Change, Committed
from resolvers.card.graph import labels_of_project
from resolvers.card.update import edit_card
from resolvers.deletion.cascade_parts import without_label
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.card import MAX_LABELS
from resolvers.inputs.label import MAX_PROJECT_LABELS, LabelCreate, LabelUpdate
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.nouns import CARD, LABEL, PROJECT
from resolvers.kit.operation import operation, reader

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
TAKEN = "is taken by another label of the project"


get_label = reader("label", LABEL)


@operation("labels", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def list_labels(ctx: Context, project: ProjectRecord) -> list[LabelRecord]:
    """A project's labels, by name."""
    return (await labels_of_project(ctx, [project], None))[0]


@operation("labelCreate", inside=PROJECT, permission=board.WRITE, scope=WRITE)
async def create_label(ctx: Context, project: ProjectRecord, values: LabelCreate) -> Committed[LabelRecord]:
    """Create a label."""

    async def body(change: Change) -> LabelRecord:
        await require_parent(change, Project, project["_id"])
        await require_room(change, Label, {"project_id": project["_id"]}, MAX_PROJECT_LABELS, "labels in this project")
        label = new_label(change, project, values_of(values, Label, CREATE))
        try:
            await collection(Label).insert_one(label, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="name") from error
        change.append(label["workspace_id"], LabelCreated(label=label, project_id=label["project_id"]))
        return label

    return await ctx.write(project["workspace_id"], body)


def new_label(change: Change, project: ProjectRecord, values: Mapping[str, Any]) -> LabelRecord:
    """The record of a new label, not yet written."""
    return to_record(
        Label(
            workspace_id=project["workspace_id"],
            project_id=project["_id"],
            **values,
            created_at=change.at,
        )
    )


@operation("labelUpdate", opens=LABEL, permission=board.WRITE, scope=WRITE)
async def update_label(ctx: Context, door: LabelRecord, values: LabelUpdate) -> Committed[LabelRecord]:
    """Rename or recolour a label."""

    async def body(change: Change) -> LabelRecord:
        try:
            label, differs = await set_fields(change, Label, door["_id"], values.given())
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="name") from error
        if differs:
            change.append(label["workspace_id"], LabelUpdated(label=label, project_id=label["project_id"]))
        return label

    return await ctx.write(door["workspace_id"], body)


@operation("labelDelete", opens=LABEL.whole, permission=board.WRITE, scope=WRITE)
async def delete_label(ctx: Context, label: LabelRecord) -> Committed[ObjectId]:
    """Delete a label; it is taken off every card."""

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Label).delete_one({"_id": label["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Label")
        event = LabelDeleted(deleted_id=label["_id"], project_id=label["project_id"])
        change.append(label["workspace_id"], event)
        await bury(change, label["_id"], label["workspace_id"], project_id=label["project_id"])
        return ObjectId(label["_id"])

    return await delete(ctx, label["workspace_id"], body)


@operation("cardLabelAdd", opens=CARD.by("card_id"), permission=board.WRITE, scope=WRITE)
async def add_card_label(ctx: Context, door: CardRecord, label_id: ObjectId | str) -> Committed[CardRecord]:
    """Put a label of the project on a card.

    One that is on it already changes nothing.
    """
    wanted = parse_id(label_id, Kind.LABEL, field="labelId")

    async def edit(change: Change, card: CardRecord) -> dict[str, Any]:
        of_project = {"_id": wanted, "project_id": card["project_id"]}
        if await collection(Label).find_one(of_project, {"_id": 1}, session=change.session) is None:
            raise NotFound("Label")
        if wanted in card["label_ids"]:
            return {}
        if len(card["label_ids"]) >= MAX_LABELS:
            raise Conflict(f"A card has at most {MAX_LABELS} labels")
        return {"label_ids": [*card["label_ids"], wanted]}

    return await edit_card(ctx, door, edit)


@operation("cardLabelRemove", opens=CARD.by("card_id"), permission=board.WRITE, scope=WRITE)
async def remove_card_label(ctx: Context, door: CardRecord, label_id: ObjectId | str) -> Committed[CardRecord]:
    """Take a label off a card.

    Raises NotFound for one that is not on it.
    """
    wanted = parse_id(label_id, Kind.LABEL, field="labelId")

    async def edit(change: Change, card: CardRecord) -> dict[str, Any]:
        if wanted not in card["label_ids"]:
            raise NotFound("Label")
        return {"label_ids": without_label(card, wanted)}

    return await edit_card(ctx, door, edit)
