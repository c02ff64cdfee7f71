"""Files on cards: what is kept of them, what is refused, and that nothing is left of what fails or is deleted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from bson import ObjectId
from gridfs import AsyncGridFSBucket

from gateway.database import Database
from models import Activity, Attachment, Card, FileChunk, FileLeftover, StoredFile
from models.base import collection, utc_now
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, PayloadTooLarge
from models.ids import Kind, new_id
from resolvers.attachment import attachment
from resolvers.attachment.attachment import create_attachment, delete_attachment, get_attachment, list_attachments
from resolvers.attachment.graph import attachments_of, card_of, uploader_of, urls_of
from resolvers.card.card import delete_card
from resolvers.column.column import delete_column
from resolvers.column.scope import delete_scope
from resolvers.files.attachment_link import LIFETIME, STEP, check_link, link_to
from resolvers.files.store import CHUNK, discard_file, read_file, remove_leftovers, write_file
from resolvers.inputs.attachment import AttachmentCreate
from resolvers.kit.context import Context
from resolvers.kit.upload import MAX_FILE, Upload
from resolvers.project.project import delete_project
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.attaching import PNG, attach, content_of, stored, upload, used
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


@pytest.fixture
async def card(board: Board) -> Any:
    return await board.card(title="Lens")


def limited(ctx: Context, quota: int) -> Context:
    """The next request of a caller to a gateway with a smaller quota."""
    return Context(ctx.subject, replace(ctx.services, storage_quota=quota))


async def test_a_file_is_kept_counted_and_told_of(board: Board, card: Any, owner: Context) -> None:
    content = PNG + bytes(range(256)) * 3000
    seq = await board.seq()

    made = await attach(board, card, content, name="/home/ada/Ünïcode\\moon.png", mime_type="text/html; charset=x")

    assert {name: made[name] for name in ("name", "mime_type", "declared_mime_type", "detected_mime_type", "size")} == {
        "name": "moon.png",
        "mime_type": "image/png",
        "declared_mime_type": "text/html",
        "detected_mime_type": "image/png",
        "size": len(content),
    }
    assert (made["sha256"], made["uploaded_by"]) == (sha256(content).hexdigest(), owner.user_id)
    assert await content_of(made["_id"], len(content)) == content
    assert await stored(made["_id"]) == (1, 3, 0)
    assert await get_attachment(board.ctx, made["_id"]) == made
    assert await list_attachments(board.ctx, card["_id"]) == [made]
    after = await board.stored(card)
    assert (after["attachment_count"], after["version"], await used(board.workspace_id)) == (1, 1, len(content))
    [event] = await board.events_since(seq)
    assert (event["type"], event["data"]) == ("AttachmentAdded", {"attachment": made, "attachment_count": 1})
    activity = await collection(Activity).find_one({"card_id": card["_id"], "type": "attachment_added"})
    assert activity is not None
    assert activity["meta"] == {"title": "Lens", "attachmentId": str(made["_id"]), "name": "moon.png"}


async def test_any_tool_that_knows_gridfs_reads_the_bytes(board: Board, card: Any, database: Database) -> None:
    content = bytes(range(256)) * 4000
    made = await attach(board, card, content)

    file = await AsyncGridFSBucket(database.db, "attachments").open_download_stream(made["_id"])

    assert (await file.read(), file.filename, file.length) == (content, "notes.txt", len(content))
    assert file.metadata == {"workspace_id": board.workspace_id}


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (0, CHUNK), (CHUNK - 1, CHUNK + 1), (CHUNK, 2 * CHUNK), (5, 600_000)]
)
async def test_any_range_of_a_file_is_read(board: Board, card: Any, start: int, stop: int) -> None:
    content = bytes(range(250)) * 2400
    made = await attach(board, card, content)

    assert b"".join([piece async for piece in read_file(made["_id"], start, stop)]) == content[start:stop]


async def test_a_missing_chunk_is_never_taken_for_the_end(board: Board, card: Any) -> None:
    made = await attach(board, card, bytes(2 * CHUNK))
    await collection(FileChunk).delete_one({"files_id": made["_id"], "n": 1})

    with pytest.raises(LookupError, match="no chunk 1"):
        await content_of(made["_id"], made["size"])


async def test_a_file_of_10_mb_is_taken_and_one_of_a_byte_more_leaves_nothing(board: Board, card: Any) -> None:
    made = await attach(board, card, bytes(MAX_FILE))
    seq = await board.seq()

    with pytest.raises(PayloadTooLarge) as refused:
        await attach(board, card, bytes(MAX_FILE + 1))

    assert refused.value.details == {"maximum": MAX_FILE}
    assert await _only(board, made)
    assert await board.seq() == seq


async def test_an_upload_that_breaks_off_leaves_nothing(board: Board, card: Any) -> None:
    made = await attach(board, card)

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(3 * CHUNK)
        raise BadUserInput("The body ends before its last boundary")

    with pytest.raises(BadUserInput, match="last boundary"):
        await create_attachment(
            board.ctx, AttachmentCreate(card_id=card["_id"], file=Upload("broken.txt", None, broken))
        )
    assert await _only(board, made)


async def test_an_upload_of_a_process_that_died_is_removed_after_an_hour(board: Board, card: Any) -> None:
    made, file_id = await attach(board, card), new_id(Kind.ATTACHMENT)
    await write_file(file_id, board.workspace_id, "lost.txt", upload(bytes(CHUNK + 1)))

    await remove_leftovers(utc_now() + timedelta(minutes=59))
    assert await stored(file_id) == (1, 2, 1)
    await remove_leftovers(utc_now() + timedelta(minutes=61))

    assert await _only(board, made)
    assert await stored(file_id) == (0, 0, 0)


async def test_a_file_whose_removal_has_begun_is_not_attached(board: Board, card: Any) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"Hello"
        await collection(FileLeftover).update_many({}, {"$set": {"due_at": utc_now()}})

    with pytest.raises(Conflict, match="took too long"):
        await create_attachment(board.ctx, AttachmentCreate(card_id=card["_id"], file=Upload("slow", None, slow)))
    assert (await board.stored(card))["attachment_count"] == 0


async def test_a_file_that_was_attached_after_all_is_not_discarded(board: Board, card: Any) -> None:
    made = await attach(board, card)

    await discard_file(made["_id"])

    assert await _only(board, made)


async def test_a_deleted_file_is_gone_with_its_bytes(board: Board, card: Any) -> None:
    kept, gone = [await attach(board, card, bytes(size)) for size in (10, 300_000)]
    seq = await board.seq()

    await delete_attachment(board.ctx, gone["_id"])

    assert board.caller.services.files_due.is_set()
    assert (await board.stored(card))["attachment_count"] == 1
    [event] = await board.events_since(seq)
    assert (event["type"], event["data"]) == ("AttachmentDeleted", {"deleted_id": gone["_id"], "attachment_count": 1})
    assert await stored(gone["_id"]) == (1, 2, 1)
    assert await remove_leftovers() >= 1
    assert await _only(board, kept)
    with pytest.raises(NotFound, match="Attachment not found"):
        await delete_attachment(board.ctx, gone["_id"])


@pytest.mark.parametrize("parent", ["card", "column", "scope", "project"])
async def test_a_deleted_parent_takes_the_bytes_along(board: Board, parent: str) -> None:
    scope = await board.scope()
    column = await board.column(scope_id=scope["_id"])
    card = await board.card(None, columnId=column["_id"])
    other = await board.card(None)
    made = [await attach(board, card, bytes(size)) for size in (10, 20)]
    kept = None if parent == "project" else await attach(board, other, bytes(5))
    seq = await board.seq()

    match parent:
        case "card":
            await delete_card(board.ctx, card["_id"])
        case "column":
            await delete_column(board.ctx, column["_id"])
        case "scope":
            await delete_scope(board.ctx, scope["_id"])
        case "project":
            await delete_project(board.ctx, board.project["_id"])

    assert (await board.types_since(seq)).count("AttachmentDeleted") == 2
    await remove_leftovers()
    assert [await stored(one["_id"]) for one in made] == [(0, 0, 0)] * 2
    assert await used(board.workspace_id) == (5 if kept else 0)
    assert kept is None or await _only(board, kept)


async def test_a_deleted_workspace_takes_the_bytes_and_the_counter_along(board: Board, card: Any) -> None:
    made = await attach(board, card)

    await delete_workspace(board.ctx, board.workspace_id)
    await remove_leftovers()

    assert await stored(made["_id"]) == (0, 0, 0)
    assert await used(board.workspace_id) is None


async def test_a_quota_holds_however_many_come_at_once(board: Board, card: Any) -> None:
    # Given room for three of these
    size, quota = 100_000, 350_000

    async def one() -> None:
        values = AttachmentCreate(card_id=card["_id"], file=upload(bytes(size)))
        await create_attachment(limited(board.caller, quota), values)

    # When eight come
    done = await asyncio.gather(*(one() for _ in range(8)), return_exceptions=True)

    # Then three are kept, and of the others nothing
    refused = [error for error in done if error is not None]
    assert len(refused) == 5
    assert {type(error) for error in refused} == {PayloadTooLarge}
    assert {error.details["quota"] for error in refused if isinstance(error, PayloadTooLarge)} == {quota}
    assert (await used(board.workspace_id), (await board.stored(card))["attachment_count"]) == (3 * size, 3)
    assert await _only(board, *await list_attachments(board.ctx, card["_id"]))


async def test_what_is_freed_can_be_used_again(board: Board, card: Any) -> None:
    values = [AttachmentCreate(card_id=card["_id"], file=upload(bytes(60))) for _ in range(3)]
    first = (await create_attachment(limited(board.caller, 100), values[0])).value
    with pytest.raises(PayloadTooLarge, match="quota"):
        await create_attachment(limited(board.caller, 100), values[1])

    await delete_attachment(board.ctx, first["_id"])

    await create_attachment(limited(board.caller, 100), values[2])
    assert await used(board.workspace_id) == 60


async def test_a_full_quota_is_told_before_anything_is_sent(board: Board, card: Any) -> None:
    await attach(board, card, bytes(100))

    asked: list[str] = []

    async def never() -> AsyncIterator[bytes]:
        asked.append("for the bytes")
        yield b""

    values = AttachmentCreate(card_id=card["_id"], file=Upload("more.txt", None, never))
    with pytest.raises(PayloadTooLarge, match="quota"):
        await create_attachment(limited(board.caller, 100), values)
    assert asked == []


async def test_a_card_takes_a_bounded_number_of_files(board: Board, card: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, "MAX_PER_CARD", 3)

    async def one() -> None:
        await attach(board, card)

    done = await asyncio.gather(*(one() for _ in range(5)), return_exceptions=True)

    assert [type(error) for error in done if error is not None] == [Conflict] * 2
    assert (await board.stored(card))["attachment_count"] == 3
    assert await _only(board, *await list_attachments(board.ctx, card["_id"]))


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BAD_NAMES = ["", "..", "a/..", "/", "a\x00b", "a\nb.txt", "x" * 256, "\u2028", "\u200f", "\u200e..\u200e"]


@pytest.mark.parametrize("name", [*BAD_NAMES, *(f"gpj{one}exe" for one in TURNING)])
async def test_a_name_that_deceives_is_refused(board: Board, card: Any, name: str) -> None:
    with pytest.raises(BadUserInput, match=r"^file: has "):
        await attach(board, card, name=name)
    assert (await board.stored(card))["attachment_count"] == 0


@pytest.mark.parametrize("mark", "\u200e\u200f\u061c")
async def test_a_name_keeps_the_direction_marks_of_its_system(board: Board, card: Any, mark: str) -> None:
    name = f"{mark}\u05d3\u05d5\u05d7 (1){mark}.pdf"

    made = await attach(board, card, name=name)

    assert made["name"] == name


async def test_a_card_that_goes_while_its_file_comes_takes_none(board: Board, card: Any) -> None:
    async def late() -> AsyncIterator[bytes]:
        yield b"Hello"
        await collection(Card).delete_one({"_id": card["_id"]})

    with pytest.raises(NotFound, match="Card not found"):
        await create_attachment(board.ctx, AttachmentCreate(card_id=card["_id"], file=Upload("a", None, late)))
    assert await collection(Attachment).count_documents({"card_id": card["_id"]}) == 0
    assert not await used(board.workspace_id)


async def test_strangers_neither_read_nor_write_attachments(board: Board, card: Any, people: People) -> None:
    stranger = await people.register("mallory")
    made = await attach(board, card)

    for attempt in (
        attach(Board(stranger, board.project), card),
        get_attachment(again(stranger), made["_id"]),
        list_attachments(again(stranger), card["_id"]),
        delete_attachment(again(stranger), made["_id"]),
    ):
        with pytest.raises(NotFound, match=r"(Card|Attachment) not found"):
            await attempt
    assert await _only(board, made)


async def test_files_of_many_cards_are_read_with_what_they_lead_to(board: Board, workspace: Any, join: Join) -> None:
    ada = await join(workspace, "ada")
    cards = [await board.card(title=title) for title in "ab"]
    first = await attach(board, cards[0])
    second = await attach(Board(ada, board.project), cards[0], name="second")

    files = await attachments_of(board.ctx, cards, None)
    uploaders = await uploader_of(board.ctx, files[0], frozenset({"name"}))
    parents = await card_of(board.ctx, files[0], frozenset({"title"}))

    assert files == [[first, second], []]
    assert [one and one["name"] for one in uploaders] == ["owner", "ada"]
    assert [one and one["title"] for one in parents] == ["a", "a"]


async def test_a_link_leads_to_one_file_for_ten_minutes(board: Board, card: Any) -> None:
    services, now = board.caller.services, 1_800_000_007.0
    made = await attach(board, card)
    [url] = await urls_of(board.ctx, [made], frozenset())
    assert url.startswith(f"/attachments/{made['_id']}?expires=")
    expires, signature = _parts(link_to(services, made["_id"], now=now))

    assert check_link(services, made["_id"], expires, signature, now=now + LIFETIME - STEP) == made["_id"]
    for id_, until, sign, moment in (
        (made["_id"], expires, signature, now + LIFETIME),
        (made["_id"], str(int(expires) + 1), signature, now),
        (new_id(Kind.ATTACHMENT), expires, signature, now),
        (made["_id"], expires, signature[:-1], now),
        (made["_id"], expires, "", now),
        (made["_id"], "\uff19", signature, now),
        (made["_id"], "-1", signature, now),
        (made["_id"], expires, "\u00e9" * 43, now),
    ):
        with pytest.raises(Forbidden, match="not valid, or has expired"):
            check_link(services, id_, until, sign, now=moment)


def _parts(link: str) -> tuple[str, str]:
    expires, _, signature = link.partition("?expires=")[2].partition("&signature=")
    return expires, signature


async def _only(board: Board, *kept: Any) -> bool:
    """Whether the workspace has stored these files, and nothing else."""
    ids = {one["_id"] for one in kept}
    files = await board_files(board)
    whole = [await stored(one["_id"]) == (1, -(-one["size"] // CHUNK), 0) for one in kept]
    return files == ids and all(whole) and await used(board.workspace_id) == sum(one["size"] for one in kept)


async def board_files(board: Board) -> set[ObjectId]:
    """The ids of all files that have chunks in the workspace's history, complete or not."""
    chunks = await collection(FileChunk).distinct("files_id")
    others = {
        one["_id"] async for one in collection(StoredFile).find({"metadata.workspace_id": {"$ne": board.workspace_id}})
    }
    left = {one["_id"] async for one in collection(FileLeftover).find({})}
    return set(chunks) - others - left
