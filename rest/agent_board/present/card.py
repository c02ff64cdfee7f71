"""Cards."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from bson import ObjectId
from typing_extensions import TypedDict

import models
from models.records import CardRecord, CardStepRecord, ColumnRecord, LabelRecord
from resolvers.card.seen import is_unread_of
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.lane.card_place import places_of
from resolvers.worktree.worktree import worktree_of
from rest.agent_board.present.assigned import assigned_ids
from rest.agent_board.present.board import board_id
from rest.agent_board.present.run import RunSessionData
from rest.present import Id, Timestamp, presents, shown


@presents(models.Card, only=("title", "column_id", "archived"))
class CardData(TypedDict):
    """A card among others. `position` is its place in its column, from 0; archived ones have the one that they would
    come back to. Sort by `rank`, which does not change with the moves of other cards."""

    position: int
    rank: str
    hasActiveAgent: bool
    labels: list[str]
    isAutoMode: bool
    unread: bool


@presents(models.Worktree)
class WorktreeData(TypedDict):
    """The folder in which a card is worked on. `base` is the branch that its own began with."""


class CardDetailData(CardData):
    """A card. `prompt` is its description."""

    prompt: str | None
    boardId: Id
    projectId: Id
    credentialId: Id | None
    autoApprovalPending: bool
    attachmentCount: int
    worktree: WorktreeData | None
    createdAt: Timestamp
    updatedAt: Timestamp
    completedAt: Timestamp | None


@presents(models.Card, only=("created_at", "updated_at", "completed_at", "attachment_count", "project_id"))
class _Rest(TypedDict):
    """What the whole of a card shows beside what lists do."""


class CreatedCardData(TypedDict):
    """A card that was made without its project in the address."""

    id: Id
    title: str
    projectId: Id
    columnId: Id | None
    position: int


class FlatCardData(CardDetailData):
    """A card with the name of its column, and its runs."""

    columnName: str | None
    sessions: list[RunSessionData]


class CardStatusData(TypedDict):
    """How far a card is."""

    id: Id
    title: str
    columnName: str | None
    hasActiveAgent: bool


class StepData(TypedDict):
    """A column that a card goes through by itself, and what agents are told there."""

    columnId: Id
    columnName: str
    prompt: str | None
    enabled: bool


class PipelineData(TypedDict):
    """The columns that a card goes through by itself, in order."""

    steps: list[StepData]


async def cards(ctx: Context, records: Sequence[CardRecord]) -> list[CardData]:
    """Cards of one project: a query each for places that are unknown, for labels, and for what is unread."""
    await places_of(records)
    labels = await by_ids(
        models.Label, (label_id for record in records for label_id in record["label_ids"]), frozenset({"name"})
    )
    unread = await is_unread_of(ctx, records, None) if records else []
    return [_card(record, labels, unread=is_unread) for record, is_unread in zip(records, unread, strict=True)]


async def card(ctx: Context, record: CardRecord) -> CardDetailData:
    """All of one card."""
    rest = shown(_Rest, record)
    [listed] = await cards(ctx, [record])
    [tree] = await worktree_of(ctx, [record], None)
    [credential_id] = await assigned_ids([record])
    whole: dict[str, Any] = {
        **listed,
        **rest,
        "prompt": record["description"],
        "boardId": board_id(record),
        "credentialId": credential_id,
        "autoApprovalPending": record.get("pending_column_id") is not None,
        "worktree": None if tree is None else shown(WorktreeData, tree),
    }
    return cast("CardDetailData", whole)


def _card(record: CardRecord, labels: Mapping[ObjectId | None, LabelRecord], *, unread: bool) -> CardData:
    return {
        **shown(CardData, record),
        "position": record["order"],
        "rank": record["rank"],
        "hasActiveAgent": record.get("active_mission_id") is not None,
        "labels": [labels[label_id]["name"] for label_id in record["label_ids"] if label_id in labels],
        "isAutoMode": bool(record.get("auto_mode")),
        "unread": unread,
    }


def pipeline(steps: Sequence[CardStepRecord], columns: Sequence[ColumnRecord]) -> PipelineData:
    """The steps of a card, with the names of their columns."""
    names = {column["_id"]: column["name"] for column in columns}
    return {
        "steps": [
            {
                "columnId": str(step["column_id"]),
                "columnName": names[step["column_id"]],
                "prompt": step["prompt"],
                "enabled": step["enabled"],
            }
            for step in steps
            if step["column_id"] in names
        ]
    }
