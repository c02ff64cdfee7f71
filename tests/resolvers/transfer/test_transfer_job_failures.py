"""What becomes of an import whose file is wrong, or whose surroundings change while it runs."""

from typing import Any

import pytest

from models import (
    Card,
    Column,
    DocumentLink,
    Label,
    Project,
    Relation,
    Scope,
    TransferJob,
)
from models.base import collection
from resolvers.card.card import delete_card
from resolvers.card.label import delete_label
from resolvers.column.scope import delete_scope
from resolvers.kit.context import Context, Services
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.project.project import delete_project
from resolvers.transfer import run as transfer_run
from resolvers.transfer.transfer import export_project
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.attaching import stored
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again, event_types
from tests.resolvers.transfers import (
    CARDS,
    RELATIONS,
    Dying,
    Killed,
    expire,
    large,
    queue,
    run,
    small_parts,
    stored_job,
    worker,
)

X: dict[str, Any] = {"project": {"name": "x"}}


@pytest.fixture(autouse=True)
async def _nothing_waits(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """No jobs of other tests that did not end, and parts of few cards."""
    small_parts(monkeypatch)
    await collection(TransferJob).delete_many({})


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"project": {"name": "x"', None),
        (b'{"project": {"name": ""}}', "project.name"),
        (X | {"cards": [{"title": "a"}, {"title": ""}]}, "cards.1.title"),
        (X | {"cards": [{"title": "a", "columnIndex": 3}]}, "cards.0.columnIndex"),
        (X | {"documents": [{"title": "x", "contentFormat": "tiptap_json", "content": "x"}]}, "documents.0.content"),
    ],
)
async def test_a_file_that_is_wrong_fails_its_job_by_its_place(
    content: Any, field: str | None, owner: Context, workspace: Any, services: Services
) -> None:
    before = await collection(Project).count_documents({"workspace_id": workspace["_id"]})

    job = await run(services, await queue(owner, workspace, content))

    assert (job["state"], job["project_id"]) == ("failed", None)
    assert (job["error"]["code"], job["error"]["field"]) == ("BAD_USER_INPUT", field)
    assert job["expires_at"] is not None
    assert await collection(Project).count_documents({"workspace_id": workspace["_id"]}) == before
    assert (await stored(job["_id"]))[2] == 1


async def test_a_job_of_somebody_who_has_left_fails_and_takes_its_project_with_it(
    owner: Context, workspace: Any, join: Join, services: Services
) -> None:
    ada = await join(workspace, "ada")
    job = await queue(ada, workspace)
    with pytest.raises(Killed):
        await Dying(services, "dying", after=2).run_next()
    half = await stored_job(job)
    await remove_workspace_member(again(owner), workspace["_id"], ada.user_id)
    await expire(job)

    failed = await run(services, job)

    assert (failed["state"], failed["error"]["code"]) == ("failed", "NOT_FOUND")
    assert await collection(Project).find_one({"_id": half["project_id"]}) is None
    assert await collection(Card).count_documents({"project_id": half["project_id"]}) == 0
    assert (await event_types(workspace["_id"]))[-1] == "TransferJobChanged"
    assert "ProjectDeleted" in await event_types(workspace["_id"])


async def test_deleting_the_project_ends_its_job(owner: Context, workspace: Any, services: Services) -> None:
    job = await queue(owner, workspace)
    with pytest.raises(Killed):
        await Dying(services, "dying", after=2).run_next()
    await delete_project(again(owner), (await stored_job(job))["project_id"])
    await expire(job)

    failed = await run(services, job)

    assert (failed["state"], failed["error"]["message"]) == ("failed", "Project not found")
    assert await collection(Card).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_what_is_deleted_of_a_growing_project_is_not_pointed_to(
    owner: Context, workspace: Any, services: Services
) -> None:
    # Given a project with two parts of its cards
    job = await queue(owner, workspace)
    with pytest.raises(Killed):
        await Dying(services, "dying", after=2).run_next()
    inside = {"project_id": (await stored_job(job))["project_id"]}
    columns = await collection(Column).find(inside).sort("_id", 1).to_list()
    brass = await collection(Label).find_one({**inside, "name": "brass"})
    first = await collection(Card).find_one({**inside, "title": "Card 1"})
    [phase] = await collection(Scope).find(inside).to_list()
    assert brass is not None
    assert first is not None

    # When somebody deletes a column, a label, a scope and a card
    await delete_label(again(owner), brass["_id"])
    await delete_card(again(owner), first["_id"])
    await delete_scope(again(owner), phase["_id"])  # with the column in it, where the last cards belong
    await expire(job)
    done = await run(services, job)

    # Then the rest is there without these
    assert done["state"] == "done"
    cards = await collection(Card).find(inside).to_list()
    assert {card["column_id"] for card in cards} == {columns[0]["_id"], columns[1]["_id"], None}
    assert all(brass["_id"] not in card["label_ids"] for card in cards)
    there = {card["_id"] for card in cards}
    relations = await collection(Relation).find({"project_ids": done["project_id"]}).to_list()
    titles = {card["title"] for card in cards}
    possible = [n for n in range(RELATIONS) if {f"Card {n}", f"Card {CARDS - 1 - n}"} <= titles]
    assert 0 < len(relations) == len(possible) < RELATIONS
    assert all(there.issuperset(one["card_ids"]) for one in relations)
    links = await collection(DocumentLink).find(inside).to_list()
    assert links
    assert all(one["card_id"] in there for one in links)
    exported = await export_project(again(owner), done["project_id"])
    assert len(exported["documents"]) == 6


async def test_deleting_the_workspace_takes_jobs_and_their_files_with_it(
    owner: Context, workspace: Any, services: Services
) -> None:
    job = await queue(owner, workspace, large(24))
    with pytest.raises(Killed):
        await Dying(services, "dying", after=2).run_next()
    await delete_workspace(again(owner), workspace["_id"])

    assert not await worker(services).run_next()
    assert await collection(TransferJob).find_one({"_id": job["_id"]}) is None
    assert (await stored(job["_id"]))[2] == 1
    assert await collection(Card).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_a_job_that_ends_every_process_is_given_up(owner: Context, workspace: Any, services: Services) -> None:
    job = await queue(owner, workspace)
    for attempt in range(transfer_run.MAX_ATTEMPTS):
        with pytest.raises(Killed):
            await Dying(services, f"dying {attempt}", before=2).run_next()
        await expire(job)

    failed = await run(services, job)

    assert (failed["state"], failed["error"]["code"]) == ("failed", "INTERNAL")
    assert await collection(Card).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_a_failure_that_nobody_expected_is_told_without_its_details(
    owner: Context, workspace: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(transfer_run, "draw", broken)

    failed = await run(services, await queue(owner, workspace))

    assert (failed["state"], failed["error"]["code"]) == ("failed", "INTERNAL")
    assert "secret" not in failed["error"]["message"]
