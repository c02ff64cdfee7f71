"""Discovery engines, what came of them, and their runs."""

from typing import Literal

from typing_extensions import TypedDict

from models import DiscoveryEngine
from models.base import timestamp
from models.records import AgentRecord, DiscoveryEngineRecord, MissionRecord
from rest.orkosi.present.show import Timestamp, presents, shown

MICRO = 1_000_000


class DiscoveryRunData(TypedDict):
    """A run of a discovery engine. `task_count` is how many tasks came of it."""

    id: str
    status: Literal["queued", "running", "awaiting_approval", "completed", "failed", "cancelled"]
    task_count: int
    summary: str | None
    error: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None


class DiscoveryStats(TypedDict):
    """What came of the runs that have ended. `wasted_runs` are those that no task came of."""

    total_runs: int
    failed_runs: int
    wasted_runs: int
    task_count: int


@presents(DiscoveryEngine, without=["created_by"])
class DiscoveryEngineData(TypedDict):
    """What has an agent look for work, again and again. `model` is null for the default."""

    id: str
    schedule_interval_ms: int
    model: str | None
    enabled: bool
    agent: str | None
    next_run_at: Timestamp | None
    last_run: DiscoveryRunData | None
    stats: DiscoveryStats


class DiscoveryEngineRuns(DiscoveryEngineData):
    """A discovery engine with its last runs, the newest first."""

    runs: list[DiscoveryRunData]


class EfficiencyData(TypedDict):
    """What the runs of an engine that have ended cost, and what for. `waste_rate` is the share of them that no task
    came of, `cost_per_task_usd` what a task has cost: null where there was no run, or no task."""

    slug: str
    name: str
    layer: str
    enabled: bool
    total_runs: int
    failed_runs: int
    wasted_runs: int
    waste_rate: float | None
    task_count: int
    cost_usd: float
    cost_per_task_usd: float | None
    compute_minutes: float


def discovery_run(record: MissionRecord) -> DiscoveryRunData:
    return {
        "id": str(record["_id"]),
        "status": record["status"],  # type: ignore[typeddict-item]
        "task_count": record.get("card_count", 0),
        "summary": record["summary"],
        "error": record["error"],
        "created_at": timestamp(record["created_at"]),
        "started_at": _time(record, "started_at"),
        "finished_at": _time(record, "finished_at"),
    }


def discovery_engine(
    record: DiscoveryEngineRecord, agent: AgentRecord | None, last_run: MissionRecord | None
) -> DiscoveryEngineData:
    """An engine with its agent and the run that was begun last, where those are there."""
    next_at = record["next_at"]
    return {
        **shown(DiscoveryEngineData, record),
        "id": str(record["_id"]),
        "schedule_interval_ms": record["every_seconds"] * 1_000,
        "model": None if agent is None else agent.get("model"),
        "enabled": record["is_enabled"],
        "agent": None if agent is None else agent["slug"],
        "next_run_at": None if next_at is None else timestamp(next_at),
        "last_run": None if last_run is None else discovery_run(last_run),
        "stats": {
            "total_runs": record["run_count"],
            "failed_runs": record["failed_count"],
            "wasted_runs": record["wasted_count"],
            "task_count": record["card_count"],
        },
    }


def efficiency(record: DiscoveryEngineRecord) -> EfficiencyData:
    runs, tasks, cost = record["run_count"], record["card_count"], record["cost"] / MICRO
    return {
        "slug": record["slug"],
        "name": record["name"],
        "layer": record["layer"],
        "enabled": record["is_enabled"],
        "total_runs": runs,
        "failed_runs": record["failed_count"],
        "wasted_runs": record["wasted_count"],
        "waste_rate": record["wasted_count"] / runs if runs else None,
        "task_count": tasks,
        "cost_usd": cost,
        "cost_per_task_usd": cost / tasks if tasks else None,
        "compute_minutes": record["run_seconds"] / 60,
    }


def _time(record: MissionRecord, key: Literal["started_at", "finished_at"]) -> Timestamp | None:
    moment = record[key]
    return None if moment is None else timestamp(moment)
