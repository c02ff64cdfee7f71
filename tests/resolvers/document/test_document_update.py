"""Documents change: fields, and texts with their versions."""

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from models import DocumentVersion
from models.base import collection
from models.enums import DocumentFormat
from models.errors import BadUserInput, Conflict, NotFound, PayloadTooLarge
from models.ids import Kind, new_id
from resolvers.document import version as document_version
from resolvers.document.update import restore_document_version, update_documents
from resolvers.document.version import content_of, content_of_version, diff_of, versions_of
from resolvers.inputs.document import DocumentBatch
from resolvers.kit import text_read
from resolvers.kit.input import read_input
from tests.resolvers.conftest import Join
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import events
from tests.resolvers.test_indexes import recorded
from tests.resolvers.traffic import traffic


async def told(shelf: Shelf) -> Any:
    return (await events(shelf.workspace_id))[-1]


async def age(document: Any, **by: Any) -> None:
    """Let the newest version of a document be older than it is."""
    versions = collection(DocumentVersion)
    newest = await versions.find_one({"document_id": document["_id"]}, sort=[("number", -1)])
    assert newest is not None
    earlier = newest["created_at"] - timedelta(**by)
    await versions.update_one({"_id": newest["_id"]}, {"$set": {"created_at": earlier}})


async def test_what_is_given_changes_and_nothing_else_is_written(shelf: Shelf) -> None:
    made = await shelf.document("Old", content="Text", tags=["a"])

    changed = await shelf.update(made, title="New", docType="adr", tags=["b"])
    event = await told(shelf)
    same = await shelf.update(made, title="New", content="Text")

    assert (changed["title"], changed["doc_type"], changed["tags"], changed["version"]) == ("New", "adr", ["b"], 2)
    assert sorted(event["data"]["changed_fields"]) == ["docType", "tags", "title"]
    assert event["data"]["document"] == changed
    assert same == changed
    assert len(await shelf.versions(made)) == 1


async def test_a_lost_update_of_the_same_field_is_a_conflict(shelf: Shelf) -> None:
    made = await shelf.document(content="One")
    await shelf.update(made, content="Two", expectedVersion=1)

    other = await shelf.update(made, title="Title", expectedVersion=1)
    with pytest.raises(Conflict) as lost:
        await shelf.update(made, content="Three", expectedVersion=1)

    assert other["version"] == 3
    assert lost.value.details["fields"] == ["content"]
    with pytest.raises(BadUserInput, match="newer than the document"):
        await shelf.update(made, content="Three", expectedVersion=9)
    assert await content_of(shelf.ctx, [await shelf.stored(made)], None) == ["Two"]


async def test_what_one_author_saves_within_minutes_is_one_version(shelf: Shelf, workspace: Any, join: Join) -> None:
    ada = shelf.of(await join(workspace, "ada"))
    made = await shelf.document(content="1")

    await shelf.update(made, content="2")
    await ada.update(made, content="3")
    await ada.update(made, content="4")
    await age(made, minutes=11)
    last = await ada.update(made, content="5")

    versions = await shelf.versions(made)
    assert [(one["number"], one["markdown"]) for one in versions] == [(1, "2"), (2, "4"), (3, "5")]
    assert [one["author_id"] for one in versions] == [shelf.caller.user_id, ada.caller.user_id, ada.caller.user_id]
    assert (last["content_id"], last["version"]) == (versions[-1]["_id"], 5)


async def test_only_the_newest_versions_are_kept(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_version, "MAX_VERSIONS", 3)
    made = await shelf.document(content="1")

    for number in range(2, 7):
        await age(made, minutes=11)
        await shelf.update(made, content=f"{number}")

    assert [one["number"] for one in await shelf.versions(made)] == [4, 5, 6]
    [page] = await versions_of(shelf.ctx, [made], None, first=2)
    assert [one["number"] for one in page.nodes] == [6, 5]
    assert page.has_next
    assert "markdown" not in page.nodes[0]


