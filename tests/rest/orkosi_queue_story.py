"""What Orkosi's workers do: two of them share the jobs of a queue."""

from tests.rest.conftest import Board
from tests.rest.orkosi_story import asked, base_of


async def orkosi_queue(board: Board) -> None:
    """Every route of the queues."""
    ann, base = board.ann, base_of(board)
    tasks = base + "/task-queue"
    empty = await ann.post(f"{tasks}/claim", json={"worker_id": "w-1", "queue_name": "mails"})
    assert (empty.status_code, empty.json()["data"]) == (200, None)
    values = {"task_type": "send", "payload": {"to": "ann"}, "queue_name": "mails", "idempotency_key": "letter-1"}
    submitted = await asked(ann, "POST", f"{tasks}/submit", 201, **values)
    assert (await asked(ann, "POST", f"{tasks}/submit", 201, **values))["id"] == submitted["id"]
    organizations = await asked(ann, "GET", f"{base}/organizations")
    acme = next(organization["id"] for organization in organizations if organization["slug"] == "acme")
    other = next(organization["id"] for organization in organizations if organization["slug"] != "acme")
    claim = {"worker_id": "w-1", "queue_name": "nothing"}
    for path, body, made in (("submit", values, 201), ("claim", claim, 200)):
        for tenant, status in ((acme, made), (str(acme), made), (other, 404)):
            answer = await ann.post(f"{tasks}/{path}", json={**body, "tenant_id": tenant})
            assert answer.status_code == status, answer.text
    bull = {"queue": "mails", "name": "digest", "data": {"to": "ben"}, "priority": 1}
    digest = await asked(ann, "POST", f"{base}/bull-queue/submit", 201, **bull)
    assert digest["status"] == "prioritized"

    wanted = {"queue_name": "mails", "task_type": "digest"}
    first = await asked(ann, "POST", f"{tasks}/claim", worker_id="w-1", **wanted)
    assert (first["id"], first["worker_id"]) == (digest["id"], "w-1")
    [second] = await asked(ann, "POST", f"{tasks}/claim", worker_id="w-2", queue_name="mails", batch_size=5)
    assert (second["id"], second["payload"]) == (submitted["id"], {"to": "ann"})
    assert await asked(ann, "POST", f"{tasks}/claim", worker_id="w-1", queue_name="mails") is None

    held = {"lease_token": second["lease_token"]}
    assert (await asked(ann, "POST", f"{tasks}/{second['id']}/heartbeat", **held))["status"] == "active"
    done = await asked(ann, "POST", f"{tasks}/{second['id']}/complete", **held, result={"sent": 1})
    assert (done["status"], done["result"]) == ("completed", {"sent": 1})
    late = await ann.post(f"{tasks}/{second['id']}/complete", json=held)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "CONFLICT")
    failing = {"lease_token": first["lease_token"], "error": "The mailbox is away"}
    failed = await asked(ann, "POST", f"{tasks}/{first['id']}/fail", **failing)
    assert (failed["status"], failed["error"]) == ("delayed", failing["error"])

    later = {"queue": "mails", "name": "sweep", "data": {}}
    assert (await asked(ann, "POST", f"{base}/bull-queue/submit-scheduled", 201, **later, delay=60_000))["status"]
    hourly = await asked(ann, "POST", f"{base}/bull-queue/submit-scheduled", 201, **later, every=3_600_000)
    daily = await asked(ann, "POST", f"{base}/bull-queue/submit-scheduled", 201, **later, repeat="0 3 * * *")
    assert (daily["id"], daily["every"], daily["next_run_at"][11:16]) == (hourly["id"], None, "03:00")
    [stats] = (await asked(ann, "GET", f"{base}/bull-queue/stats?queue=mails"))["queues"]
    assert (stats["delayed"], stats["completed"]) == (2, 1)
    ended = await asked(ann, "GET", f"{base}/bull-queue/mails/jobs?status=completed")
    assert [job["id"] for job in ended] == [done["id"]]

    factory = base + "/factory-workers"
    config = {"worker_count": 2, "max_concurrent": 5}
    assert await asked(ann, "PATCH", f"{factory}/config", **config) == config
    listed = await asked(ann, "GET", factory)
    assert [(worker["name"], worker["completed"], worker["failed"]) for worker in listed["workers"]] == [
        ("w-1", 0, 1),
        ("w-2", 1, 0),
    ]
    assert (await asked(ann, "GET", f"{factory}/stats")).items() >= config.items()
    assert (await asked(ann, "GET", f"{factory}/health-summary"))["status"] == "healthy"
