"""Inputs of an import: a project with its columns and cards, whole."""

from datetime import datetime

import strawberry

from schema.enums import Priority
from schema.inputs.base import given, required
from schema.inputs.card import ChecklistItemInput


@strawberry.input(description="The project itself.")
class ImportedProjectInput:
    name: str = required("The name, 1 to 100 characters.")
    description: str | None = given("What it is about.")
    deadline: datetime | None = given("When it should be done.")


@strawberry.input(description="A column of the project's board.")
class ImportedColumnInput:
    name: str = required("The name, 1 to 100 characters.")


@strawberry.input(description="A card.")
class ImportedCardInput:
    title: str = required("The title, 1 to 500 characters.")
    column_index: int | None = given("Its column's place in `columns`, from 0; without one it stands beside them.")
    description: str | None = given("The details as Markdown.")
    priority: Priority | None = given("How urgent it is.")
    start_date: datetime | None = given("When work starts.")
    due_date: datetime | None = given("When it is due.")
    archived: bool | None = given("Whether it is out of sight.")
    checklist: list[ChecklistItemInput] | None = given("Its steps, at most 100.")
    labels: list[str] | None = given("Its labels by name, made where missing.")


@strawberry.input(description="A whole project: at most 50 columns and 500 cards; written all or not at all.")
class ProjectImportInput:
    project: ImportedProjectInput = required("The project.")
    columns: list[ImportedColumnInput] | None = given("Its columns, in order.")
    cards: list[ImportedCardInput] | None = given("Its cards, in order.")
