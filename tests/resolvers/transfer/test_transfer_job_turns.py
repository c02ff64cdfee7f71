"""Imports of several people that run by themselves: they take turns, and nobody fills the queue alone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import orjson
import pytest
from bson import ObjectId

from models import TransferJob
from models.base import collection
from models.errors import RateLimited
from models.turns import AT_A_TIME
from realtime import writer
from resolvers.inputs.transfer import ProjectImport, ProjectImportStart
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.kit.upload import Upload
from resolvers.transfer import documents as transfer_documents
from resolvers.transfer import relations as transfer_relations
from resolvers.transfer import write as transfer_write
from resolvers.transfer.job import MAX_OF_PERSON, start_import
from resolvers.transfer.transfer import import_project
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again
from tests.resolvers.transfers import queue, run, small_parts, stored_job, worker
from tests.stubs import stubs

SMALL: dict[str, Any] = {"project": {"name": "Small"}}


@pytest.fixture(autouse=True)
async def _nothing_waits(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    small_parts(monkeypatch)
    await collection(TransferJob).delete_many({})


@pytest.fixture
async def other(workspace: Any, join: Join) -> Context:
    """Another member of the workspace."""
    return await join(workspace, "other")


async def others(created_by: ObjectId, count: int, **values: Any) -> None:
    """Jobs of somebody in other workspaces, which somebody holds."""
    for _ in range(count):
        job = TransferJob(workspace_id=ObjectId(), created_by=created_by, file_name="p", file_size=10, **values)
        await stubs(TransferJob).insert_one({**job.model_dump(exclude={"id"}), "state": job.state.value})


async def test_a_small_job_does_not_wait_for_all_those_of_another_person(
    owner: Context, workspace: Any, other: Context, services: Services
) -> None:
    # Given two jobs of one person, and one of another who came later
    many = [await queue(owner, workspace, SMALL) for _ in range(2)]
    one = await queue(other, workspace, SMALL)

    # When a worker has carried out two
    for _ in range(2):
        assert await worker(services).run_next()

    # Then they are the first of each
    states = [(await stored_job(job))["state"] for job in (*many, one)]
    assert states == ["done", "queued", "done"]


async def test_a_long_job_makes_room_for_another_persons_between_two_parts(
    owner: Context, workspace: Any, other: Context, services: Services
) -> None:
    # Given a long job that has begun, and a small one of another person
    long, small = await queue(owner, workspace), await queue(other, workspace, SMALL)

    # When its worker has worked on it for a while
    impatient = worker(services, spell=timedelta(0))
    assert await impatient.run_next()

    # Then it is left after a part, keeps what it has, and is none of the attempts that are counted
    half = await stored_job(long)
    assert (half["state"], half["next_part"], half["holder"], half["attempts"]) == ("running", 1, None, 0)
    assert (await stored_job(small))["state"] == "queued"

    # And the small one is next, after which the long one goes on to its end
    assert await impatient.run_next()
    assert (await stored_job(small))["state"] == "done"
    assert (await run(services, long))["state"] == "done"


async def test_a_job_goes_on_where_nobody_else_waits(owner: Context, workspace: Any, services: Services) -> None:
    long, next_one = await queue(owner, workspace), await queue(owner, workspace, SMALL)

    assert await worker(services, spell=timedelta(0)).run_next()

    assert (await stored_job(long))["state"] == "done"
    assert (await stored_job(next_one))["state"] == "queued"


async def test_the_jobs_of_a_person_have_a_bound_in_all_workspaces(owner: Context, workspace: Any) -> None:
    # Given somebody with as many jobs elsewhere as are let in
    await others(owner.user_id, MAX_OF_PERSON)
    received: list[str] = []

    async def chunks() -> AsyncIterator[bytes]:
        received.append("some")
        yield orjson.dumps(SMALL)

    # When another is sent
    file = Upload("project.json", "application/json", chunks)
    with pytest.raises(RateLimited) as refused:
        await start_import(again(owner), ProjectImportStart(workspace_id=workspace["_id"], file=file))

    # Then it is refused before it is received; once one has ended, it is taken
    assert received == []
    assert refused.value.retry_after >= 1
    job = await collection(TransferJob).find_one({"created_by": owner.user_id})
    assert job is not None
    await collection(TransferJob).update_one({"_id": job["_id"]}, {"$set": {"expires_at": job["created_at"]}})
    assert await queue(owner, workspace, SMALL)


async def test_the_files_of_a_persons_jobs_are_no_more_than_a_workspace_may_store(
    owner: Context, workspace: Any
) -> None:
    await others(owner.user_id, 1)
    size = len(orjson.dumps(SMALL))
    full = Context(owner.subject, replace(owner.services, storage_quota=size + 9))

    with pytest.raises(RateLimited, match="too large"):
        await queue(full, workspace, SMALL)

    roomy = Context(owner.subject, replace(owner.services, storage_quota=size + 10))
    assert await queue(roomy, workspace, SMALL)


MANY = 4 * AT_A_TIME
MADE = [
    (transfer_write, "new_card"),
    (transfer_write, "new_activity"),
    (transfer_write, "to_record"),
    (transfer_relations, "to_record"),
    (transfer_documents, "new_document"),
    (transfer_documents, "to_record"),
    (writer, "_document"),
]
"""What makes an object of an import: cards and what is told of them, comments, relations, documents, links, events."""


@pytest.mark.parametrize(("module", "name"), MADE)
async def test_others_have_their_turn_while_the_objects_of_an_import_are_made(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    # Given an import of many objects in one transaction, and a clock of the event loop's turns
    turns, made = 0, Counter[int]()

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    make = getattr(module, name)

    def counted(*given: Any) -> Any:
        made[turns] += 1
        return make(*given)

    monkeypatch.setattr(transfer_write, "CARDS_AT_ONCE", 3 * MANY)
    monkeypatch.setattr(module, name, counted)
    clock = asyncio.create_task(count_turns())

    # When it is carried out
    cards: list[dict[str, Any]] = [{"title": f"Card {n}", "columnIndex": 0} for n in range(MANY)]
    cards[0]["comments"] = [{"content": "Said"}] * MANY
    relations = [{"type": "blocks", "source": n, "target": n + 1} for n in range(MANY - 1)]
    documents: list[dict[str, Any]] = [{"title": f"Document {n}", "content": "Text"} for n in range(MANY)]
    documents[0]["cardIndexes"] = list(range(MANY))
    whole = {**SMALL, "columns": [{"name": "C"}], "cards": cards, "relations": relations, "documents": documents}
    await import_project(again(owner), workspace["_id"], read_input(ProjectImport, whole))
    clock.cancel()

    # Then no turn saw more than a few of them made
    assert made.total() >= MANY - 1
    assert max(made.values()) <= AT_A_TIME + 1
