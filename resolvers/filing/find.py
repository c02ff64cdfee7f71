"""Cards of a whole workspace: those that fit a description in words, and the one to do next."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Card
from models.base import Record, aggregate, collection
from models.card_enums import CardStage
from models.enums import Priority, TokenScope
from models.ids import among, portions
from models.records import CardRecord, WorkspaceMemberRecord
from models.text import spellings
from resolvers.column.stage import Stages, stages_where
from resolvers.filing.project_word import project_called
from resolvers.inputs.filing import CardNext, CardSearch
from resolvers.kit.context import Context
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.page import NEWEST_FIRST, Page, pages
from resolvers.kit.tombstone import standing
from resolvers.member.assignee import assignee_called
from resolvers.relation.graph import is_blocked_of

READ = TokenScope.PROJECTS_READ
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
CANDIDATES = 100
"""Cards that are looked at together for what they wait for."""


@operation("workspaceCards", inside=WORKSPACE, permission=board.READ, scope=READ, read_only=True)
async def find_cards(ctx: Context, _membership: WorkspaceMemberRecord, values: CardSearch) -> Page[CardRecord]:
    """Cards of a workspace in words, the newest first: by stage, assignee, project, priority, type and text."""
    where: Record = {}
    parent, parent_id = "workspace_id", values.workspace_id
    if values.project is not None:
        project = await project_called(ctx, values.workspace_id, values.project)
        parent, parent_id = "project_id", project["_id"]
    if values.assignee is not None:
        where["assignee_id"] = await assignee_called(ctx, values.workspace_id, values.assignee)
    if values.priorities is not None:
        where["priority"] = {"$in": [priority.value for priority in values.priorities]}
    if values.types is not None:
        where["type"] = {"$in": [type_.value for type_ in values.types]}
    if values.search is not None:
        part = {"$regex": "|".join(map(re.escape, spellings(values.search))), "$options": "i"}
        where["$and"] = [{"$or": [{"title": part}, {"description": part}]}]
    if values.stages is None:
        where["archived"] = False
    else:
        stages = await stages_where({parent: parent_id})
        where["$or"] = [_of_stage(stage, stages) for stage in values.stages] or [{"_id": None}]
    found = await pages(Card, parent, [parent_id], values.window(), sort=NEWEST_FIRST, where=where)
    return found[parent_id]


def _of_stage(stage: CardStage, stages: Stages) -> Record:
    """The cards of a stage: those in its columns; of what is to do also those that stand in none."""
    if stage is CardStage.CANCELLED:
        return {"archived": True, "column_id": {"$nin": _columns(CardStage.DONE, stages)}}
    if stage is CardStage.DONE:
        return {"column_id": {"$in": _columns(stage, stages)}}
    none = [None] if stage is CardStage.TODO else []
    return {"archived": False, "column_id": {"$in": [*_columns(stage, stages), *none]}}


def _columns(stage: CardStage, stages: Stages) -> list[ObjectId]:
    return [column_id for column_id, found in stages.items() if found is stage and column_id is not None]


@operation("nextCard", inside=WORKSPACE, permission=board.READ, scope=READ, read_only=True, tool="get_next_card")
async def find_next_card(ctx: Context, _membership: WorkspaceMemberRecord, values: CardNext) -> CardRecord | None:
    """The card to do next, if there is one: the most urgent that stands in a column of what is to do and waits for no
    open card; then what is due first, then the oldest."""
    inside: Record = {"workspace_id": values.workspace_id}
    where: Record = {"archived": False}
    if values.project is not None:
        inside = {"project_id": (await project_called(ctx, values.workspace_id, values.project))["_id"]}
    if values.assignee is not None:
        where["assignee_id"] = await assignee_called(ctx, values.workspace_id, values.assignee)
    columns = _columns(CardStage.TODO, await stages_where(inside))
    ids = [card["_id"] for card in await _in_order(columns, where)]
    for some in portions(ids, CANDIDATES):
        cards: Sequence[Any] = [{"_id": card_id} for card_id in some]
        waits = await is_blocked_of(ctx, cards, None)
        free = next((card_id for card_id, blocked in zip(some, waits, strict=True) if not blocked), None)
        if free is not None:
            return await collection(Card).find_one({"_id": free})
    return None


async def _in_order(columns: Sequence[ObjectId], where: Record) -> list[Record]:
    """The cards of some columns, what is to be done first before others."""
    found: list[Record] = []
    for some in portions(columns):
        begin: list[Record] = [{"$match": {"column_id": among(some)}}, {"$match": standing(Card, where) or where}]
        shown = {"$project": {"priority": 1, "due_date": 1}}
        found += await aggregate(Card, [*begin, shown])
    return sorted(found, key=_urgency)


def _urgency(card: Record) -> tuple[int, datetime, ObjectId]:
    priority = Priority.MEDIUM.value if card["priority"] is None else card["priority"]
    return -priority, card["due_date"] or NEVER, card["_id"]
