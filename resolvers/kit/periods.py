"""Days, weeks (from Monday) and months of a range of time, in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import Field

from models.base import utc_now
from models.enums import StatsInterval
from models.errors import BadUserInput
from resolvers.kit.input import Date, Input

MAX_PERIODS = 366
_USUAL = {StatsInterval.DAY: 30, StatsInterval.WEEK: 12, StatsInterval.MONTH: 12}
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods that a range touches, whole ones: the first may begin before it, the last one end after it."""

    interval: StatsInterval
    starts: tuple[datetime, ...]
    end: datetime

    @classmethod
    def between(cls, begin: datetime | None, end: datetime | None, interval: StatsInterval) -> Self:
        """The periods from `begin` to `end`: by default up to now, and the last 30 days, 12 weeks or 12 months.

        Raises BadUserInput for a range that is empty or has more than 366 periods.
        """
        last = utc_now() if end is None else end
        if last <= _EARLIEST or last >= _LATEST:
            raise BadUserInput("must lie between the years 1970 and 9998", field="to")
        if begin is None:
            first = _start(last - timedelta(milliseconds=1), interval)
            for _ in range(_USUAL[interval] - 1):
                first = _start(max(first - timedelta(days=1), _EARLIEST), interval)
        else:
            first = _start(begin, interval)
            if begin >= last:
                raise BadUserInput("must lie before `to`", field="from")
        starts = [first]
        while (following := _next(starts[-1], interval)) < last:
            starts.append(following)
            if len(starts) > MAX_PERIODS:
                raise BadUserInput(f"must lie at most {MAX_PERIODS} periods before `to`", field="from")
        return cls(interval, tuple(starts), following)

    @property
    def ends(self) -> tuple[datetime, ...]:
        """Where each period ends."""
        return (*self.starts[1:], self.end)


class PeriodsInput(Input):
    """The range, at most 366 periods; up to now by default, 30 days, 12 weeks or 12 months long."""

    from_: Annotated[Date | None, Field(alias="from")] = None
    to: Date | None = None
    interval: StatsInterval = StatsInterval.DAY

    def periods(self) -> Periods:
        """What it selects."""
        return Periods.between(self.from_, self.to, self.interval)


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """The month of a moment, in UTC: when it begins, and the next one does."""
    begins = _start(moment, StatsInterval.MONTH)
    return begins, _next(begins, StatsInterval.MONTH)


def _start(moment: datetime, interval: StatsInterval) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if interval is StatsInterval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is StatsInterval.MONTH else day


def _next(start: datetime, interval: StatsInterval) -> datetime:
    if interval is StatsInterval.MONTH:
        return (start + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if interval is StatsInterval.WEEK else 1)
