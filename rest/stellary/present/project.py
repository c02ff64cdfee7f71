"""Projects and their members."""

from collections.abc import Sequence

from typing_extensions import TypedDict

import models
from models.base import AnyRecord, Record
from models.enums import Priority
from models.records import ProjectRecord
from rest.present import Id, Timestamp, of_three, presents, shown
from rest.stellary.present.base import timestamp


@presents(models.Project)
class Project(TypedDict):
    """A project of a workspace."""


class PriorityCounts(TypedDict):
    """Open cards by priority."""

    high: int
    medium: int
    low: int
    none: int


class Metrics(TypedDict):
    """What cards add up to. `progress` is done over total, 0 to 1; archived cards count nowhere else.

    Done is what stands in a column that is done; overdue, blocked and by priority are of the others.
    """

    total: int
    open: int
    done: int
    archived: int
    overdue: int
    blocked: int
    progress: float
    byPriority: PriorityCounts
    members: int
    nextDeadline: Timestamp | None
    lastActivityAt: Timestamp | None


class PortfolioProject(Project):
    """A project with its metrics."""

    metrics: Metrics


class PortfolioTotals(Metrics):
    """All projects together; somebody who is a member of two counts once."""

    projects: int


class Portfolio(TypedDict):
    """The projects of a workspace, oldest first, and what they add up to."""

    projects: list[PortfolioProject]
    totals: PortfolioTotals


class ProjectMember(TypedDict):
    """A workspace member who is notified of a project and can be assigned its cards."""

    userId: Id
    email: str
    name: str | None
    joinedAt: Timestamp


def project(record: ProjectRecord) -> Project:
    return shown(Project, record)


def portfolio(found: Record) -> Portfolio:
    """`found` are projects with their `metrics`, and the `totals`."""
    totals = found["totals"]
    return {
        "projects": [{**project(record), "metrics": metrics(record["metrics"])} for record in found["projects"]],
        "totals": {**metrics(totals), "projects": totals["projects"]},
    }


def metrics(record: AnyRecord) -> Metrics:
    return shown(Metrics, {**record, "by_priority": counts_of_three(record["by_priority"])})


def counts_of_three(shares: Sequence[AnyRecord]) -> dict[str, int]:
    """How many cards are of each priority, those together that are shown as one."""
    counts = {"none": 0, **{priority.word: 0 for priority in Priority if priority is of_three(priority)}}
    for share in shares:
        counts[of_three(share["priority"]).word if share["priority"] else "none"] += share["count"]
    return counts


def project_member(record: AnyRecord) -> ProjectMember:
    """`record` is a membership with its `user`."""
    return {
        "userId": str(record["user_id"]),
        "email": record["user"]["email"],
        "name": record["user"]["name"],
        "joinedAt": timestamp(record["created_at"]),
    }
