"""Changing a card in words: its labels by their names, how far it is, and who it is assigned to."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Label
from models.base import collection
from models.card_enums import CardStage
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict
from models.records import CardRecord
from realtime.events.label import LabelCreated
from realtime.log import Change, Committed
from resolvers.card.label import new_label
from resolvers.card.update import change_card, current_card
from resolvers.column.column import read_columns
from resolvers.column.stage import column_for, stage_of, stages_of
from resolvers.inputs.card import CardRevise
from resolvers.inputs.label import COLOR, MAX_PROJECT_LABELS
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation
from resolvers.member.assignee import assignee_called, make_assignable

_IN_WORDS = ("labels", "assignee", "stage")


@operation(
    "cardRevise",
    opens=CARD,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    includes=("cardUpdate",),
    also={
        "labels": ("labelCreate",),
        "stage": ("cardMove", "cardArchive", "columnCreate"),
        "archived": ("cardArchive",),
        "assignee": ("projectMemberAdd",),
    },
)
async def revise_card(ctx: Context, door: CardRecord, values: CardRevise) -> Committed[CardRecord]:
    """Change a card in words: its labels by name, its stage, and whoever it is assigned to.

    Labels that its project lacks are made, and so is the column of a stage that its board lacks; who is assigned to it
    becomes a member of its project. Raises Conflict for another stage than TODO of what is cancelled.
    """
    if values.stage is not None and values.archived is not None:
        raise BadUserInput("give a stage or archived, not both", field="archived")

    async def body(change: Change) -> CardRecord:
        card = await current_card(change, door["_id"])
        changes = {name: value for name, value in values.given().items() if name not in _IN_WORDS}
        if values.labels is not None:
            changes["label_ids"] = await _labels(change, card, values.labels)
        if "assignee" in values.model_fields_set:
            project = card_project(card)
            changes["assignee_id"] = await assignee_called(
                ctx, project["workspace_id"], values.assignee, change.session
            )
            await make_assignable(change, project, changes["assignee_id"])
        column_id = card["column_id"]
        if values.stage is not None:
            column_id, changes["archived"] = await _staged(change, card, values.stage)
        return await change_card(change, card, changes, column_id)

    return await ctx.write(door["workspace_id"], body)


async def _staged(change: Change, card: CardRecord, stage: CardStage) -> tuple[ObjectId | None, bool]:
    """The column of a card that comes to a stage, and whether it is archived then."""
    columns = await read_columns(change, card["project_id"], card["scope_id"])
    stages = stages_of(columns)
    now = stage_of(card, stages)
    if stage is now:
        return card["column_id"], card["archived"]
    if stage is CardStage.CANCELLED:
        # What stands where it is done is done, archived or not: what is given up has not been.
        where = await column_for(change, card, columns, CardStage.TODO) if now is CardStage.DONE else None
        return card["column_id"] if where is None else where["_id"], True
    if now is CardStage.CANCELLED and stage is not CardStage.TODO:
        raise Conflict("What is cancelled goes back to TODO before it goes anywhere else", field="stage")
    if stages.get(card["column_id"]) is stage:
        return card["column_id"], False
    return (await column_for(change, card, columns, stage))["_id"], False


def card_project(card: CardRecord) -> Any:
    """As much of a card's project as the card tells."""
    return {"_id": card["project_id"], "workspace_id": card["workspace_id"]}


async def _labels(change: Change, card: CardRecord, names: Sequence[str]) -> list[ObjectId]:
    """The labels of a card's project that are called so, in the order of the names."""
    wanted = list(dict.fromkeys(names))
    query = {"project_id": card["project_id"], "name": {"$in": wanted}}
    known = {label["name"]: label["_id"] async for label in collection(Label).find(query, session=change.session)}
    for name in wanted:
        if name not in known:
            await require_room(
                change, Label, {"project_id": card["project_id"]}, MAX_PROJECT_LABELS, "labels in this project"
            )
            label = new_label(change, card_project(card), {"name": name, "color": COLOR})
            await collection(Label).insert_one(label, session=change.session)
            change.append(label["workspace_id"], LabelCreated(label=label, project_id=label["project_id"]))
            known[name] = label["_id"]
    return [known[name] for name in wanted]
