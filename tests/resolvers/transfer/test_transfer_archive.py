"""Exports with files, and imports of them."""

import io
import json
import os
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import Attachment, Project, TransferJob
from models.base import collection
from models.errors import BadUserInput
from resolvers.attachment.attachment import delete_attachment
from resolvers.files.store import remove_leftovers
from resolvers.kit.context import Context, Services
from resolvers.transfer import archive as transfer_archive
from resolvers.transfer.archive import Stored, archived, source_of
from resolvers.transfer.transfer import import_in_parts, open_export
from rest.stellary.present.transfer import written
from tests.resolvers.attaching import PNG, attach, content_of, used
from tests.resolvers.lab import again, event_types
from tests.resolvers.projects import Board, make_board
from tests.resolvers.transfers import Dying, Killed, expire, queue, run
from tests.stubs import stub

LONG = bytes(10 * 1024 * 1024 + 1)
LARGE = os.urandom(700_000)


@pytest.fixture(autouse=True)
async def _nothing_waits(services: Services) -> None:
    await collection(TransferJob).delete_many({})


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    """A board with files of several kinds, two of which have the same bytes."""
    board = await make_board(owner, workspace, columns=1)
    first, second = await board.card(title="First"), await board.card(title="Second")
    await attach(board, first, PNG, name="picture.bin", mime_type="application/pdf")
    await attach(board, first, LARGE, name="large.dat", mime_type=None)
    await attach(board, second, PNG, name="same.png", mime_type="image/png")
    await attach(board, second, b"", name="empty", mime_type="text/plain")
    return board


async def archive_of(owner: Context, project: Any) -> bytes:
    files: Stored = {}
    pieces = await open_export(again(owner), project, files)
    return b"".join([chunk async for chunk in archived(written(pieces), files)])


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: dict[str, bytes], **options: Any) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


async def attachments_of(project_id: Any) -> list[Any]:
    found = await collection(Attachment).find({"project_id": project_id}).sort("_id", 1).to_list()
    return [
        {
            name: one[name]
            for name in (
                "name",
                "mime_type",
                "declared_mime_type",
                "detected_mime_type",
                "size",
                "sha256",
                "uploaded_by",
            )
        }
        for one in found
    ]


async def test_files_come_back_with_their_cards(board: Board, owner: Context, services: Services) -> None:
    before = await used(board.workspace_id)
    archive = await archive_of(owner, board.project["_id"])

    job = await run(services, await queue(owner, stub({"_id": board.workspace_id}), archive))

    assert (job["state"], job["error"], job["total"]) == ("done", None, 6)
    again_exported = await archive_of(owner, job["project_id"])
    assert again_exported == archive
    assert await attachments_of(job["project_id"]) == await attachments_of(board.project["_id"])
    for one in await collection(Attachment).find({"project_id": job["project_id"]}).to_list():
        content = await content_of(one["_id"], one["size"])
        assert content == {"picture.bin": PNG, "same.png": PNG, "large.dat": LARGE, "empty": b""}[one["name"]]
    assert before is not None
    assert await used(board.workspace_id) == 2 * before
    assert (await event_types(board.workspace_id)).count("AttachmentAdded") == 8


async def test_the_archive_holds_the_export_and_each_content_once(board: Board, owner: Context) -> None:
    files = unpacked(await archive_of(owner, board.project["_id"]))

    project = json.loads(files.pop("project.json"))
    assert sorted(files.values(), key=len) == [b"", PNG, LARGE]
    told = [file for card in project["cards"] for file in card["attachments"]]
    assert [one["name"] for one in told] == ["picture.bin", "large.dat", "same.png", "empty"]
    assert [one["mimeType"] for one in told] == ["application/pdf", None, "image/png", "text/plain"]
    assert {one["file"] for one in told} == files.keys()
    plain = b"".join([chunk async for chunk in written(await open_export(again(owner), board.project["_id"]))])
    for card in project["cards"]:
        del card["attachments"]
    assert json.loads(plain) == project


async def test_a_file_that_is_deleted_meanwhile_is_left_out(board: Board, owner: Context, services: Services) -> None:
    files: Stored = {}
    text = b"".join([one async for one in written(await open_export(again(owner), board.project["_id"], files))])
    large = await collection(Attachment).find_one({"project_id": board.project["_id"], "name": "large.dat"})
    assert large is not None
    await delete_attachment(again(owner), large["_id"])
    await remove_leftovers()

    async def read() -> AsyncIterator[bytes]:
        yield text

    archive = b"".join([chunk async for chunk in archived(read(), files)])

    job = await run(services, await queue(owner, stub({"_id": board.workspace_id}), archive))
    assert job["state"] == "done"
    assert len(await attachments_of(job["project_id"])) == 3
    [warning] = job["warnings"]
    assert warning.startswith("cards.0.attachments.1: files/")


