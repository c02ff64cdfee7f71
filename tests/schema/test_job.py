"""Queues, jobs and schedules over the graph."""

from typing import Any

from tests.gateway.lab import Board, Person


async def do(person: Person, name: str, of: str, fields: str, /, **values: Any) -> Any:
    """What a mutation on an object returns, under a field of its payload."""
    title = name[0].upper() + name[1:]
    taken = f", $input: {title}Input!" if values else ""
    given = ", input: $input" if values else ""
    query = f"mutation ($id: ID!{taken}) {{ {name}(id: $id{given}) {{ {fields} cursor }} }}"
    return (await person.ask(query, id=of, **({"input": values} if values else {})))[name]


async def made(person: Person, name: str, fields: str, /, **values: Any) -> Any:
    """What a mutation creates."""
    title, noun = name[0].upper() + name[1:], name.removesuffix("Create")
    query = f"mutation ($input: {title}Input!) {{ {name}(input: $input) {{ {noun} {{ {fields} }} }} }}"
    return (await person.ask(query, input=values))[name][noun]


READ = """
query ($id: ID!) {
  node(id: $id) {
    ... on Workspace {
      queues {
        nodes { name open isPaused jobs { nodes { name state data result } } schedules { nodes { name cron } } }
      }
    }
  }
}
"""
END_TOGETHER = """
mutation ($input: JobBatchCompleteInput!) { jobBatchComplete(input: $input) {
  results { job { state } error { code } }
} }
"""
HELD = "job { state leaseToken attempts result error }"


async def test_a_job_goes_through_its_queue(board: Board) -> None:
    ann = board.ann
    queue = (await made(ann, "queueCreate", "id", workspaceId=board.workspace, name="Mails"))["id"]
    job = await made(ann, "jobCreate", "id state priority maxAttempts", queueId=queue, name="Send", data={"to": "ben"})
    submit = "mutation ($input: JobSubmitInput!) { jobSubmit(input: $input) { job { id } } }"
    sent = {"workspaceId": board.workspace, "queue": "Mails", "name": "Other", "priority": 9}
    other = (await ann.ask(submit, input=sent))["jobSubmit"]["job"]

    [claimed] = (await do(ann, "jobClaim", queue, "jobs { id leaseToken data }", size=1))["jobs"]
    token = claimed["leaseToken"]
    await do(ann, "jobHold", job["id"], HELD, leaseToken=token)
    failed = (await do(ann, "jobFail", job["id"], HELD, leaseToken=token, error="away"))["job"]
    [second] = (await do(ann, "jobClaim", queue, "jobs { id leaseToken }", size=5))["jobs"]
    done = (await do(ann, "jobComplete", second["id"], HELD, leaseToken=second["leaseToken"], result=[1]))["job"]
    await do(ann, "jobDelete", second["id"], "deletedId")
    gone = {"id": second["id"], "leaseToken": second["leaseToken"]}
    ended = (await ann.ask(END_TOGETHER, input={"queueId": queue, "jobs": [gone]}))["jobBatchComplete"]["results"]

    assert [(one["job"], one["error"]["code"]) for one in ended] == [(None, "NOT_FOUND")]
    assert (job["state"], job["priority"], job["maxAttempts"]) == ("WAITING", 0, 3)
    assert (claimed["id"], claimed["data"]) == (job["id"], {"to": "ben"})
    assert (failed["state"], failed["error"]) == ("DELAYED", "away")
    assert (second["id"], done["state"], done["result"]) == (other["id"], "COMPLETED", [1])


FACTORY = """
query ($id: ID!) {
  factory(workspaceId: $id) {
    workerCount maxConcurrent workers working held waiting active
    completedLately failedLately alerts { kind } processIds
  }
  node(id: $id) {
    ... on Workspace {
      workers { nodes { name held claimed completed failed lost } }
      queues { nodes { completed counts { waiting prioritized active } jobs(state: COMPLETED) { totalCount } } }
    }
  }
}
"""


async def test_who_works_on_the_queues_and_how_much_of_it_is_shown(board: Board) -> None:
    ann = board.ann
    queue = (await made(ann, "queueCreate", "id", workspaceId=board.workspace, name="Mails"))["id"]
    for priority in (0, 1, 2):
        await made(ann, "jobCreate", "id", queueId=queue, name="Send", priority=priority)
    submit = "mutation ($input: ScheduleSubmitInput!) { scheduleSubmit(input: $input) { schedule { cron } } }"
    sent = {"workspaceId": board.workspace, "queue": "Mails", "name": "Sweep", "cron": "0 3 * * *"}
    assert (await ann.ask(submit, input=sent))["scheduleSubmit"]["schedule"] == {"cron": "0 3 * * *"}
    limit = "mutation ($id: ID!, $input: FactoryUpdateInput!) "
    limit += "{ factoryUpdate(workspaceId: $id, input: $input) { workspace { maxConcurrent } } }"
    limited = await ann.ask(limit, id=board.workspace, input={"workerCount": 1})

    claimed = (await do(ann, "jobClaim", queue, "jobs { id leaseToken }", size=2, worker="w-1"))["jobs"]
    await do(ann, "jobComplete", claimed[0]["id"], HELD, leaseToken=claimed[0]["leaseToken"])
    other = (await do(ann, "jobClaim", queue, "jobs { id }", worker="w-2"))["jobs"]
    read = await ann.ask(FACTORY, id=board.workspace)

    assert (limited["factoryUpdate"]["workspace"], other) == ({"maxConcurrent": 1000}, [])
    figures = {
        "workers": 1,
        "working": 1,
        "held": 1,
        "waiting": 1,
        "active": 1,
        "completedLately": 1,
        "failedLately": 0,
    }
    limits = {"workerCount": 1, "maxConcurrent": 1000}
    assert read["factory"] == {**limits, **figures, "alerts": [], "processIds": read["factory"]["processIds"]}
    assert read["node"] == {
        "workers": {"nodes": [{"name": "w-1", "held": 1, "claimed": 2, "completed": 1, "failed": 0, "lost": 0}]},
        "queues": {
            "nodes": [
                {
                    "completed": 1,
                    "counts": {"waiting": 1, "prioritized": 1, "active": 1},
                    "jobs": {"totalCount": 1},
                }
            ]
        },
    }


async def test_queues_and_schedules_are_created_changed_read_and_deleted(board: Board) -> None:
    ann = board.ann
    queue = (await made(ann, "queueCreate", "id", workspaceId=board.workspace, name="Sweeps"))["id"]
    schedule = await made(ann, "scheduleCreate", "id nextAt isEnabled", queueId=queue, name="Nightly", cron="0 3 * * *")

    await do(ann, "queueUpdate", queue, "queue { id }", isPaused=True)
    rests = (await do(ann, "scheduleUpdate", schedule["id"], "schedule { nextAt }", isEnabled=False))["schedule"]
    read = (await ann.ask(READ, id=board.workspace))["node"]["queues"]["nodes"]
    await do(ann, "scheduleDelete", schedule["id"], "deletedId")
    await do(ann, "queueDelete", queue, "deletedId")
    after = (await ann.ask(READ, id=board.workspace))["node"]["queues"]["nodes"]

    assert schedule["nextAt"].endswith("T03:00:00.000Z")
    assert rests == {"nextAt": None}
    assert read == [
        {
            "name": "Sweeps",
            "open": 0,
            "isPaused": True,
            "jobs": {"nodes": []},
            "schedules": {"nodes": [{"name": "Nightly", "cron": "0 3 * * *"}]},
        }
    ]
    assert after == []
