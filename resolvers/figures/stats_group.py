"""The facts of cards in groups, as the figures need them: by place, by period, by whole hours and days."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from models.base import Record, utc_now
from resolvers.kit.periods import Periods
from resolvers.lane.card_facts import Facts, milliseconds
from resolvers.lane.due import DAY, is_over

HOUR = 3_600_000

NAMES = ("now", "labels", "created", "completed", "cycle", "lead", "ages")

Rows = list[Record]


def grouped(cards: Sequence[Facts], periods: Periods, wanted: Collection[str]) -> dict[str, Rows]:
    """The groups that are wanted, by name; rows have a `count`, those with a `size` a `total` of milliseconds too."""
    visible = [card for card in cards if not card.archived]
    now, begin, end = milliseconds(utc_now()), milliseconds(periods.starts[0]), milliseconds(periods.end)
    start_of = _start_of(periods)
    # A card that was created as done says nothing of how long one takes.
    ended = [card for card in cards if card.completed_at is not None and begin <= card.completed_at < end]
    groups: dict[str, Callable[[], Rows]] = {
        "now": lambda: _places(visible, now),
        "labels": lambda: _rows(
            ("label", "column"), ((label, shown.column_id) for shown in visible for label in shown.label_ids)
        ),
        # Archived cards that were never done are no part of the work any more.
        "created": lambda: _rows(
            ("at", "column", "complete"),
            (
                (start_of(card.created_at), card.column_id, card.completed_at is not None)
                for card in cards
                if card.created_at < end and (not card.archived or card.completed_at is not None)
            ),
        ),
        "completed": lambda: _rows(
            ("at",),
            (
                (start_of(completed_at),)
                for completed_at in (card.completed_at for card in cards)
                if completed_at is not None and completed_at < end
            ),
        ),
        "cycle": lambda: _spans(
            HOUR, (((card.completed_at or 0) - card.started_at, None) for card in ended if card.started_at is not None)
        ),
        "lead": lambda: _spans(HOUR, ((spent, None) for spent in map(_lead, ended) if spent > 0)),
        "ages": lambda: _spans(DAY, ((now - shown.created_at, shown.column_id) for shown in visible)),
    }
    return {name: group() if name in wanted else [] for name, group in groups.items()}


def _lead(card: Facts) -> int:
    return (card.completed_at or 0) - card.created_at


def _start_of(periods: Periods) -> Callable[[int], datetime | None]:
    """What tells the start of the period that a moment lies in; None for one before the first."""
    starts = [milliseconds(start) for start in periods.starts]
    known: list[datetime | None] = [None, *periods.starts]
    return lambda moment: known[bisect_right(starts, moment)]


def _rows(names: Sequence[str], keys: Iterable[tuple[Any, ...]]) -> Rows:
    return [{**dict(zip(names, key, strict=True)), "count": count} for key, count in Counter(keys).items()]


def _places(cards: Sequence[Facts], now: int) -> Rows:
    overdue = Counter(_place(card) for card in cards if card.due_date is not None and is_over(card.due_date, now))
    return [
        {"column": place[0], "priority": place[1], "assignee": place[2], "count": count, "overdue": overdue[place]}
        for place, count in Counter(map(_place, cards)).items()
    ]


def _place(card: Facts) -> tuple[Any, ...]:
    return (card.column_id, card.priority, card.assignee_id)


def _spans(unit: int, spans: Iterable[tuple[int, Any]]) -> Rows:
    """By whole units and column."""
    counts: Counter[tuple[int, Any]] = Counter()
    totals: Counter[tuple[int, Any]] = Counter()
    for spent, column in spans:
        counts[spent // unit, column] += 1
        totals[spent // unit, column] += spent
    return [
        {"size": size, "column": column, "count": count, "total": totals[size, column]}
        for (size, column), count in counts.items()
    ]
