"""Roadmaps of projects."""

from typing_extensions import TypedDict

from models.base import Record
from rest.stellary.present.base import Id, Timestamp, id_or_none, timestamp, timestamp_or_none


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


def roadmap(record: Record) -> Roadmap:
    return {
        "start": timestamp_or_none(record["start"]),
        "end": timestamp_or_none(record["end"]),
        "scopes": [
            {
                "scopeId": str(one["scope_id"]),
                "start": timestamp_or_none(one["start"]),
                "end": timestamp_or_none(one["end"]),
                "derived": one["is_derived"],
                "progress": one["progress"],
                "late": one["is_late"],
            }
            for one in record["scopes"]
        ],
        "cards": [
            {
                "cardId": str(one["card_id"]),
                "scopeId": id_or_none(one["scope_id"]),
                "start": timestamp_or_none(one["start"]),
                "due": timestamp_or_none(one["due"]),
                "done": one["is_done"],
                "late": one["is_late"],
                "blocked": one["is_blocked"],
                "step": one["step"],
            }
            for one in record["cards"]
        ],
        "truncated": record["is_truncated"],
        "dependencies": [
            {
                "blockerId": str(one["blocker_id"]),
                "blockedId": str(one["blocked_id"]),
                "violated": one["is_violated"],
            }
            for one in record["dependencies"]
        ],
        "milestones": [
            {
                "title": one["title"],
                "at": timestamp(one["at"]),
                "scopeId": id_or_none(one["scope_id"]),
                "late": one["is_late"],
            }
            for one in record["milestones"]
        ],
        "criticalPath": [str(one["card_id"]) for one in record["critical_path"]],
    }
