"""Inputs about templates."""

import strawberry

from schema.inputs.base import given, required


@strawberry.input(description="A template made of a project: its scopes, columns, labels and custom fields.")
class TemplateCreateFromProjectInput:
    project_id: strawberry.ID = required("The project.")
    name: str = required("The name, unique in the workspace.")
    description: str | None = given("What it is for, at most 5,000 characters.")
    include_cards: bool | None = given("Whether the open cards are taken along; by default they are not.")
