"""Scopes with their views, columns and labels."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.enums import ViewType
from models.records import ColumnRecord, LabelRecord, ScopeRecord
from rest.present import presents, shown, word

View = Literal["kanban", "list", "calendar", "roadmap", "stats"]
VIEWS: list[View] = ["kanban", "list", "calendar", "roadmap", "stats"]


@presents(models.Column)
class Column(TypedDict):
    """A stage of a board; `order` is its place there, from 0. `scopeId` is null on the project's own board."""

    order: int


class Views(TypedDict):
    """The views that a scope can be shown in, and the one it opens with."""

    views: list[View]
    activeView: View


@presents(models.Scope)
class Scope(Views):
    """A work package of a project."""


class ScopeDetails(Scope):
    """A scope with its board. `progress` is done cards over all cards, 0 to 1."""

    columns: list[Column]
    progress: float


@presents(models.Label, without=("created_at",))
class Label(TypedDict):
    """A coloured tag of a project's cards."""


def column(record: ColumnRecord) -> Column:
    """`record` carries the `order`."""
    return {**shown(Column, record), "order": record["order"]}


def views(record: AnyRecord) -> Views:
    return {"views": VIEWS, "activeView": word(ViewType(record["active_view"]))}


def scope(record: ScopeRecord) -> Scope:
    return {**shown(Scope, record), **views(record)}


def label(record: LabelRecord) -> Label:
    return shown(Label, record)
