"""Contracts of Orkosi's queues, and of who works on them."""

from resolvers.inputs.job import JobClaim
from resolvers.job.job import claim_jobs
from tests.resolvers.lab import again
from tests.rest.contract.contract import MALFORMED, MEMBER, STRANGER, Contract, Refused, bad
from tests.rest.contract.orkosi import data, page
from tests.rest.contract.shape import COUNT, ID, TEXT, TIME
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI

TASKS, ONE, QUEUES = ORKOSI + "/task-queue", ORKOSI + "/task-queue/{workId}", ORKOSI + "/bull-queue"
FACTORY = ORKOSI + "/factory-workers"
VIEWER = Refused(status=403, code="FORBIDDEN", by="viewer")
JOB = {
    "id": ID,
    "queue_name": "Mails",
    "task_type": "Send",
    "payload": None,
    "status": "active",
    "priority": 0,
    "attempts": 1,
    "max_attempts": 3,
    "timeout_seconds": 300,
    "idempotency_key": TEXT,
    "worker_id": None,
    "lease_token": 1,
    "lease_expires_at": TIME,
    "result": None,
    "error": None,
    "run_at": TIME,
    "created_at": TIME,
    "finished_at": None,
}
OVER = {"lease_token": None, "lease_expires_at": None}
NEW = {"task_type": "Count", "payload": {"to": "ann"}, "queue_name": "Counts", "priority": 2, "idempotency_key": "n-1"}
SENT = {
    "queue": "Mails",
    "name": "Digest",
    "data": {"to": "ben"},
    "attempts": 5,
    "backoff": {"type": "fixed", "delay": 10},
    "delay": 60_000,
    "job_id": "digest-7",
}


BULL = {
    "id": ID,
    "queue": "Mails",
    "name": "Digest",
    "data": {"to": "ben"},
    "status": "waiting",
    "priority": 0,
    "attempts": 3,
    "attempts_made": COUNT,
    "job_id": TEXT,
    "failed_reason": None,
    "return_value": None,
    "run_at": TIME,
    "created_at": TIME,
    "finished_at": None,
}
NIGHTLY = {"queue": "Mails", "name": "Digest", "data": {"to": "ben"}, "repeat": "0 3 * * *"}
COUNTS = {
    "waiting": 1,
    "prioritized": 0,
    "delayed": 0,
    "active": 0,
    "paused": 0,
    "completed": 0,
    "failed": 0,
}
WORKER = {
    "id": ID,
    "name": "w-1",
    "state": "working",
    "active": 1,
    "claimed": 1,
    "completed": 0,
    "failed": 0,
    "lost": 0,
    "last_seen_at": TIME,
    "created_at": TIME,
}
BUSY = {
    "slots": {"used": 1, "total": None},
    "tasks": {"waiting": 0, "delayed": 0, "active": 1},
    "throughput": {"completed_last_hour": 0, "failed_last_hour": 0, "failure_rate": None},
}


async def named(stage: Stage) -> None:
    """The job of the world is held by a worker that says what it is called."""
    await claim_jobs(again(stage.owner), stage.ids["queue"], JobClaim(worker="w-1"))


async def claimed(stage: Stage) -> None:
    """The job of the world is held."""
    await claim_jobs(again(stage.owner), stage.ids["queue"], JobClaim())


CONTRACTS = [
    Contract(
        method="POST",
        route=TASKS + "/submit",
        sent=NEW,
        answers=data({**JOB, **NEW, **OVER, "status": "prioritized", "attempts": 0}),
        bad=bad("task_type", sent={"payload": {}}),
        denied=VIEWER,
    ),
    Contract(
        method="POST",
        route=TASKS + "/claim",
        status=200,
        sent={"worker_id": "w-1", "queue_name": "Mails", "task_type": "Send", "batch_size": 2},
        answers=data(({**JOB, "worker_id": "w-1"},)),
        bad=bad("worker_id", sent={"queue_name": "Mails"}),
        denied=VIEWER,
    ),
    Contract(
        method="POST",
        route=ONE + "/heartbeat",
        status=200,
        given=claimed,
        sent={"lease_token": 1},
        answers=data(JOB),
        bad=bad("work_id", path={"workId": "nonsense"}),
        denied=Refused(status=409, code="CONFLICT", sent={"lease_token": 2}),
    ),
    Contract(
        method="POST",
        route=ONE + "/complete",
        status=200,
        given=claimed,
        sent={"lease_token": 1, "result": {"sent": 1}},
        answers=data({**JOB, **OVER, "status": "completed", "result": {"sent": 1}, "finished_at": TIME}),
        bad=bad("lease_token", sent={"lease_token": 0}),
        denied=VIEWER,
    ),
    Contract(
        method="POST",
        route=ONE + "/fail",
        status=200,
        given=claimed,
        sent={"lease_token": 1, "error": "Away"},
        answers=data({**JOB, **OVER, "status": "delayed", "error": "Away"}),
        bad=bad("error", sent={"lease_token": 1}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=QUEUES + "/submit",
        sent=SENT,
        answers=data({**BULL, "status": "delayed", "attempts": 5, "job_id": "digest-7"}),
        bad=bad("backoff.type", sent={**SENT, "backoff": {"type": "never"}}),
        denied=VIEWER,
    ),
    Contract(
        method="POST",
        route=QUEUES + "/submit-scheduled",
        sent=NIGHTLY,
        answers=data({"id": ID, **NIGHTLY, "every": None, "next_run_at": TIME, "created_at": TIME}),
        bad=bad(None, sent={**NIGHTLY, "every": 60_000}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=QUEUES + "/stats",
        params={"queue": "Mails"},
        answers=data({"queues": ({"queue": "Mails", "is_paused": False, **COUNTS},), "total": COUNTS}),
        bad=bad("queue", params={"queue": "q" * 101}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=QUEUES + "/{queueName}/jobs",
        params={"status": "waiting", "start": 0, "end": 9},
        answers=page(({**BULL, "name": "Send", "data": None},)),
        bad=bad("end", params={"start": 5, "end": 4}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=FACTORY,
        given=named,
        answers=data({"workers": (WORKER,), **BUSY}),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=FACTORY + "/stats",
        given=named,
        answers=data({"worker_count": None, "max_concurrent": None, "workers": 1, "working": 1, **BUSY}),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=FACTORY + "/config",
        sent={"worker_count": 4, "max_concurrent": 20},
        answers=data({"worker_count": 4, "max_concurrent": 20}),
        bad=bad("max_concurrent", sent={"max_concurrent": 0}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=FACTORY + "/health-summary",
        given=named,
        answers=data({"status": "healthy", "workers": (WORKER,), "alerts": (), "pids": None}),
        bad=MALFORMED,
        denied=STRANGER,
    ),
]
