"""Scopes with their views, columns and labels."""

from typing import Literal

from typing_extensions import TypedDict

from models.base import Record
from models.enums import ViewType
from rest.stellary.present.base import Id, Timestamp, id_or_none, timestamp, timestamp_or_none

View = Literal["kanban", "list", "calendar", "roadmap", "stats"]
VIEWS: list[View] = ["kanban", "list", "calendar", "roadmap", "stats"]


class Column(TypedDict):
    """A stage of a board; `order` is its place there, from 0. `scopeId` is null on the project's own board."""

    id: Id
    name: str
    projectId: Id
    scopeId: Id | None
    order: int
    createdAt: Timestamp


class Views(TypedDict):
    """The views that a scope can be shown in, and the one it opens with."""

    views: list[View]
    activeView: View


class Scope(Views):
    """A work package of a project."""

    id: Id
    name: str
    description: str | None
    projectId: Id
    startDate: Timestamp | None
    endDate: Timestamp | None
    createdAt: Timestamp
    updatedAt: Timestamp


class ScopeDetails(Scope):
    """A scope with its board. `progress` is done cards over all cards, 0 to 1."""

    columns: list[Column]
    progress: float


class Label(TypedDict):
    """A coloured tag of a project's cards."""

    id: Id
    name: str
    color: str
    projectId: Id


def column(record: Record) -> Column:
    """`record` carries the `order`."""
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "projectId": str(record["project_id"]),
        "scopeId": id_or_none(record["scope_id"]),
        "order": record["order"],
        "createdAt": timestamp(record["created_at"]),
    }


def views(record: Record) -> Views:
    return {"views": VIEWS, "activeView": ViewType(record["active_view"]).value}


def scope(record: Record) -> Scope:
    return {
        **views(record),
        "id": str(record["_id"]),
        "name": record["name"],
        "description": record["description"],
        "projectId": str(record["project_id"]),
        "startDate": timestamp_or_none(record["start_date"]),
        "endDate": timestamp_or_none(record["end_date"]),
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def label(record: Record) -> Label:
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "color": record["color"],
        "projectId": str(record["project_id"]),
    }
