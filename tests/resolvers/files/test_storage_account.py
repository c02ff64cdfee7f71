"""The storage account of a workspace: what counts, what is refused, and what frees room again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import MissionActivity, StorageAccount
from models.base import collection, utc_now
from models.enums import StorageKind
from models.errors import Conflict, PayloadTooLarge
from resolvers.document import version as document_version
from resolvers.document.document import delete_document
from resolvers.inputs.mission import MissionReport
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.mission import report as mission_report
from resolvers.mission import trim as mission_trim
from resolvers.mission.drive import report_mission
from resolvers.mission.trim import AGE, trim_reports
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import People
from tests.resolvers.missions import Crew, Hand
from tests.resolvers.transfers import queue, run

THOUGHT = {"kind": "thought", "content": "It could be the mirror"}


async def kinds(workspace: Any) -> dict[str, int]:
    """What the account of a workspace says of each kind; the sum has to be its total."""
    found = await collection(StorageAccount).find_one({"_id": workspace["_id"]})
    if found is None:
        return {}
    assert found["bytes"] == sum(found["kinds"].values())
    return {kind: size for kind, size in found["kinds"].items() if size}


@pytest.fixture
async def atlas(people: People, owner: Context, workspace: Any) -> Hand:
    return await Crew(people, owner, workspace).hire("atlas")


async def test_the_file_of_an_import_counts_until_its_job_has_ended(
    owner: Context, workspace: Any, services: Services
) -> None:
    text = b'{"project": {"name": "Observatory"}, "cards": [{"title": "Polish the lens"}]}'

    job = await queue(owner, workspace, text)
    waiting = await kinds(workspace)
    done = await run(services, job)

    assert waiting == {StorageKind.IMPORTS: len(text)}
    assert (done["state"], await kinds(workspace)) == ("done", {})


async def test_the_file_of_a_failed_import_counts_no_more(owner: Context, workspace: Any, services: Services) -> None:
    failed = await run(services, await queue(owner, workspace, b'{"project": {}}'))

    assert (failed["state"], await kinds(workspace)) == ("failed", {})


async def test_reports_of_agents_count(people: People, owner: Context, workspace: Any, atlas: Hand) -> None:
    mission = await Crew(people, owner, workspace).ask(atlas)
    await atlas.claim()

    await atlas.report(mission, activities=[THOUGHT])
    first = (await kinds(workspace))[StorageKind.REPORTS]
    await atlas.report(mission, activities=[THOUGHT, THOUGHT])

    assert (await kinds(workspace))[StorageKind.REPORTS] == 3 * first > len(THOUGHT["content"])


async def test_a_report_beyond_the_quota_is_refused_and_tells_how_much_is_used(
    people: People, owner: Context, workspace: Any, atlas: Hand, services: Services
) -> None:
    # Given a workspace whose quota is what it has stored
    mission = await Crew(people, owner, workspace).ask(atlas)
    await atlas.claim()
    await atlas.report(mission, activities=[THOUGHT])
    before = await kinds(workspace)
    full = Context(atlas.ctx.subject, replace(services, storage_quota=sum(before.values())))

    # When an agent goes on reporting
    with pytest.raises(PayloadTooLarge, match="quota") as refused:
        await report_mission(full, mission["_id"], read_input(MissionReport, {"activities": [THOUGHT]}))

    # Then nothing was stored
    used = sum(before.values())
    assert (refused.value.details["quota"], refused.value.details["used"]) == (used, used)
    assert await kinds(workspace) == before


async def test_a_mission_has_so_many_reports_at_most(
    people: People, owner: Context, workspace: Any, atlas: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mission_report, "MAX_REPORTS", 3)
    mission = await Crew(people, owner, workspace).ask(atlas)
    await atlas.claim()
    await atlas.report(mission, activities=[THOUGHT, THOUGHT])

    with pytest.raises(Conflict, match="at most"):
        await atlas.report(mission, activities=[THOUGHT, THOUGHT])

    await atlas.report(mission, activities=[THOUGHT])


async def test_every_version_of_a_document_counts_until_it_is_dropped(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given documents that keep two versions, each author's changes being versions of their own
    monkeypatch.setattr(document_version, "MAX_VERSIONS", 2)
    monkeypatch.setattr(document_version, "AUTOSAVE", timedelta(0))
    shelf = Shelf(owner, workspace["_id"])
    document = await shelf.document(content="Once upon a time")

    for text in ("It was long ago, and far away", "Long ago", "Then"):
        await shelf.update(document, content=text)
        kept = sum(version["size"] for version in await shelf.versions(document))
        assert await kinds(workspace) == {StorageKind.DOCUMENTS: kept}

    # When it is deleted, nothing of it counts
    await delete_document(shelf.ctx, document["_id"])
    assert await kinds(workspace) == {}


async def test_a_text_that_is_saved_on_and_on_counts_once(owner: Context, workspace: Any) -> None:
    shelf = Shelf(owner, workspace["_id"])
    document = await shelf.document(content="Once upon a time")

    for length in (100, 3, 50):
        await shelf.update(document, content="x" * length)

    (version,) = await shelf.versions(document)
    assert await kinds(workspace) == {StorageKind.DOCUMENTS: version["size"]}


async def test_a_text_beyond_the_quota_is_refused_and_a_shorter_one_is_not(
    owner: Context, workspace: Any, services: Services
) -> None:
    document = await Shelf(owner, workspace["_id"]).document(content="x" * 100)
    before = await kinds(workspace)
    full = Shelf(Context(owner.subject, replace(services, storage_quota=sum(before.values()))), workspace["_id"])

    with pytest.raises(PayloadTooLarge, match="quota"):
        await full.update(document, content="x" * 101)
    with pytest.raises(PayloadTooLarge, match="quota"):
        await full.document(content="x")
    assert await kinds(workspace) == before

    await full.update(document, content="x" * 99)


async def test_texts_of_an_import_count(owner: Context, workspace: Any, services: Services) -> None:
    text = b'{"project": {"name": "Observatory"}, "documents": [{"title": "Log", "content": "Clear sky"}]}'
    narrow = replace(services, storage_quota=len(text) + 1)

    failed = await run(narrow, await queue(owner, workspace, text))
    done = await run(services, await queue(owner, workspace, text))

    assert (failed["state"], failed["error"]["code"]) == ("failed", "PAYLOAD_TOO_LARGE")
    assert (done["state"], list(await kinds(workspace))) == ("done", [StorageKind.DOCUMENTS])


async def test_reports_go_after_a_year_and_make_room(
    people: People, owner: Context, workspace: Any, atlas: Hand, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given old reports, more than one part takes, and a new one
    monkeypatch.setattr(mission_trim, "IDS_PER_QUERY", 2)
    mission = await Crew(people, owner, workspace).ask(atlas)
    await atlas.claim()
    await atlas.report(mission, activities=[THOUGHT] * 3)
    old = {"$set": {"created_at": utc_now() - AGE - timedelta(minutes=1)}}
    await collection(MissionActivity).update_many({"mission_id": mission["_id"]}, old)
    three = (await kinds(workspace))[StorageKind.REPORTS]
    await atlas.report(mission, activities=[THOUGHT])

    # When all that is too old is trimmed
    parts = 0
    while await trim_reports(services):
        parts += 1

    # Then the new one is left, and what it takes
    assert parts == 2
    (left,) = await collection(MissionActivity).find({"mission_id": mission["_id"]}).to_list()
    assert left["position"] == 4
    assert await kinds(workspace) == {StorageKind.REPORTS: three // 3}
