"""Queues, their jobs and schedules, and who works on them."""

from resolvers.inputs.job import (
    CompletedJob,
    FactoryUpdate,
    JobBatchComplete,
    JobClaim,
    JobComplete,
    JobCreate,
    JobFail,
    JobHold,
    JobSubmit,
    QueueCreate,
    QueueUpdate,
    ScheduleCreate,
    ScheduleSubmit,
    ScheduleUpdate,
)
from resolvers.job import job, queue, schedule
from resolvers.kit.page import Window
from tests.gateway.replay.state import JSON, State, put, put_under, take, take_below
from tests.resolvers.lab import again
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

TASK_QUEUE, BULL_QUEUE, FACTORY = ORKOSI + "/task-queue", ORKOSI + "/bull-queue", ORKOSI + "/factory-workers"


async def make(world: World) -> None:
    ids = world.ids
    waiting = QueueCreate.of(workspace_id=ids["workspace"], name="Mails")
    ids["queue_name"] = "Mails"
    ids["queue"] = (await world.made(queue.create_queue, waiting))["_id"]
    ids["job"] = (await world.made(job.create_job, JobCreate.of(queue_id=ids["queue"], name="Send")))["_id"]
    nightly = ScheduleCreate.of(queue_id=ids["queue"], name="Sweep", cron="0 3 1 1 *")
    ids["schedule"] = (await world.made(schedule.create_schedule, nightly))["_id"]


async def _claim(world: World) -> None:
    """A job that is held."""
    await job.claim_jobs(again(world.owner), world.ids["queue"], JobClaim())


def _job_changed(state: State, event: JSON) -> None:
    """What its queue counts follows from its jobs."""
    job = event["job"]
    if job["queue"] is not None:
        put(state, "Queue", job["queue"])
        put(state, "Job", {**job, "queue": {"id": job["queue"]["id"]}})


def _job_deleted(state: State, event: JSON) -> None:
    take(state, "Job", event["jobId"])
    if event["fromQueue"] is not None:
        put(state, "Queue", event["fromQueue"])


def _queue_deleted(state: State, event: JSON) -> None:
    take(state, "Queue", event["queueId"])
    take_below(state, "queue", event["queueId"], "Job", "Schedule")


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    tasks = base + "/task-queue"
    empty = await ann.post(f"{tasks}/claim", json={"worker_id": "w-1", "queue_name": "mails"})
    assert (empty.status_code, empty.json()["data"]) == (200, None)
    values = {"task_type": "send", "payload": {"to": "ann"}, "queue_name": "mails", "idempotency_key": "letter-1"}
    submitted = await ask_orkosi(ann, "POST", f"{tasks}/submit", 201, **values)
    assert (await ask_orkosi(ann, "POST", f"{tasks}/submit", 201, **values))["id"] == submitted["id"]
    organizations = await ask_orkosi(ann, "GET", f"{base}/organizations")
    acme = next(organization["id"] for organization in organizations if organization["slug"] == "acme")
    other = next(organization["id"] for organization in organizations if organization["slug"] != "acme")
    claim = {"worker_id": "w-1", "queue_name": "nothing"}
    for path, body, made in (("submit", values, 201), ("claim", claim, 200)):
        for tenant, status in ((acme, made), (str(acme), made), (other, 404)):
            answer = await ann.post(f"{tasks}/{path}", json={**body, "tenant_id": tenant})
            assert answer.status_code == status, answer.text
    bull = {"queue": "mails", "name": "digest", "data": {"to": "ben"}, "priority": 1}
    digest = await ask_orkosi(ann, "POST", f"{base}/bull-queue/submit", 201, **bull)
    assert digest["status"] == "prioritized"

    wanted = {"queue_name": "mails", "task_type": "digest"}
    first = await ask_orkosi(ann, "POST", f"{tasks}/claim", worker_id="w-1", **wanted)
    assert (first["id"], first["worker_id"]) == (digest["id"], "w-1")
    [second] = await ask_orkosi(ann, "POST", f"{tasks}/claim", worker_id="w-2", queue_name="mails", batch_size=5)
    assert (second["id"], second["payload"]) == (submitted["id"], {"to": "ann"})
    assert await ask_orkosi(ann, "POST", f"{tasks}/claim", worker_id="w-1", queue_name="mails") is None

    held = {"lease_token": second["lease_token"]}
    assert (await ask_orkosi(ann, "POST", f"{tasks}/{second['id']}/heartbeat", **held))["status"] == "active"
    done = await ask_orkosi(ann, "POST", f"{tasks}/{second['id']}/complete", **held, result={"sent": 1})
    assert (done["status"], done["result"]) == ("completed", {"sent": 1})
    late = await ann.post(f"{tasks}/{second['id']}/complete", json=held)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "CONFLICT")
    failing = {"lease_token": first["lease_token"], "error": "The mailbox is away"}
    failed = await ask_orkosi(ann, "POST", f"{tasks}/{first['id']}/fail", **failing)
    assert (failed["status"], failed["error"]) == ("delayed", failing["error"])

    later = {"queue": "mails", "name": "sweep", "data": {}}
    assert (await ask_orkosi(ann, "POST", f"{base}/bull-queue/submit-scheduled", 201, **later, delay=60_000))["status"]
    hourly = await ask_orkosi(ann, "POST", f"{base}/bull-queue/submit-scheduled", 201, **later, every=3_600_000)
    daily = await ask_orkosi(ann, "POST", f"{base}/bull-queue/submit-scheduled", 201, **later, repeat="0 3 * * *")
    assert (daily["id"], daily["every"], daily["next_run_at"][11:16]) == (hourly["id"], None, "03:00")
    [stats] = (await ask_orkosi(ann, "GET", f"{base}/bull-queue/stats?queue=mails"))["queues"]
    assert (stats["delayed"], stats["completed"]) == (2, 1)
    ended = await ask_orkosi(ann, "GET", f"{base}/bull-queue/mails/jobs?status=completed")
    assert [job["id"] for job in ended] == [done["id"]]

    factory = base + "/factory-workers"
    config = {"worker_count": 2, "max_concurrent": 5}
    assert await ask_orkosi(ann, "PATCH", f"{factory}/config", **config) == config
    listed = await ask_orkosi(ann, "GET", factory)
    assert [(worker["name"], worker["completed"], worker["failed"]) for worker in listed["workers"]] == [
        ("w-1", 0, 1),
        ("w-2", 1, 0),
    ]
    assert (await ask_orkosi(ann, "GET", f"{factory}/stats")).items() >= config.items()
    assert (await ask_orkosi(ann, "GET", f"{factory}/health-summary"))["status"] == "healthy"


