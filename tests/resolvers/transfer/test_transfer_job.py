"""Imports that run by themselves: whatever becomes of a worker, each part is written once, or nothing is left."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Card,
    Comment,
    Project,
    Relation,
    TransferJob,
)
from models.base import collection, utc_now
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, PayloadTooLarge
from resolvers.inputs.transfer import ProjectImport, WholeImport
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.transfer import job as transfer_job
from resolvers.transfer.job import get_transfer_job, list_transfer_jobs
from resolvers.transfer.plan import Plan
from resolvers.transfer.run import Worker
from resolvers.transfer.transfer import export_project, import_in_parts, import_project
from resolvers.transfer.write import Part
from tests.patience import PATIENCE
from tests.resolvers.attaching import stored
from tests.resolvers.conftest import Join
from tests.resolvers.kept import ledger_of
from tests.resolvers.lab import again, event_types, events
from tests.resolvers.transfers import (
    CARDS,
    PARTS,
    RELATIONS,
    TOTAL,
    Dying,
    Killed,
    expire,
    large,
    queue,
    run,
    small_parts,
    stored_job,
    told_of,
    worker,
)

X: dict[str, Any] = {"project": {"name": "x"}}


@pytest.fixture(autouse=True)
async def _nothing_waits(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """No jobs of other tests that did not end, and parts of few cards."""
    small_parts(monkeypatch)
    await collection(TransferJob).delete_many({})


async def uninterrupted(owner: Context, workspace: Any) -> dict[str, Any]:
    """The export of the large project, imported at once."""
    values = read_input(WholeImport, large())
    done = (await import_in_parts(again(owner), workspace["_id"], values, lambda _: None)).value
    return await export_project(again(owner), done["_id"])


async def test_a_job_imports_what_the_command_does(owner: Context, workspace: Any, services: Services) -> None:
    wanted = await uninterrupted(owner, workspace)

    job = await queue(owner, workspace)
    assert (job["state"], job["total"], job["project_id"]) == ("queued", None, None)
    done = await run(services, job)

    assert (done["state"], done["done"], done["total"], done["error"]) == ("done", TOTAL, TOTAL, None)
    assert done["finished_at"] >= done["started_at"] >= done["created_at"]
    assert done["expires_at"] - done["finished_at"] == timedelta(days=7)
    assert await export_project(again(owner), done["project_id"]) == wanted
    file, chunks, leftovers = await stored(job["_id"])
    assert (file, chunks, leftovers) == (1, 1, 1)  # what is left is to be removed


async def test_what_is_kept_of_cards_is_told_of_every_card_of_a_job(
    owner: Context, workspace: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, cards = ledger_of(monkeypatch), await collection(Card).find({}).to_list()

    await run(services, await queue(owner, workspace))

    await ledger.check(cards)
    assert len(ledger.told) == CARDS


async def test_a_job_tells_how_far_it_is_with_each_part(owner: Context, workspace: Any, services: Services) -> None:
    before = len(await event_types(workspace["_id"]))

    job = await queue(owner, workspace)
    done = await run(services, job)

    history = (await events(workspace["_id"]))[before:]
    told = told_of(history, job)
    assert [one["state"] for one in told] == ["queued", *["running"] * (PARTS + 1), "done"]
    steps = [one["done"] for one in told]
    assert steps == sorted(steps)
    assert len(set(steps)) == PARTS
    assert [one["total"] for one in told[2:]] == [TOTAL] * (PARTS + 1)
    assert told[-1]["project_id"] == done["project_id"]
    assert not {"holder", "lease_until", "attempts", "next_part", "parts"} & told[-1].keys()
    assert {one["actor_id"] for one in history} == {owner.user_id}
    counts = Counter(one["type"] for one in history)
    assert (counts["CardCreated"], counts["ProjectCreated"]) == (CARDS, 1)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("part", range(PARTS))
async def test_a_job_whose_worker_was_killed_ends_as_if_it_was_not(
    when: str, part: int, owner: Context, workspace: Any, services: Services
) -> None:
    # Given a worker that died at a part
    job = await queue(owner, workspace)
    dying = Dying(services, "dying", before=part) if when == "before" else Dying(services, "dying", after=part)
    with pytest.raises(Killed):
        await dying.run_next()
    half = await stored_job(job)
    assert (half["state"], half["next_part"]) == ("running", part + (when == "after"))

    # When another looks for work, at once and when the dead one's hold has ended
    assert not await worker(services).run_next()
    await expire(job)
    done = await run(services, job)

    # Then all is there, and once
    assert (done["state"], done["done"], done["attempts"]) == ("done", TOTAL, 2)
    inside = {"project_id": done["project_id"]}
    exported = await export_project(again(owner), done["project_id"])
    assert await collection(Project).count_documents({"workspace_id": workspace["_id"], "name": "Large"}) == 1
    assert await collection(Card).count_documents(inside) == CARDS
    assert await collection(Comment).count_documents(inside) == len(range(0, CARDS, 10))
    assert await collection(Activity).count_documents(inside | {"type": "card_created"}) == CARDS
    assert await collection(Relation).count_documents({"project_ids": done["project_id"]}) == RELATIONS
    assert exported == await uninterrupted(owner, workspace)


async def test_a_worker_that_stalls_writes_nothing_once_another_holds_the_job(
    owner: Context, workspace: Any, services: Services
) -> None:
    # Given a worker that stops to move in the middle of a part
    moves, waits = asyncio.Event(), asyncio.Event()

    class Stalling(Worker):
        async def _write(self, job: Any, plan: Plan, waiting: list[Part], number: int) -> Any:
            if number == 2:
                waits.set()
                await moves.wait()
            return await Worker._write(self, job, plan, waiting, number)

    job = await queue(owner, workspace)
    stalling = asyncio.create_task(Stalling(services, "stalling").run_next())
    await asyncio.wait_for(waits.wait(), PATIENCE)

    # When another finishes, and the first goes on
    await expire(job)
    done = await run(services, job)
    history = await event_types(workspace["_id"])
    moves.set()

    # Then it finds that the job is no more its own
    assert await asyncio.wait_for(stalling, PATIENCE)
    assert await stored_job(job) == done
    assert done["state"] == "done"
    assert await event_types(workspace["_id"]) == history
    assert await collection(Card).count_documents({"project_id": done["project_id"]}) == CARDS


async def test_a_hold_outlasts_a_lease_while_the_worker_lives(
    owner: Context, workspace: Any, services: Services
) -> None:
    goes_on, waits = asyncio.Event(), asyncio.Event()

    class Slow(Worker):
        async def _write(self, job: Any, plan: Plan, waiting: list[Part], number: int) -> Any:
            waits.set()
            await goes_on.wait()
            return await Worker._write(self, job, plan, waiting, number)

    job = await queue(owner, workspace)
    slow = asyncio.create_task(Slow(services, "slow", timedelta(seconds=2)).run_next())
    await asyncio.wait_for(waits.wait(), PATIENCE)
    for _ in range(3):
        await asyncio.sleep(1)
        assert not await worker(services).run_next()
    goes_on.set()

    assert await asyncio.wait_for(slow, PATIENCE)
    assert (await stored_job(job))["state"] == "done"


async def test_a_worker_that_is_to_stop_leaves_the_rest_to_the_next_at_once(
    owner: Context, workspace: Any, services: Services
) -> None:
    job = await queue(owner, workspace)
    asked: list[None] = []

    def stopping() -> bool:
        asked.append(None)
        return len(asked) > 3

    assert await worker(services, stopping=stopping).run_next()
    half = await stored_job(job)
    assert (half["state"], half["next_part"], half["holder"], half["attempts"]) == ("running", 3, None, 0)

    assert (await run(services, job))["state"] == "done"


async def test_a_workspace_has_three_jobs_at_most_that_have_not_ended(
    owner: Context, workspace: Any, services: Services
) -> None:
    jobs = [await queue(owner, workspace, X) for _ in range(3)]
    with pytest.raises(Conflict, match="3 imports"):
        await queue(owner, workspace, X)

    await run(services, jobs[0])

    assert (await queue(owner, workspace, X))["state"] == "queued"


@pytest.mark.parametrize(
    ("content", "refused"),
    [(b"", "is empty"), (b"  \n", "is empty"), (b"hello", "neither"), (b" [1]", "neither"), (b"\xef\xbb", "")],
)
async def test_a_file_that_is_none_by_its_first_bytes_is_refused_at_once(
    content: bytes, refused: str, owner: Context, workspace: Any
) -> None:
    if not refused:
        assert (await queue(owner, workspace, content))["file_size"] == 2
        return
    with pytest.raises(BadUserInput, match=refused):
        await queue(owner, workspace, content)
    assert await collection(TransferJob).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_a_file_that_is_too_large_leaves_nothing(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_job, "MAX_TEXT", 1000)

    with pytest.raises(PayloadTooLarge):
        await queue(owner, workspace)

    assert await collection(TransferJob).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_jobs_are_read_by_members_alone(
    owner: Context, workspace: Any, join: Join, services: Services, people: Any
) -> None:
    jobs = [await queue(owner, workspace, {"project": {"name": name}}) for name in "ab"]
    ada, eve = await join(workspace, "ada"), await people.register("eve")

    listed = await list_transfer_jobs(again(ada), workspace["_id"], Window.read())
    assert [one["_id"] for one in listed.nodes] == [jobs[1]["_id"], jobs[0]["_id"]]
    assert (await get_transfer_job(again(ada), jobs[0]["_id"]))["file_name"] == "project.json"
    with pytest.raises(NotFound):
        await get_transfer_job(again(eve), jobs[0]["_id"])
    with pytest.raises((NotFound, Forbidden)):
        await list_transfer_jobs(again(eve), workspace["_id"], Window.read())


async def test_the_small_import_is_as_it_was(owner: Context, workspace: Any) -> None:
    values = read_input(ProjectImport, large())

    done = (await import_project(again(owner), workspace["_id"], values)).value

    assert done["warnings"] == []
    assert utc_now() >= done["created_at"]
    assert await collection(Card).count_documents({"project_id": done["_id"]}) == CARDS
