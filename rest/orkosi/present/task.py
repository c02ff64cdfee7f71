"""Tasks, which are cards of a workspace."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from typing_extensions import TypedDict

from models import Label, Project
from models.base import AnyRecord, timestamp
from models.ids import among
from models.records import CardRecord, ProjectRecord
from resolvers.column.stage import Stages, stage_of, stages_where
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.slugs import INBOX
from resolvers.member.assignee import words_for
from resolvers.relation.graph import blocked_by_of, blocks_of
from rest.orkosi.present.show import Timestamp
from rest.orkosi.task_words import (
    PriorityCode,
    PriorityName,
    StatusWord,
    TypeWord,
    number_of,
    priority_code,
    priority_name,
    status_word,
)

_NEIGHBOUR = frozenset({"number", "title", "archived", "column_id", "project_id"})


class LinkedTaskData(TypedDict):
    """A task that another waits for, or that waits for it."""

    id: int
    title: str
    status: StatusWord


class _TaskData(TypedDict):
    id: int
    title: str
    description: str | None
    status: StatusWord
    type: TypeWord | None
    resolution: str | None
    estimated_minutes: int | None
    max_duration_seconds: int | None
    due_date: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp
    started_at: Timestamp | None
    completed_at: Timestamp | None
    blocked_by: list[LinkedTaskData]
    blocks: list[LinkedTaskData]


class TaskData(_TaskData):
    """A task. `assignee` is the slug of an agent, or a person's username or number; `product` is the slug of one, and
    null for what has none. `tags` are the names of its labels with commas, and `category` is its type."""

    priority: PriorityCode
    category: TypeWord | None
    tags: str
    assignee: str | None
    product: str | None


class PublicTaskData(_TaskData):
    """A task. `assigned_to` is the slug of an agent, or a person's username or number; `product_id` is null for what
    has no product."""

    priority: PriorityName
    assigned_to: str | None
    product_id: int | None


class _Around:
    """What some tasks are shown with: a query for each, whatever their number."""

    def __init__(self) -> None:
        self.stages: Stages = {}
        self.blocked_by: Mapping[ObjectId, Sequence[CardRecord]] = {}
        self.blocks: Mapping[ObjectId, Sequence[CardRecord]] = {}
        self.projects: Mapping[ObjectId | None, ProjectRecord] = {}
        self.assignees: Mapping[ObjectId, str] = {}

    async def load(self, ctx: Context, records: Sequence[CardRecord]) -> None:
        if not records:
            return
        ids = [record["_id"] for record in records]
        self.blocked_by = dict(zip(ids, await blocked_by_of(ctx, records, _NEIGHBOUR), strict=True))
        self.blocks = dict(zip(ids, await blocks_of(ctx, records, _NEIGHBOUR), strict=True))
        linked = [card for some in (*self.blocked_by.values(), *self.blocks.values()) for card in some]
        project_ids = list({card["project_id"] for card in (*records, *linked)})
        self.stages = await stages_where({"project_id": among(project_ids)})
        self.projects = await by_ids(Project, project_ids, frozenset({"slug", "number"}))
        self.assignees = await words_for(record["assignee_id"] for record in records)

    def shown(self, record: CardRecord) -> _TaskData:
        type_: Any = record.get("type")
        return {
            "id": number_of(record),
            "title": record["title"],
            "description": record["description"],
            "status": _status(record, self.stages),
            "type": type_,
            "resolution": record.get("resolution"),
            "estimated_minutes": record.get("estimate_minutes"),
            "max_duration_seconds": record.get("max_duration_seconds"),
            "due_date": timestamp(record["due_date"]) if record["due_date"] else None,
            "created_at": timestamp(record["created_at"]),
            "updated_at": timestamp(record["updated_at"]),
            "started_at": _moment(record.get("started_at")),
            "completed_at": _moment(record.get("completed_at")),
            "blocked_by": [self._linked(card) for card in self.blocked_by[record["_id"]]],
            "blocks": [self._linked(card) for card in self.blocks[record["_id"]]],
        }

    def product(self, record: CardRecord) -> ProjectRecord | None:
        """The project of a task; None for the inbox."""
        project = self.projects.get(record["project_id"])
        return None if project is None or project.get("slug") == INBOX else project

    def assignee(self, record: CardRecord) -> str | None:
        return None if record["assignee_id"] is None else self.assignees.get(record["assignee_id"])

    def _linked(self, card: CardRecord) -> LinkedTaskData:
        return {"id": number_of(card), "title": card["title"], "status": _status(card, self.stages)}


async def tasks(ctx: Context, records: Sequence[CardRecord]) -> list[TaskData]:
    """Tasks as the inner routes show them."""
    around = _Around()
    await around.load(ctx, records)
    labels = await by_ids(Label, (label_id for record in records for label_id in record["label_ids"]))
    return [_task(record, around, labels) for record in records]


async def task(ctx: Context, record: CardRecord) -> TaskData:
    return (await tasks(ctx, [record]))[0]


def _task(record: CardRecord, around: _Around, labels: Mapping[ObjectId | None, AnyRecord]) -> TaskData:
    product, shown = around.product(record), around.shown(record)
    return {
        **shown,
        "priority": priority_code(record["priority"]),
        "category": shown["type"],
        "tags": ",".join(labels[label_id]["name"] for label_id in record["label_ids"] if label_id in labels),
        "assignee": around.assignee(record),
        "product": None if product is None else product["slug"],
    }


async def public_tasks(ctx: Context, records: Sequence[CardRecord]) -> list[PublicTaskData]:
    """Tasks as the public routes show them."""
    around = _Around()
    await around.load(ctx, records)
    return [_public(record, around) for record in records]


async def public_task(ctx: Context, record: CardRecord) -> PublicTaskData:
    return (await public_tasks(ctx, [record]))[0]


def _public(record: CardRecord, around: _Around) -> PublicTaskData:
    product = around.product(record)
    return {
        **around.shown(record),
        "priority": priority_name(record["priority"]),
        "assigned_to": around.assignee(record),
        "product_id": None if product is None else number_of(product),
    }


def _status(card: CardRecord, stages: Stages) -> StatusWord:
    return status_word(stage_of(card, stages))


def _moment(value: Any) -> Timestamp | None:
    return None if value is None else timestamp(value)