@pytest.mark.parametrize("is_older", [False, True])
async def test_versions_of_a_document_have_a_ceiling_in_bytes_that_its_newest_text_alone_may_pass(
    shelf: Shelf, is_older: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given versions of about 1,000 bytes in each form, perhaps of before they were counted
    monkeypatch.setattr(document_version, "MAX_BYTES", 7000)
    made = await shelf.document(content="0" * 1000)
    for number in range(1, 5):
        await age(made, minutes=11)
        if is_older:
            counted = {"kept_from": "", "kept_bytes": ""}
            await collection(DocumentVersion).update_many({"document_id": made["_id"]}, {"$unset": counted})
        await shelf.update(made, content=f"{number}" * 1000)

    # Then the oldest have gone
    assert [one["number"] for one in await shelf.versions(made)] == [3, 4, 5]

    # When one is saved once more, and grows
    await shelf.update(made, content="5" * 2000)
    assert [one["number"] for one in await shelf.versions(made)] == [4, 5]
    await age(made, minutes=11)
    await shelf.update(made, content="6" * 4000)

    # Then nothing but it is left
    [only] = await shelf.versions(made)
    assert (only["number"], only["kept_from"], only["kept_bytes"]) == (6, 6, only["size"])
    assert only["size"] > 7000


async def test_saving_reads_the_newest_version_once_and_its_text_only_where_that_is_as_long(shelf: Shelf) -> None:
    made = await shelf.document(content="One")
    asked: dict[str, int] = {}

    for text in ("Three", "Three", "Seven"):
        with recorded() as queries:
            await shelf.update(made, content=text)
        asked[text] = len([name for command, name, _ in queries if (command, name) == ("find", "document_versions")])
        assert await content_of(shelf.ctx, [await shelf.stored(made)], None) == [text]

    assert asked == {"Three": 2, "Seven": 2}
    with recorded() as queries:
        await shelf.update(made, content="Another text")
    assert len([name for command, name, _ in queries if (command, name) == ("find", "document_versions")]) == 1


async def test_a_long_text_is_saved_with_as_many_commands_as_a_short_one(shelf: Shelf) -> None:
    sent: dict[int, list[int]] = {}

    for size in (1_000, 200_000):
        made = await shelf.document(content="First")
        sent[size] = []
        for word in ("second ", "third "):  # into the newest version, and as a version of its own
            paragraph = word * 15 + "\n\n"
            with traffic() as seen:
                await shelf.update(made, content=paragraph * (size // len(paragraph)))
            sent[size].append(seen.commands)
            await age(made, minutes=11)
        assert [one["number"] for one in await shelf.versions(made)] == [1, 2]

    assert sent[1_000] == sent[200_000]
    assert min(sent[1_000]) > 0


async def test_an_older_version_comes_back_as_the_newest(shelf: Shelf) -> None:
    made = await shelf.document(content="# One")
    await age(made, minutes=11)
    await shelf.update(made, content="Two")
    first = (await shelf.versions(made))[0]
    other = await shelf.document()

    back = await restore_document_version(shelf.ctx, made["_id"], first["_id"])

    assert [one["markdown"] for one in await shelf.versions(made)] == ["# One", "Two", "# One"]
    assert (back.value["excerpt"], back.value["content_format"]) == ("One", "markdown")
    assert await content_of(shelf.ctx, [back.value], None) == ["# One"]
    for wrong in (new_id(Kind.DOCUMENT_VERSION), other["content_id"]):
        with pytest.raises(NotFound, match="Document version not found"):
            await restore_document_version(shelf.ctx, made["_id"], wrong)


async def test_a_diff_tells_what_changed_between_versions(shelf: Shelf) -> None:
    made = await shelf.document(content="a\n\nb\n\nc\n")
    await age(made, minutes=11)
    await shelf.update(made, content="a\n\nB\n\nc\n")

    [found] = await diff_of(shelf.ctx, [made], None, from_=1, to=2)
    [none] = await diff_of(shelf.ctx, [made], None, from_=1, to=9)

    assert found == "--- version 1\n+++ version 2\n@@ -1,5 +1,5 @@\n a\n \n-b\n+B\n \n c\n"
    assert none is None


async def test_what_one_request_reads_of_texts_is_bounded_over_all_its_edges(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    made = await shelf.document(content="One")
    await age(made, minutes=20)
    changed = await shelf.update(made, content="Two")
    [versions] = await versions_of(shelf.ctx, [changed], None)
    monkeypatch.setattr(text_read, "MAX_READ", 2 * changed["size"])

    # When
    ctx = shelf.ctx
    for _ in range(2):
        assert await content_of(ctx, [changed], None) == ["Two"]

    # Then
    for attempt in (
        content_of(ctx, [changed], None),
        content_of_version(ctx, versions.nodes, None),
        diff_of(ctx, [changed], None, from_=1, to=2),
    ):
        with pytest.raises(PayloadTooLarge):
            await attempt
    assert await content_of_version(shelf.ctx, versions.nodes, None) == ["Two", "One"]


async def test_the_text_is_read_in_either_form(shelf: Shelf) -> None:
    made = await shelf.document(content="**x**")

    [tiptap] = await content_of(shelf.ctx, [made], None, format=DocumentFormat.TIPTAP_JSON)

    assert tiptap == (
        '{"type":"doc","content":[{"type":"paragraph","content":'
        '[{"type":"text","marks":[{"type":"bold"}],"text":"x"}]}]}'
    )


def batch(**values: Any) -> DocumentBatch:
    return read_input(DocumentBatch, values)


async def test_a_batch_tells_what_became_of_each_document(shelf: Shelf) -> None:
    a, b = [await shelf.document(title, tags=["x"]) for title in "ab"]
    unknown = new_id(Kind.DOCUMENT)
    ids = [a["_id"], unknown, b["_id"]]

    results = (await update_documents(shelf.ctx, ids, batch(docType="note", addTags=["y"], removeTags=["x"]))).value

    assert [one.record and (one.record["doc_type"], one.record["tags"]) for one in results] == [
        ("note", ["y"]),
        None,
        ("note", ["y"]),
    ]
    assert results[1].error is not None
    assert results[1].error.code == "NOT_FOUND"
    moved = (await update_documents(shelf.ctx, [a["_id"], b["_id"]], batch(parentId=a["_id"]))).value
    assert [one.error and one.error.code for one in moved] == ["BAD_USER_INPUT", None]
    assert await shelf.outline() == [(0, "a"), (1, "b")]
    deleted = (await update_documents(shelf.ctx, [a["_id"], b["_id"]], batch(delete=True))).value
    assert [one.error and one.error.code for one in deleted] == [None, "NOT_FOUND"]
    assert await shelf.outline() == []


async def test_a_batch_refuses_what_makes_no_sense(shelf: Shelf) -> None:
    one: ObjectId = (await shelf.document())["_id"]

    for values in ({}, {"delete": True, "addTags": ["x"]}):
        with pytest.raises(BadUserInput):
            batch(**values)
    for ids in ([], [new_id(Kind.DOCUMENT) for _ in range(51)]):
        with pytest.raises(BadUserInput, match="between 1 and 50"):
            await update_documents(shelf.ctx, ids, batch(docType="adr"))
    with pytest.raises(NotFound):
        await update_documents(shelf.ctx, [new_id(Kind.DOCUMENT)], batch(docType="adr"))
    many = (await update_documents(shelf.ctx, [one], batch(addTags=[f"t{n}" for n in range(30)]))).value
    full = (await update_documents(shelf.ctx, [one], batch(addTags=["more"]))).value
    assert many[0].error is None
    assert full[0].error is not None
