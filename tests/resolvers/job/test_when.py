"""When schedules make jobs: by cron, whose days all have 24 hours, or every so often."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import BadUserInput
from models.ids import Kind, new_id
from resolvers.inputs.job import ScheduleCreate
from resolvers.job.schedule import next_after
from resolvers.kit.input import read_input


@pytest.mark.parametrize(
    ("cron", "after", "then"),
    [
        ("*/15 * * * *", "2026-03-01T09:30:00", "2026-03-01T09:45:00"),
        ("30 2 * * *", "2026-03-29T00:00:00", "2026-03-29T02:30:00"),  # the hour that some clocks leave out
        ("30 2 * * *", "2026-10-25T00:00:00", "2026-10-25T02:30:00"),  # the hour that some clocks have twice
        ("0 0 29 2 *", "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
    ],
)
def test_cron_counts_in_utc(cron: str, after: str, then: str) -> None:
    schedule: Any = {"cron": cron}

    assert next_after(schedule, datetime.fromisoformat(after).replace(tzinfo=UTC)) == datetime.fromisoformat(
        then
    ).replace(tzinfo=UTC)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_clocks_change_has_each_hour_once(day: str) -> None:
    schedule: Any = {"cron": "30 * * * *"}
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)

    ticks = [moment := next_after(schedule, moment) for _ in range(24)]

    assert [tick.isoformat() for tick in ticks] == [f"{day}T{hour:02}:30:00+00:00" for hour in range(24)]


@pytest.mark.parametrize(
    "values",
    [{}, {"cron": "* * * * *", "everySeconds": 60}, {"cron": "61 * * * *"}, {"cron": "0 0 31 2 *"}, {"cron": "never"}],
    ids=["neither", "both", "no minute", "no such day", "no cron"],
)
def test_a_schedule_says_when_in_one_way(values: dict[str, Any]) -> None:
    queue_id = new_id(Kind.QUEUE)

    with pytest.raises(BadUserInput):
        read_input(ScheduleCreate, {"queueId": queue_id, "name": "Sweep", **values})
