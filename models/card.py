"""Cards: the work items, with their checklist inside."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import ChangeCount, Stored, id_factory, kind, text_keys, utc_now
from models.card_enums import CardType
from models.enums import Priority
from models.facts import FILTER, GRAPH, LISTED, SHOWN, SORT, TEMPLATE, TOOL, TRANSFER, UPDATE, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, PROMPT, TITLE
from models.number import Number, number_index
from models.records import CardRecord
from models.text import sort_key

CardPair = tuple[CardRecord | None, CardRecord | None]
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


@kind(0x52)
class ChecklistItem(BaseModel):
    """A step of a card. The place in the list is its order."""

    model_config = ConfigDict(extra="forbid")

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CHECKLIST_ITEM))
    title: str
    done: bool = False


class CardStep(BaseModel):
    """A column that a card goes through by itself, with what agents are told there instead of the column's `prompt`."""

    model_config = ConfigDict(extra="forbid")

    column_id: Annotated[PydanticObjectId, Facts("The column.", refers=Kind.COLUMN)]
    enabled: Annotated[bool, Facts("Whether the card stops there; others are passed over.")] = True
    prompt: Annotated[str | None, Facts("What agents are told there.")] = None


@kind(0x51)
class Card(Stored[CardRecord]):
    """A card. `rank` orders it in its column; `scope_id` follows the column's; `version` counts changes of its fields.

    `started_at` and `completed_at` are set by moves (`resolvers.card.progress`); null on cards that moved before those
    were kept. `comment_count` and `attachment_count` are kept with the card, so that a board reads no comments.
    `pipeline` is null where it follows from the board; steps whose column is gone count for nothing.
    `credential_id` is what models are asked with for it, before its project's and its organization's.
    `next_confined` says that what is bound to its project has last said where it goes, so that the mission which begins
    of that by itself is confined; `due_confined` that it has set the due date.
    `custom_values` are by the id of the custom field; those of a field that is gone count for nothing. `title_key` and
    `text_keys` are what texts are sorted by (`models.base.sort_keys`).
    """

    added = {"order": int}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CARD))
    workspace_id: PydanticObjectId
    number: Number = None
    project_id: Annotated[PydanticObjectId, Facts("The project that it belongs to.", refers=Kind.PROJECT)]
    scope_id: Annotated[
        PydanticObjectId | None,
        Facts("The scope that it belongs to; null for the project's own.", SHOWN | FILTER, refers=Kind.SCOPE),
    ] = None
    column_id: Annotated[
        PydanticObjectId | None, Facts("The column that it stands in.", SHOWN | FILTER, refers=Kind.COLUMN)
    ] = None
    rank: Annotated[
        str,
        Facts(
            "Sorts the cards of a column: compare byte by byte, then by `id`. Unlike `order` it does not change with "
            "the moves of other cards, so it is what keeps a board right that follows events.",
            GRAPH | SORT,
            told={SORT: "The place on the board."},
        ),
    ]
    title: Annotated[str, Facts("The title.", SHOWN | WRITTEN | LISTED | TRANSFER | TEMPLATE, text=TITLE)]
    title_key: str = Field(default_factory=lambda data: sort_key(data["title"]))
    description: Annotated[
        str | None,
        Facts("The details as Markdown.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=PROMPT),
    ] = None
    priority: Annotated[
        Priority | None,
        Facts(
            "How urgent it is.",
            SHOWN | WRITTEN | LISTED | TRANSFER | TEMPLATE,
            told={SORT: "How urgent it is, from low to critical; none comes first."},
        ),
    ] = None
    type: Annotated[CardType | None, Facts("What kind of work it is.", SHOWN | WRITTEN | FILTER | TRANSFER)] = None
    resolution: Annotated[
        str | None, Facts("What came of it, as Markdown.", SHOWN | WRITTEN | TRANSFER, text=MARKDOWN)
    ] = None
    estimate_minutes: Annotated[
        int | None, Facts("How long it should take, in minutes.", SHOWN | WRITTEN | TRANSFER)
    ] = None
    max_duration_seconds: Annotated[
        int | None,
        Facts(
            "How long whoever works on it may take at most, in seconds; the built-in runtime gives up then.",
            SHOWN | WRITTEN | TRANSFER,
        ),
    ] = None
    archived: Annotated[bool, Facts("Whether it is taken out of sight.", SHOWN | UPDATE | FILTER | TRANSFER)] = False
    start_date: Annotated[datetime | None, Facts("When work starts.", SHOWN | WRITTEN | TRANSFER | TEMPLATE)] = None
    due_date: Annotated[datetime | None, Facts("When it is due.", SHOWN | WRITTEN | LISTED | TRANSFER | TEMPLATE)] = (
        None
    )
    started_at: Annotated[
        datetime | None,
        Facts(
            "Since when it stands beyond the first column of its board: set by moving, kept in columns that are done.",
            SHOWN | TRANSFER,
        ),
    ] = None
    completed_at: Annotated[
        datetime | None,
        Facts(
            "Since when it stands in a column that is done: set by moving and creating it there.",
            SHOWN | TRANSFER,
        ),
    ] = None
    assignee_id: Annotated[
        PydanticObjectId | None, Facts("Who it is assigned to.", SHOWN | FILTER, refers=Kind.USER)
    ] = None
    created_by: Annotated[PydanticObjectId | None, Facts("Who created it.", refers=Kind.USER)] = None
    label_ids: Annotated[
        list[PydanticObjectId],
        Facts("Its labels.", FILTER | TOOL, told={FILTER: "A label that it carries."}),
    ] = Field(default_factory=list)
    checklist: Annotated[list[ChecklistItem], Facts("Its steps, in order.", TOOL)] = Field(default_factory=list)
    custom_values: Annotated[dict[str, Any], Facts("The values of custom fields, by the field.", TOOL)] = Field(
        default_factory=dict
    )
    text_keys: dict[str, str] = Field(default_factory=lambda data: text_keys(data["custom_values"]))
    auto_mode: Annotated[
        bool, Facts("Whether it goes on through its pipeline by itself.", SHOWN | WRITTEN | TRANSFER, late=True)
    ] = False
    pipeline: list[CardStep] | None = None
    pending_column_id: Annotated[
        PydanticObjectId | None, Facts("The column that it goes on to once somebody approves.", refers=Kind.COLUMN)
    ] = None
    active_mission_id: Annotated[
        PydanticObjectId | None,
        Facts("A mission about it that is not finished, the one that was asked first.", refers=Kind.MISSION),
    ] = None
    origin_mission_id: Annotated[
        PydanticObjectId | None,
        Facts("The mission that its agent created it in.", GRAPH, refers=Kind.MISSION),
    ] = None
    credential_id: PydanticObjectId | None = None
    next_confined: bool = False
    due_confined: bool = False
    comment_count: Annotated[int, Facts("How many comments it has.")] = 0
    attachment_count: Annotated[int, Facts("How many files are attached to it.")] = 0
    version: ChangeCount = 1
    field_versions: dict[str, int] = Field(default_factory=dict)
    created_at: Annotated[datetime, Facts("When it was created.", SHOWN | LISTED)] = Field(default_factory=utc_now)
    updated_at: Annotated[datetime, Facts("When it last changed.", SHOWN | LISTED)] = Field(default_factory=utc_now)

    class Settings:
        name = "cards"
        indexes = [
            IndexModel([("column_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("label_ids", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("assignee_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("due_date", ASCENDING), ("_id", ASCENDING)]),
            IndexModel(
                [
                    ("assignee_id", ASCENDING),
                    ("workspace_id", ASCENDING),
                    ("archived", ASCENDING),
                    ("completed_at", ASCENDING),
                    ("priority", ASCENDING),
                    ("due_date", ASCENDING),
                    ("_id", ASCENDING),
                ]
            ),
            IndexModel(
                [("column_id", ASCENDING), ("priority", ASCENDING), ("due_date", ASCENDING), ("_id", ASCENDING)]
            ),
            IndexModel([("project_id", ASCENDING), ("title_key", ASCENDING), ("created_at", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel(
                [("project_id", ASCENDING), ("active_mission_id", ASCENDING)],
                partialFilterExpression={"active_mission_id": {"$type": "objectId"}},
            ),
            number_index("workspace_id"),
        ]
