"""Templates: what new projects of a workspace can begin with."""

from typing import Any

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.enums import FieldType, Priority, ViewType
from models.ids import Kind


class Part(BaseModel):
    """A part of a template. Parts name each other by their places; days count from the day of the new project."""

    model_config = ConfigDict(extra="forbid")


class TemplateScope(Part):
    name: str
    description: str | None = None
    start_day: int | None = None
    end_day: int | None = None
    active_view: ViewType = ViewType.KANBAN


class TemplateColumn(Part):
    """`scope` is the place of the scope whose board it is on; null for the project's own."""

    name: str
    scope: int | None = None


class TemplateLabel(Part):
    name: str
    color: str


class TemplateField(Part):
    """`options` have a label and a colour."""

    name: str
    type: FieldType
    options: list[TemplateLabel] = Field(default_factory=list)


class TemplateValue(Part):
    """The value of a custom field; an option is its place among the field's."""

    field: int
    value: Any


class TemplateCard(Part):
    title: str
    description: str | None = None
    priority: Priority | None = None
    column: int | None = None
    labels: list[int] = Field(default_factory=list)
    checklist: list[str] = Field(default_factory=list)
    start_day: int | None = None
    due_day: int | None = None
    values: list[TemplateValue] = Field(default_factory=list)


class TemplateContent(Part):
    """All that a new project gets."""

    scopes: list[TemplateScope] = Field(default_factory=list)
    columns: list[TemplateColumn] = Field(default_factory=list)
    labels: list[TemplateLabel] = Field(default_factory=list)
    custom_fields: list[TemplateField] = Field(default_factory=list)
    cards: list[TemplateCard] = Field(default_factory=list)


class Template(Stored):
    """A template that was made of a project. `name` is unique in the workspace."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TEMPLATE))
    workspace_id: PydanticObjectId
    name: str
    description: str | None = None
    created_by: PydanticObjectId | None = None
    content: TemplateContent

    class Settings:
        name = "templates"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("name", ASCENDING)], unique=True)]
