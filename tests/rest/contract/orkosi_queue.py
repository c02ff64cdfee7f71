"""Contracts of Orkosi's task queue."""

from resolvers.inputs.job import JobClaim
from resolvers.job.job import claim_jobs
from tests.denials.routes import ORKOSI
from tests.resolvers.lab import again
from tests.rest.contract.contract import STRANGER, Contract, Refused, bad
from tests.rest.contract.orkosi import data
from tests.rest.contract.shape import COUNT, ID, TEXT, TIME
from tests.rest.contract.stage import Stage

TASKS, ONE, QUEUES = ORKOSI + "/task-queue", ORKOSI + "/task-queue/{workId}", ORKOSI + "/bull-queue"
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
        answers=data(
            {
                "id": ID,
                "queue": "Mails",
                "name": "Digest",
                "data": {"to": "ben"},
                "status": "delayed",
                "priority": 0,
                "attempts": 5,
                "attempts_made": COUNT,
                "job_id": "digest-7",
                "failed_reason": None,
                "return_value": None,
                "run_at": TIME,
                "created_at": TIME,
                "finished_at": None,
            }
        ),
        bad=bad("backoff.type", sent={**SENT, "backoff": {"type": "never"}}),
        denied=VIEWER,
    ),
]
