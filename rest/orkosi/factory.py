"""The factory: who works on the queues of the workspace, how much they may at a time, and what is wrong with it."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

from models.base import timestamp
from models.job import FactoryAlertKind
from models.records import WorkerRecord
from resolvers.inputs.job import AtATime, FactoryUpdate
from resolvers.job.factory import Factory, FactoryAlert, get_factory, update_factory
from resolvers.job.worker import held_of_workers, list_workers
from rest.orkosi.bodies import Body
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.present.show import Timestamp
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "factory",
    "/factory-workers",
    about="Who works on the queues of the workspace, and how much of it may be at a time.",
    place=250,
    tag_place=150,
)

_TYPES: dict[FactoryAlertKind, Literal["lease_expired", "waiting_long", "failing"]] = {
    FactoryAlertKind.LEASE_EXPIRED: "lease_expired",
    FactoryAlertKind.WAITING_LONG: "waiting_long",
    FactoryAlertKind.FAILING: "failing",
}
_SAID: dict[FactoryAlertKind, str] = {
    FactoryAlertKind.LEASE_EXPIRED: "{count} claims have ended without a sign of life",
    FactoryAlertKind.WAITING_LONG: "{count} jobs wait for more than ten minutes",
    FactoryAlertKind.FAILING: "More than a fifth of the jobs of {queue} that ended in the last hour failed: {count}",
}


class FactoryConfigBody(Body):
    """How many workers may hold jobs at a time, and how many jobs; null for any number. With a limit of workers, there
    is one of 1,000 jobs."""

    worker_count: AtATime | None = None
    max_concurrent: AtATime | None = None


class FactoryConfigData(TypedDict):
    """How many workers may hold jobs at a time, and how many jobs; null for any number. With a limit of workers,
    `max_concurrent` is 1,000 where none was said."""

    worker_count: int | None
    max_concurrent: int | None


class SlotsData(TypedDict):
    """How many jobs are held, and how many may be; null for any number."""

    used: int
    total: int | None


class TasksData(TypedDict):
    """How many jobs have not ended, by where they stand."""

    waiting: int
    delayed: int
    active: int


class ThroughputData(TypedDict):
    """What ended in the last hour, to five minutes. `failure_rate` is null where nothing did."""

    completed_last_hour: int
    failed_last_hour: int
    failure_rate: float | None


class OrkosiWorkerData(TypedDict):
    """A worker as it calls itself. `active` is how many jobs it holds; the others count its claims, and how they ended:
    those that were `lost` gave no sign of life."""

    id: str
    name: str
    state: Literal["working", "idle"]
    active: int
    claimed: int
    completed: int
    failed: int
    lost: int
    last_seen_at: Timestamp
    created_at: Timestamp


class FactoryStatsData(FactoryConfigData):
    """The factory in numbers. `workers` were seen within a day, `working` hold jobs."""

    workers: int
    working: int
    slots: SlotsData
    tasks: TasksData
    throughput: ThroughputData


class FactoryWorkersData(TypedDict):
    """Who was seen within a day, by name, and what they are about."""

    workers: list[OrkosiWorkerData]
    slots: SlotsData
    tasks: TasksData
    throughput: ThroughputData


class FactoryAlertData(TypedDict):
    """What is wrong, with how many jobs; `queue` is the name of one, or null for all."""

    type: Literal["lease_expired", "waiting_long", "failing"]
    message: str
    count: int
    queue: str | None


class FactoryHealthData(TypedDict):
    """Whether anything is wrong. `pids` are the processes of the gateway that answers, for whoever runs the
    installation, and null for others."""

    status: Literal["healthy", "degraded"]
    workers: list[OrkosiWorkerData]
    alerts: list[FactoryAlertData]
    pids: list[int] | None


@routes.get("", "List the workers", runs=list_workers, reads=[get_factory], names_object=True)
async def find(call: Call) -> FactoryWorkersData:
    """Whoever has claimed a job within a day, and said what they are called."""
    workspace_id = await workspace_of(call)
    factory = await get_factory(call.ctx, workspace_id)
    shown = await _shown(call, await list_workers(call.ctx, workspace_id))
    return {"workers": shown, "slots": _slots(factory), "tasks": _tasks(factory), "throughput": _throughput(factory)}


@routes.get("/stats", "Count what the workers do", runs=get_factory, names_object=True)
async def count(call: Call) -> FactoryStatsData:
    """Of all queues together."""
    factory = await get_factory(call.ctx, await workspace_of(call))
    return {
        "worker_count": factory.worker_count,
        "max_concurrent": factory.max_concurrent,
        "workers": factory.workers,
        "working": factory.working,
        "slots": _slots(factory),
        "tasks": _tasks(factory),
        "throughput": _throughput(factory),
    }


@routes.patch(
    "/config", "Say how much may be done at a time", runs=update_factory, body=FactoryConfigBody, names_object=True
)
async def configure(call: Call) -> FactoryConfigData:
    """Claims keep to it from now on; what is held already goes on."""
    values = FactoryUpdate.of(**call.body(FactoryConfigBody).given())
    workspace = (await update_factory(call.ctx, await workspace_of(call), values)).value
    return {"worker_count": workspace.get("worker_count"), "max_concurrent": workspace.get("max_concurrent")}


@routes.get(
    "/health-summary", "Read whether anything is wrong", runs=get_factory, reads=[list_workers], names_object=True
)
async def get_health(call: Call) -> FactoryHealthData:
    """Claims that nobody gives a sign of, jobs that wait for long, and queues whose jobs fail."""
    workspace_id = await workspace_of(call)
    factory = await get_factory(call.ctx, workspace_id)
    pids = factory.process_ids
    return {
        "status": "degraded" if factory.alerts else "healthy",
        "workers": await _shown(call, await list_workers(call.ctx, workspace_id)),
        "alerts": [_alert(alert) for alert in factory.alerts],
        "pids": None if pids is None else list(pids),
    }


async def _shown(call: Call, workers: Sequence[WorkerRecord]) -> list[OrkosiWorkerData]:
    held = await held_of_workers(call.ctx, workers, None) if workers else []
    return [_worker(worker, active) for worker, active in zip(workers, held, strict=True)]


def _worker(worker: WorkerRecord, active: int) -> OrkosiWorkerData:
    return {
        "id": str(worker["_id"]),
        "name": worker["name"],
        "state": "working" if active else "idle",
        "active": active,
        "claimed": worker["claimed"],
        "completed": worker["completed"],
        "failed": worker["failed"],
        "lost": worker["lost"],
        "last_seen_at": timestamp(worker["seen_at"]),
        "created_at": timestamp(worker["created_at"]),
    }


def _slots(factory: Factory) -> SlotsData:
    return {"used": factory.held, "total": factory.max_concurrent}


def _tasks(factory: Factory) -> TasksData:
    return {"waiting": factory.waiting, "delayed": factory.delayed, "active": factory.active}


def _throughput(factory: Factory) -> ThroughputData:
    done, failed = factory.completed_lately, factory.failed_lately
    rate = round(failed / (done + failed), 4) if done + failed else None
    return {"completed_last_hour": done, "failed_last_hour": failed, "failure_rate": rate}


def _alert(alert: FactoryAlert) -> FactoryAlertData:
    return {
        "type": _TYPES[alert.kind],
        "message": _SAID[alert.kind].format(count=alert.count, queue=alert.queue),
        "count": alert.count,
        "queue": alert.queue,
    }
