"""Templates: what new projects can begin with."""

from datetime import datetime
from typing import Any

import strawberry

from models.enums import ColumnKind, FieldType, Priority, TemplateKind
from models.records import TemplateRecord
from resolvers.template import template as edges
from schema.extension import extends
from schema.loading import derived, edge
from schema.references import UserRef, WorkspaceRef


def _columns(template: TemplateRecord) -> list[dict[str, Any]]:
    content = template["content"]
    names = [scope["name"] for scope in content["scopes"]]
    return [
        {
            "name": column["name"],
            "scope": None if column["scope"] is None else names[column["scope"]],
            "kind": column.get("kind"),
            "prompt": column.get("prompt"),
            "requires_approval": column.get("requires_approval", False),
        }
        for column in content["columns"]
    ]


def _cards(template: TemplateRecord) -> list[dict[str, Any]]:
    content = template["content"]
    return [
        {
            "title": card["title"],
            "priority": None if card["priority"] is None else Priority(card["priority"]),
            "column": None if card["column"] is None else content["columns"][card["column"]]["name"],
            "labels": [content["labels"][place]["name"] for place in card["labels"]],
            "checklist": card["checklist"],
        }
        for card in content["cards"]
    ]


def _fields(template: TemplateRecord) -> list[dict[str, Any]]:
    return [
        {
            "name": custom_field["name"],
            "type": FieldType(custom_field["type"]),
            "options": [option["name"] for option in custom_field["options"]],
        }
        for custom_field in template["content"]["custom_fields"]
    ]


@strawberry.type(description="A scope that a new project gets.")
class TemplateScope:
    name: str = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(description="What it is about.")
    start_day: int | None = strawberry.field(description="When it starts, in days from the creation of the project.")
    end_day: int | None = strawberry.field(description="When it ends, in days from the creation of the project.")


@strawberry.type(description="A column that a new project gets.")
class TemplateColumn:
    name: str = strawberry.field(description="Its name.")
    scope: str | None = strawberry.field(description="The name of its scope; null for the project's own board.")
    kind: ColumnKind | None = strawberry.field(description="What it means for a card to stand there.")
    prompt: str | None = strawberry.field(description="What agents are told about the cards that come to it.")
    requires_approval: bool = strawberry.field(
        description="Whether a card that goes on by itself comes to it only once somebody has approved."
    )


@strawberry.type(description="A label that a new project gets.")
class TemplateLabel:
    name: str = strawberry.field(description="Its name.")
    color: str = strawberry.field(description="Its colour as #rrggbb.")


@strawberry.type(description="A custom field that a new project gets.")
class TemplateField:
    name: str = strawberry.field(description="Its name.")
    type: FieldType = strawberry.field(description="What it holds.")
    options: list[str] = strawberry.field(description="The labels of its options.")


@strawberry.type(description="A card that a new project gets.")
class TemplateCard:
    title: str = strawberry.field(description="Its title.")
    priority: Priority | None = strawberry.field(description="How urgent it is.")
    column: str | None = strawberry.field(description="The name of its column.")
    labels: list[str] = strawberry.field(description="The names of its labels.")
    checklist: list[str] = strawberry.field(description="Its steps.")


@strawberry.type(description="What a new project can begin with: built in, or made of a project of the workspace.")
class Template:
    id: strawberry.ID = strawberry.field(
        description="What `projectCreate` and `scopeCreateFromTemplate` take as their `template`."
    )
    name: str = strawberry.field(description="The name.")
    description: str | None = strawberry.field(description="What it is for.")
    kind: TemplateKind = derived(
        edges.kind_of_template, needs=("kind",), description="What begins with it: a project, or a board alone."
    )
    is_built_in: bool = derived(
        lambda template: "workspace_id" not in template,
        needs=("workspace_id",),
        description="Whether every workspace has it; it cannot be deleted then.",
    )
    scopes: list[TemplateScope] = derived(
        lambda template: template["content"]["scopes"], needs=("content",), description="The scopes, in order."
    )
    columns: list[TemplateColumn] = derived(_columns, needs=("content",), description="The columns, in order.")
    labels: list[TemplateLabel] = derived(
        lambda template: template["content"]["labels"], needs=("content",), description="The labels."
    )
    custom_fields: list[TemplateField] = derived(
        _fields, needs=("content",), description="The custom fields, in order."
    )
    cards: list[TemplateCard] = derived(_cards, needs=("content",), description="The cards, in order.")
    created_by: UserRef | None = edge(
        edges.creator_of, needs=("created_by",), description="Who made it; null for a built-in one."
    )
    created_at: datetime | None = strawberry.field(description="When it was made; null for a built-in one.")


@extends(WorkspaceRef, after="storage")
class OfWorkspace:
    templates: list[Template] = edge(
        edges.templates_of,
        description="What its projects can begin with: the built-in templates, then its own by name.",
    )
