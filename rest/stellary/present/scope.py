"""Scopes with their views."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.enums import ViewType
from models.records import ScopeRecord
from rest.present import presents, shown, word
from rest.stellary.present.column import Column

View = Literal["kanban", "list", "calendar", "roadmap", "stats"]
VIEWS: list[View] = ["kanban", "list", "calendar", "roadmap", "stats"]


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


def views(record: AnyRecord) -> Views:
    return {"views": VIEWS, "activeView": word(ViewType(record["active_view"]))}


def scope(record: ScopeRecord) -> Scope:
    return {**shown(Scope, record), **views(record)}
