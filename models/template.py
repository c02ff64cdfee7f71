"""Templates: what new projects of a workspace can begin with."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field, create_model
from pymongo import ASCENDING, IndexModel

from models.base import Recorded, Stored, id_factory, kind
from models.card import Card
from models.column import Column
from models.custom_field import CustomField
from models.enums import TemplateKind
from models.facts import TEMPLATE, TOOL, Declared, Facts, declared
from models.ids import Kind
from models.label import Label
from models.records import TemplateRecord
from models.scope import Scope


class Part(BaseModel):
    """A part of a template. Parts name each other by their places; days count from the day of the new project."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def of(cls, **values: Any) -> Self:
        """The part of these values."""
        return cls.model_validate(values)


P = TypeVar("P", bound=Part)


def carries(model: type[Recorded[Any]]) -> Callable[[type[P]], type[P]]:
    """Adds to a part of a template the fields that a model declares for it."""

    def add(cls: type[P]) -> type[P]:
        fields: dict[str, Any] = {}
        for field in declared(model, TEMPLATE).values():
            type_ = int if field.type is datetime else field.type
            fields[part_key(field)] = (
                type_ | None if field.nullable else type_,
                ... if field.required else field.default,
            )
        return create_model(cls.__name__, __base__=cls, __module__=cls.__module__, __doc__=cls.__doc__, **fields)

    return add


def part_key(field: Declared) -> str:
    """What a template calls a field: a date is a day."""
    return f"{field.key.removesuffix('_date')}_day" if field.type is datetime else field.key


@carries(Scope)
class TemplateScope(Part):
    pass


@carries(Column)
class TemplateColumn(Part):
    """`scope` is the place of the scope whose board it is on; null for the project's own."""

    scope: int | None = None


@carries(Label)
class TemplateLabel(Part):
    pass


@carries(CustomField)
class TemplateField(Part):
    """`options` have a label and a colour."""

    options: list[TemplateLabel] = Field(default_factory=list)


class TemplateValue(Part):
    """The value of a custom field; an option is its place among the field's."""

    field: int
    value: Any


@carries(Card)
class TemplateCard(Part):
    column: int | None = None
    labels: list[int] = Field(default_factory=list)
    checklist: list[str] = Field(default_factory=list)
    values: list[TemplateValue] = Field(default_factory=list)


class TemplateContent(Part):
    """All that a new project gets."""

    scopes: list[TemplateScope] = Field(default_factory=list)
    columns: list[TemplateColumn] = Field(default_factory=list)
    labels: list[TemplateLabel] = Field(default_factory=list)
    custom_fields: list[TemplateField] = Field(default_factory=list)
    cards: list[TemplateCard] = Field(default_factory=list)


@kind(0x47)
class Template(Stored[TemplateRecord]):
    """A template of a workspace. `name` is unique there. One of the kind BOARD holds columns alone."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TEMPLATE))
    workspace_id: PydanticObjectId
    name: Annotated[str, Facts("The name, unique in the workspace.", TOOL)]
    description: Annotated[str | None, Facts("What it is for.", TOOL)] = None
    kind: Annotated[TemplateKind, Facts("What begins with it.", TOOL)] = TemplateKind.PROJECT
    created_by: PydanticObjectId | None = None
    content: TemplateContent

    class Settings:
        name = "templates"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("name", ASCENDING)], unique=True)]
