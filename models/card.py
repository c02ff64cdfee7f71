"""Cards: the work items, with their checklist inside."""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import Record, Stored, id_factory, text_keys, utc_now
from models.enums import Priority
from models.ids import Kind
from models.text import sort_key

CardPair = tuple[Record | None, Record | None]
"""A card before and after a change: (None, card) of one that is made, (card, None) of one that is deleted."""

KEPT_FIELDS = (
    "workspace_id",
    "project_id",
    "scope_id",
    "column_id",
    "rank",
    "archived",
    "priority",
    "assignee_id",
    "label_ids",
    "created_at",
    "start_date",
    "due_date",
    "started_at",
    "completed_at",
    "updated_at",
)
"""The fields of cards that other documents are kept from (`resolvers.lane.card_kept`)."""


class ChecklistItem(BaseModel):
    """A step of a card. The place in the list is its order."""

    model_config = ConfigDict(extra="forbid")

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CHECKLIST_ITEM))
    title: str
    done: bool = False


class Card(Stored):
    """A card. `rank` orders it in its column; `scope_id` follows the column's; `version` counts changes of its fields.

    `started_at` and `completed_at` are set by moves (`resolvers.card.progress`); null on cards that moved before those
    were kept. `comment_count` and `attachment_count` are kept with the card, so that a board reads no comments.
    `custom_values` are by the id of the custom field; those of a field that is gone count for nothing. `title_key` and
    `text_keys` are what texts are sorted by (`models.base.sort_keys`).
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CARD))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    scope_id: PydanticObjectId | None = None
    column_id: PydanticObjectId | None = None
    rank: str
    title: str
    title_key: str = Field(default_factory=lambda data: sort_key(data["title"]))
    description: str | None = None
    priority: Priority | None = None
    archived: bool = False
    start_date: datetime | None = None
    due_date: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    assignee_id: PydanticObjectId | None = None
    created_by: PydanticObjectId | None = None
    label_ids: list[PydanticObjectId] = Field(default_factory=list)
    checklist: list[ChecklistItem] = Field(default_factory=list)
    custom_values: dict[str, Any] = Field(default_factory=dict)
    text_keys: dict[str, str] = Field(default_factory=lambda data: text_keys(data["custom_values"]))
    comment_count: int = 0
    attachment_count: int = 0
    version: int = 1
    field_versions: dict[str, int] = Field(default_factory=dict)
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "cards"
        indexes = [
            IndexModel([("column_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("label_ids", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("assignee_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("assignee_id", ASCENDING)]),
        ]