@pytest.mark.parametrize("when", ["before", "after"])
async def test_files_come_once_whatever_becomes_of_a_worker(
    when: str, board: Board, owner: Context, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.transfer.files.AT_ONCE", 1)
    archive = await archive_of(owner, board.project["_id"])
    before = await used(board.workspace_id)
    assert before is not None
    job = await queue(owner, stub({"_id": board.workspace_id}), archive)
    dying = Dying(services, "dying", before=3) if when == "before" else Dying(services, "dying", after=3)
    with pytest.raises(Killed):
        await dying.run_next()
    await expire(job)

    done = await run(services, job)

    assert done["state"] == "done"
    assert await attachments_of(done["project_id"]) == await attachments_of(board.project["_id"])
    assert await used(board.workspace_id) == 2 * before
    assert await archive_of(owner, done["project_id"]) == archive


@pytest.mark.parametrize("left", [0, PNG.__len__() + 10])
async def test_the_quota_holds_for_imports(left: int, board: Board, owner: Context, services: Services) -> None:
    archive = await archive_of(owner, board.project["_id"])
    before = await used(board.workspace_id)
    assert before is not None
    narrow = replace(services, storage_quota=before + left)
    projects = await collection(Project).count_documents({"workspace_id": board.workspace_id})

    failed = await run(narrow, await queue(owner, stub({"_id": board.workspace_id}), archive))

    assert (failed["state"], failed["error"]["code"]) == ("failed", "PAYLOAD_TOO_LARGE")
    assert await used(board.workspace_id) == before
    assert await collection(Project).count_documents({"workspace_id": board.workspace_id}) == projects


ENTRY = {"name": "a.txt", "file": "files/a"}


def project(*attachments: dict[str, Any]) -> bytes:
    return json.dumps({"project": {"name": "x"}, "cards": [{"title": "x", "attachments": list(attachments)}]}).encode()


@pytest.mark.parametrize(
    ("archive", "field"),
    [
        (packed({"other.json": b"{}"}), None),
        (packed({"project.json": b"{"}), None),
        (packed({"project.json": b""}), None),
        (packed({"project.json": project(ENTRY | {"name": "a\nb"}), "files/a": b"a"}), "cards.0.attachments.0.name"),
        (packed({"project.json": project(ENTRY), "files/a": LONG}, compression=8), "cards.0.attachments.0"),
        (packed({"project.json": project(ENTRY), "files/a": b"a"}, compression=zipfile.ZIP_LZMA), None),
        (packed({"project.json": project(), "files/a": b"a"})[:-10], None),
        (b"PK\x03\x04" + bytes(100), None),
        (packed({"project.json": project(ENTRY), "files/a": b"Hello there"}).replace(b"Hello", b"Hullo"), None),
    ],
    ids=range(9),
)  # fmt: skip
async def test_a_damaged_or_hostile_archive_fails_and_leaves_nothing(
    archive: bytes, field: str | None, owner: Context, workspace: Any, services: Services
) -> None:
    before = await collection(Project).count_documents({"workspace_id": workspace["_id"]})

    job = await run(services, await queue(owner, workspace, archive))

    assert (job["state"], job["error"]["code"], job["error"]["field"]) == ("failed", "BAD_USER_INPUT", field)
    assert await collection(Project).count_documents({"workspace_id": workspace["_id"]}) == before
    assert await collection(Attachment).count_documents({"workspace_id": workspace["_id"]}) == 0
    assert await used(workspace["_id"]) in (None, 0)


async def test_limits_of_archives_hold_while_they_are_read(
    monkeypatch: pytest.MonkeyPatch, owner: Context, workspace: Any, services: Services
) -> None:
    monkeypatch.setattr(transfer_archive, "MAX_TEXT", 100)
    bomb = packed({"project.json": project() + b" " * 1_000_000}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 2_000

    job = await run(services, await queue(owner, workspace, bomb))

    assert job["error"]["message"] == "project.json is larger than 100 bytes"


def test_an_archive_of_too_many_files_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_archive, "MAX_DIRECTORY", 1000)
    path = tmp_path / "many.zip"
    path.write_bytes(packed({f"files/{n}": b"" for n in range(30)}))

    with path.open("rb") as file, pytest.raises(BadUserInput, match="too many"):
        source_of(file)


async def test_a_text_alone_warns_of_files_that_cannot_come(owner: Context, workspace: Any, services: Services) -> None:
    job = await run(services, await queue(owner, workspace, project(ENTRY)))

    assert job["state"] == "done"
    assert job["warnings"] == ["cards.0.attachments.0: files/a did not come with the file"]


async def test_the_command_imports_archives_too(board: Board, owner: Context, tmp_path: Path) -> None:
    path = tmp_path / "project.zip"
    path.write_bytes(await archive_of(owner, board.project["_id"]))
    sizes: list[int] = []

    with path.open("rb") as file:
        source = source_of(file)
        done = await import_in_parts(again(owner), board.workspace_id, source.read(), sizes.append, source)

    assert sizes == [2, 4]
    assert await attachments_of(done.value["_id"]) == await attachments_of(board.project["_id"])
