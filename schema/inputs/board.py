"""Inputs about scopes, columns and labels."""

from datetime import datetime

import strawberry

from schema.enums import ViewType
from schema.inputs.base import given, required


@strawberry.input(description="A new scope.")
class ScopeCreateInput:
    project_id: strawberry.ID = required("The project that it is part of.")
    name: str = required("The name, 1 to 100 characters.")
    description: str | None = given("What it is about, at most 5,000 characters.")
    start_date: datetime | None = given("When it starts.")
    end_date: datetime | None = given("When it ends; not before it starts.")


@strawberry.input(description="What changes of a scope.")
class ScopeUpdateInput:
    name: str | None = given("The name, 1 to 100 characters.")
    description: str | None = given("What it is about; null clears it.")
    start_date: datetime | None = given("When it starts; null clears it.")
    end_date: datetime | None = given("When it ends; null clears it.")
    active_view: ViewType | None = given("The view that it opens with.")


@strawberry.input(description="The view that a scope opens with.")
class ScopeViewSetInput:
    active_view: ViewType = required("The view.")


@strawberry.input(description="A new column at the end of a board.")
class ColumnCreateInput:
    project_id: strawberry.ID = required("The project that it is part of.")
    scope_id: strawberry.ID | None = given("The scope whose board it is on; without one, the project's own.")
    name: str = required("The name, 1 to 100 characters.")


@strawberry.input(description="What changes of a column.")
class ColumnUpdateInput:
    name: str | None = given("The name, 1 to 100 characters.")
    order: int | None = given("The new place on the board, from 0; past the end is the end.")


@strawberry.input(description="A new label.")
class LabelCreateInput:
    project_id: strawberry.ID = required("The project that it belongs to.")
    name: str = required("The name, unique in the project.")
    color: str | None = given("The colour as #rrggbb; grey without one.")


@strawberry.input(description="What changes of a label.")
class LabelUpdateInput:
    name: str | None = given("The name, unique in the project.")
    color: str | None = given("The colour as #rrggbb.")
