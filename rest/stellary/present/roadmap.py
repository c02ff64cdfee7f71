"""Roadmaps of projects."""

from typing_extensions import TypedDict

from models.base import AnyRecord
from rest.present import Id, Timestamp, shown


class RoadmapScope(TypedDict):
    """`derived` says that a date is taken from the scope's cards."""

    scopeId: Id
    start: Timestamp | None
    end: Timestamp | None
    derived: bool
    progress: float
    late: bool


class RoadmapCard(TypedDict):
    """`step` counts the cards that have to be done before, one after the other."""

    cardId: Id
    scopeId: Id | None
    start: Timestamp | None
    due: Timestamp | None
    done: bool
    late: bool
    blocked: bool
    step: int


class RoadmapDependency(TypedDict):
    """`violated` says that the blocked card is to begin before the other is due."""

    blockerId: Id
    blockedId: Id
    violated: bool


class RoadmapMilestone(TypedDict):
    """The deadline of the project, or the given end of a scope."""

    title: str
    at: Timestamp
    scopeId: Id | None
    late: bool


class Roadmap(TypedDict):
    """What is to be done when, and what waits for what. `truncated` says that more than 1,000 cards have a date."""

    start: Timestamp | None
    end: Timestamp | None
    scopes: list[RoadmapScope]
    cards: list[RoadmapCard]
    truncated: bool
    dependencies: list[RoadmapDependency]
    milestones: list[RoadmapMilestone]
    criticalPath: list[Id]


def roadmap(record: AnyRecord) -> Roadmap:
    return shown(Roadmap, {**record, "critical_path": [card["card_id"] for card in record["critical_path"]]})