SAMPLE = Sample(
    make=make,
    places={"queueName": "queue_name", "workId": "job"},
    calls={
        "queue": lambda ids: (ids["queue"],),
        "queueCreate": lambda ids: (QueueCreate.of(workspace_id=ids["workspace"], name="Reports"),),
        "queueUpdate": lambda ids: (ids["queue"], QueueUpdate.of(is_paused=True)),
        "queueDelete": lambda ids: (ids["queue"],),
        "queues": lambda ids: (ids["workspace"],),
        "workers": lambda ids: (ids["workspace"],),
        "factory": lambda ids: (ids["workspace"],),
        "factoryUpdate": lambda ids: (ids["workspace"], FactoryUpdate.of(worker_count=10)),
        "job": lambda ids: (ids["job"],),
        "jobs": lambda ids: (ids["queue"], Window.read()),
        "jobCreate": lambda ids: (JobCreate.of(queue_id=ids["queue"], name="Send", key="one"),),
        "jobSubmit": lambda ids: (JobSubmit.of(workspace_id=ids["workspace"], queue="Mails", name="Send", key="two"),),
        "jobClaim": lambda ids: (ids["queue"], JobClaim(size=10)),
        "jobHold": lambda ids: (ids["job"], JobHold(lease_token=1)),
        "jobBatchComplete": lambda ids: (
            JobBatchComplete(
                queue_id=ids["queue"], jobs=[CompletedJob(id=ids["job"], lease_token=1, result={"sent": 1})]
            ),
        ),
        "jobComplete": lambda ids: (ids["job"], JobComplete(lease_token=1, result={"sent": 1})),
        "jobFail": lambda ids: (ids["job"], JobFail(lease_token=1, error="Away")),
        "jobDelete": lambda ids: (ids["job"],),
        "schedule": lambda ids: (ids["schedule"],),
        "scheduleCreate": lambda ids: (ScheduleCreate.of(queue_id=ids["queue"], name="Count", every_seconds=86_400),),
        "scheduleSubmit": lambda ids: (
            ScheduleSubmit.of(workspace_id=ids["workspace"], queue="Mails", name="Count", every_seconds=86_400),
        ),
        "scheduleUpdate": lambda ids: (ids["schedule"], ScheduleUpdate.of(is_enabled=False)),
        "scheduleDelete": lambda ids: (ids["schedule"],),
        "queueEvents": lambda ids: (ids["queue"],),
    },
    refused_there={"jobHold", "jobComplete", "jobFail"},
    routes={
        ("POST", TASK_QUEUE + "/submit"): sent(task_type="Send", idempotency_key="three"),
        ("POST", TASK_QUEUE + "/claim"): sent(worker_id="worker", queue_name="Mails"),
        ("POST", TASK_QUEUE + "/{workId}/heartbeat"): sent(lease_token=1),
        ("POST", TASK_QUEUE + "/{workId}/complete"): sent(lease_token=1),
        ("POST", TASK_QUEUE + "/{workId}/fail"): sent(lease_token=1, error="Away"),
        ("POST", BULL_QUEUE + "/submit"): sent(queue="Mails", name="Send", data={}, job_id="four"),
        ("POST", BULL_QUEUE + "/submit-scheduled"): sent(queue="Mails", name="Send", data={}, delay=60_000),
        ("GET", BULL_QUEUE + "/stats"): None,
        ("GET", BULL_QUEUE + "/{queueName}/jobs"): None,
        ("GET", FACTORY): None,
        ("GET", FACTORY + "/stats"): None,
        ("PATCH", FACTORY + "/config"): sent(worker_count=10),
        ("GET", FACTORY + "/health-summary"): None,
    },
    cases={
        "jobHold": Case(prepare=_claim),
        "jobBatchComplete": Case(prepare=_claim),
        "jobComplete": Case(prepare=_claim),
        "jobFail": Case(prepare=_claim),
    },
    kept={
        "Queue": Kept(
            "counts { waiting prioritized delayed active } createdBy { id }",
            {"Workspace": "queues(first: 50) { nodes { cursor ...QueueFields } }"},
        ),
        "Job": Kept("queue { id }", {"Queue": "jobs(first: 50) { nodes { ...JobFields } }"}),
        "Schedule": Kept("queue { id }", {"Queue": "schedules(first: 50) { nodes { ...ScheduleFields } }"}),
    },
    rules={
        "QueueCreated": ("queue { cursor ...QueueFields }", put_under("queue", "Queue")[1]),
        "QueueUpdated": put_under("queue", "Queue"),
        "QueueDeleted": ("queueId", _queue_deleted),
        "JobChanged": ("job { ...JobFields queue { ...QueueFields } }", _job_changed),
        "JobDeleted": ("jobId fromQueue { ...QueueFields }", _job_deleted),
    },
    orkosi_story=orkosi_story,
)
