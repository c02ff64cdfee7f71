"""When a date is over. A day alone is kept as its midnight in UTC, and lasts until the next one."""

from datetime import datetime

from resolvers.lane.card_facts import milliseconds

DAY = 86_400_000


def is_over(date: int, now: int) -> bool:
    """Whether a date, or the day that it stands for, has passed; both in milliseconds since 1970."""
    return date + DAY <= now if date % DAY == 0 else date < now


def is_day(date: datetime) -> bool:
    """Whether a moment stands for its day."""
    return milliseconds(date) % DAY == 0


def has_passed(date: datetime, now: datetime) -> bool:
    """The same of two moments."""
    return is_over(milliseconds(date), milliseconds(now))
