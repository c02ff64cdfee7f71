"""A queue is read and followed: its cursor and its events compose, and what they do not carry is read as it is now."""

from typing import Any

import pytest

from models import Queue, StreamHead
from models.base import collection
from models.ids import Kind, new_id
from resolvers.job import queue as queue_operations
from resolvers.kit.page import pages
from schema.events.declared import build_event
from tests.gateway.lab import Board, Lab
from tests.schema.test_job import do, made
from tests.serving.graph.streams import replay

QUEUES = """
query ($id: ID!) { node(id: $id) { ... on Workspace { queues { nodes { cursor open jobs { nodes { id } } } } } } }
"""
ONE = "query ($id: ID!) { queue(id: $id) { cursor open jobs { nodes { id state } } } }"
EVENTS = """
subscription ($id: ID!, $after: Cursor) { queueEvents(queueId: $id, after: $after) {
  __typename
  ... on Event { cursor }
  ... on JobChanged { actor { name } job { id state data result leaseToken queue { id cursor open completed } } }
  ... on JobDeleted { jobId fromQueue { open } }
} }
"""
CREATED = """
subscription ($id: ID!, $after: Cursor) { workspaceEvents(workspaceId: $id, after: $after, types: ["QueueCreated"]) {
  __typename
  ... on QueueCreated { queue { id name cursor open completed failed counts { waiting } } }
} }
"""
NOW = "query ($id: ID!) { node(id: $id) { ... on Workspace { cursor } } }"


async def queue_of(board: Board) -> str:
    return str((await made(board.ann, "queueCreate", "id", workspaceId=board.workspace, name="Mails"))["id"])


async def put(board: Board, queue: str, **values: Any) -> str:
    return str((await made(board.ann, "jobCreate", "id", queueId=queue, name="Send", **values))["id"])


async def test_a_jobs_steps_come_after_the_cursor_of_its_queue_with_what_it_takes_and_what_came_of_it(
    lab: Lab, board: Board
) -> None:
    # Given a queue, as it was read, and a job that goes through it
    queue = await queue_of(board)
    before = (await board.ann.ask(ONE, id=queue))["queue"]
    job = await put(board, queue, data={"to": "ben"})
    [claimed] = (await do(board.ann, "jobClaim", queue, "jobs { leaseToken }", size=1))["jobs"]
    waiting = await replay(lab.app, board.ann.token, EVENTS, id=queue, after=before["cursor"])
    await do(board.ann, "jobComplete", job, "job { id }", leaseToken=claimed["leaseToken"], result=[1])

    # When its events are replayed
    events = await replay(lab.app, board.ann.token, EVENTS, id=queue, after=before["cursor"])

    # Then each step is there as it was; what it does not carry is as it is now
    assert [event["__typename"] for event in events] == [*["JobChanged"] * 3, "StreamReady"]
    assert [event["job"]["state"] for event in events[:3]] == ["WAITING", "ACTIVE", "COMPLETED"]
    assert [event["job"]["leaseToken"] for event in events[:3]] == [0, 1, 1]
    assert [(event["job"]["data"], event["job"]["result"]) for event in waiting[:2]] == [({"to": "ben"}, None)] * 2
    assert (events[2]["job"]["data"], events[2]["job"]["result"]) == (None, [1])
    assert [(event["job"]["queue"]["open"], event["job"]["queue"]["completed"]) for event in events[:3]] == [(0, 1)] * 3
    assert {event["actor"]["name"] for event in events[:3]} == {"Ann"}
    assert [event["job"]["queue"]["cursor"] for event in events[:3]] == [event["cursor"] for event in events[:3]]
    after = (await board.ann.ask(ONE, id=queue))["queue"]
    assert after["cursor"] == events[2]["cursor"]


async def test_a_job_that_comes_while_queues_are_listed_is_after_their_cursors(
    lab: Lab, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await queue_of(board)
    added: list[str] = []

    async def slow(*args: Any, **given: Any) -> Any:
        found = await pages(*args, **given)
        if not added:
            added.append("")
            added[0] = await put(board, queue)
        return found

    monkeypatch.setattr(queue_operations, "pages", slow)
    found = await board.ann.ask(QUEUES, id=board.workspace)
    [snapshot] = found["node"]["queues"]["nodes"]

    events = await replay(lab.app, board.ann.token, EVENTS, id=queue, after=snapshot["cursor"])

    assert (snapshot["open"], [job["id"] for job in snapshot["jobs"]["nodes"]]) == (0, added)
    assert [event["job"]["id"] for event in events[:-1]] == added


async def test_queues_that_were_created_and_deleted_are_replayed_without_a_trace(lab: Lab, board: Board) -> None:
    # Given a queue that is there, and one that is gone with its history
    since = (await board.ann.ask(NOW, id=board.workspace))["node"]["cursor"]
    kept = await queue_of(board)
    gone = str((await made(board.ann, "queueCreate", "id", workspaceId=board.workspace, name="Reports"))["id"])
    job = await put(board, kept)
    heads = collection(StreamHead)
    found = await collection(Queue).find({}).to_list()
    ids = {str(queue["_id"]): queue["_id"] for queue in found}
    await collection(Queue).delete_one({"_id": ids[gone]})
    await heads.delete_one({"_id": ids[gone]})

    # When their creation is told
    events = await replay(lab.app, board.ann.token, CREATED, id=board.workspace, after=since)

    # Then the one can be followed from its beginning, and of the other nothing comes to be
    shown = {event["queue"]["name"]: event["queue"] for event in events[:-1]}
    told = await replay(lab.app, board.ann.token, EVENTS, id=kept, after=shown["Mails"]["cursor"])
    assert [event["__typename"] for event in told] == ["QueueCreated", "JobChanged", "StreamReady"]
    assert told[1]["job"]["id"] == job
    assert (shown["Mails"]["open"], shown["Reports"]["open"], shown["Reports"]["counts"]["waiting"]) == (1, 0, 0)
    assert await heads.find_one({"_id": ids[gone]}) is None


async def test_the_deletion_of_a_job_tells_what_its_queue_counts(lab: Lab, board: Board) -> None:
    queue = await queue_of(board)
    job = await put(board, queue)
    before = (await board.ann.ask(ONE, id=queue))["queue"]["cursor"]
    await do(board.ann, "jobDelete", job, "deletedId")

    [told, _] = await replay(lab.app, board.ann.token, EVENTS, id=queue, after=before)

    assert (told["jobId"], told["fromQueue"]["open"]) == (job, 0)


def test_a_deletion_that_was_logged_before_it_named_the_queue_names_none() -> None:
    record = {"type": "JobDeleted", "cursor": "c", "at": None, "data": {"deleted_id": new_id(Kind.JOB)}}

    event = build_event(record)

    assert event is not None
    assert "queue_id" not in event.record
