"""Changing the text of a card, and its labels by their names."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Label
from models.base import collection
from models.enums import TokenScope
from models.records import CardRecord
from realtime.events.label import LabelCreated
from realtime.log import Change, Committed
from resolvers.card.label import new_label
from resolvers.card.update import edit_card
from resolvers.column.scope import require_room
from resolvers.inputs.card import CardRevise
from resolvers.inputs.label import COLOR, MAX_PROJECT_LABELS
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation


@operation(
    "cardRevise",
    opens=CARD,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    includes=("cardUpdate",),
    also={"labels": ("labelCreate",)},
    no_tool="update_card does it by the ids of labels",
)
async def revise_card(ctx: Context, door: CardRecord, values: CardRevise) -> Committed[CardRecord]:
    """Change the text of a card, and its labels by their names: those that its project lacks are made."""
    given = values.given()
    names = given.pop("labels", None)

    async def edit(change: Change, card: CardRecord) -> dict[str, Any]:
        return given if names is None else {**given, "label_ids": await _labels(change, card, names)}

    return await edit_card(ctx, door, edit)


async def _labels(change: Change, card: CardRecord, names: Sequence[str]) -> list[ObjectId]:
    """The labels of a card's project that are called so, in the order of the names."""
    wanted = list(dict.fromkeys(names))
    query = {"project_id": card["project_id"], "name": {"$in": wanted}}
    known = {label["name"]: label["_id"] async for label in collection(Label).find(query, session=change.session)}
    for name in wanted:
        if name not in known:
            await require_room(change, Label, card["project_id"], MAX_PROJECT_LABELS)
            project: Any = {"_id": card["project_id"], "workspace_id": card["workspace_id"]}
            label = new_label(change, project, {"name": name, "color": COLOR})
            await collection(Label).insert_one(label, session=change.session)
            change.append(label["workspace_id"], LabelCreated(label=label, project_id=label["project_id"]))
            known[name] = label["_id"]
    return [known[name] for name in wanted]
