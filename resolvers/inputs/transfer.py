"""The import format: a project with its columns and cards, whole."""

from typing import Annotated

from pydantic import Field

from resolvers.inputs.base import Date, Description, Flag, Input, Name, Order, PriorityWord, Title
from resolvers.inputs.card import MAX_LABELS, Checklist

MAX_COLUMNS = 50
MAX_CARDS = 500


class ImportedProject(Input):
    name: Name
    description: Description | None = None
    deadline: Date | None = None


class ImportedColumn(Input):
    name: Name


class ImportedCard(Input):
    """`column_index` points into `columns`; null puts the card beside them. Labels go by name, made where missing."""

    title: Title
    column_index: Order | None = None
    description: Description | None = None
    priority: PriorityWord | None = None
    start_date: Date | None = None
    due_date: Date | None = None
    archived: Flag = False
    checklist: Checklist = Field(default_factory=list)
    labels: Annotated[list[Name], Field(max_length=MAX_LABELS)] = Field(default_factory=list)


class ProjectImport(Input):
    """At most 50 columns and 500 cards; what is wrong is told of the first bad card alone."""

    project: ImportedProject
    columns: Annotated[list[ImportedColumn], Field(max_length=MAX_COLUMNS)] = Field(default_factory=list)
    cards: Annotated[list[ImportedCard], Field(max_length=MAX_CARDS, fail_fast=True)] = Field(default_factory=list)
