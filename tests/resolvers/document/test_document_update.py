"""Documents change: fields, texts with their versions, and places in the tree."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId

from models import Document, DocumentVersion
from models.base import collection
from models.enums import DocumentFormat
from models.errors import BadUserInput, Conflict, NotFound, PayloadTooLarge
from models.ids import Kind, new_id
from models.rank import MAX_LENGTH
from resolvers.document import version as document_version
from resolvers.document.update import restore_document_version, update_documents
from resolvers.document.version import content_of, content_of_version, diff_of, versions_of
from resolvers.inputs.document import DocumentBatch
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.conftest import Join
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import recorded
from tests.stubs import stub


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


@pytest.fixture
def shelf(owner: Context, workspace: Any) -> Shelf:
    return Shelf(owner, workspace["_id"])


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
    monkeypatch.setattr(document_version, "MAX_READ", 2 * changed["size"])

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


async def test_documents_move_among_their_siblings_writing_one(shelf: Shelf) -> None:
    a, b, c = [await shelf.document(title) for title in "abc"]
    before = {one["_id"]: one async for one in collection(Document).find({"workspace_id": shelf.workspace_id})}

    first = await shelf.move(c, order=0)
    event = await told(shelf)
    after_a = await shelf.move(c, afterDocumentId=a["_id"])
    before_a = await shelf.move(b, beforeDocumentId=a["_id"])

    assert (first["order"], after_a["order"], before_a["order"]) == (0, 1, 0)
    assert (event["type"], event["data"]["order"], event["data"]["to_parent_id"]) == ("DocumentMoved", 0, None)
    assert await shelf.outline() == [(0, "b"), (0, "a"), (0, "c")]
    assert await shelf.stored(a) == before[a["_id"]]
    with pytest.raises(BadUserInput, match="one of order"):
        await shelf.move(a, order=0, afterDocumentId=b["_id"])
    with pytest.raises(BadUserInput, match="not another document of the same parent"):
        await shelf.move(a, afterDocumentId=new_id(Kind.DOCUMENT))


async def test_a_move_to_where_it_stands_is_no_change(shelf: Shelf) -> None:
    a, b = [await shelf.document(title) for title in "ab"]
    seen = len(await events(shelf.workspace_id))

    for values in ({"order": 1}, {"afterDocumentId": a["_id"]}, {}, {"parentId": None}):
        await shelf.move(b, **values)

    assert len(await events(shelf.workspace_id)) == seen
    assert (await shelf.stored(b))["version"] == 1


async def test_no_document_comes_to_stand_below_itself(shelf: Shelf) -> None:
    top = await shelf.document("top")
    below = await shelf.document("below", parentId=top["_id"])
    deeper = await shelf.document("deeper", parentId=below["_id"])

    for parent in (top, below, deeper):
        with pytest.raises(BadUserInput, match="the document itself, or stands below it"):
            await shelf.move(top, parentId=parent["_id"])
    moved = await shelf.update(deeper, parentId=top["_id"], order=0)

    assert moved["order"] == 0
    assert await shelf.outline() == [(0, "top"), (1, "deeper"), (1, "below")]


async def test_two_moves_at_once_make_no_circle(shelf: Shelf) -> None:
    a, b = [await shelf.document(title) for title in "ab"]

    done = await asyncio.gather(
        shelf.move(a, parentId=b["_id"]), shelf.move(b, parentId=a["_id"]), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in done) == ["BadUserInput", "dict"]
    assert [depth for depth, _ in await shelf.outline()] == [0, 1]


async def test_what_stands_below_moves_to_another_context_too(shelf: Shelf, board: Board) -> None:
    top = await shelf.document("top")
    below = await shelf.document("below", parentId=top["_id"])
    seq = await board.seq()

    await shelf.move(top, contextType="project", contextId=board.project["_id"])

    for one in (top, below):
        stored = await shelf.stored(one)
        assert (stored["context_type"], stored["project_id"]) == ("project", board.project["_id"])
    told = [(one["type"], one["data"].get("changed_fields")) for one in await board.events_since(seq)]
    assert told == [
        ("DocumentUpdated", ["contextType", "contextId"]),
        ("DocumentMoved", None),
        ("DocumentUpdated", ["contextType", "contextId"]),
    ]
    assert await shelf.outline(board.project["_id"]) == [(0, "top"), (1, "below")]
    assert await shelf.outline(shelf.workspace_id) == []
    parent = await shelf.document("parent")
    with pytest.raises(BadUserInput, match="not the context of the parent"):
        await shelf.move(top, parentId=parent["_id"], contextType="project", contextId=board.project["_id"])
    seq = await board.seq()
    await shelf.move(top, parentId=parent["_id"])
    assert (await shelf.stored(below))["project_id"] is None
    moved = [one["project_id"] for one in await board.events_since(seq) if one["type"] == "DocumentMoved"]
    assert moved == [board.project["_id"], None]
    assert await shelf.outline() == [(0, "parent"), (1, "top"), (2, "below")]


async def test_a_move_sends_the_same_queries_however_many_stand_below(shelf: Shelf, board: Board) -> None:
    asked: list[int] = []
    about = {"contextType": "project", "contextId": board.project["_id"]}
    await shelf.document(**stub(about))  # the context's documents are counted
    for children in (1, 9):
        top = await shelf.document()
        for _ in range(children):
            await shelf.document(parentId=top["_id"])
        with recorded() as queries:
            await shelf.move(top, **about)
        asked.append(len(queries))
        inside = {"parent_id": top["_id"], "project_id": board.project["_id"]}
        assert await collection(Document).count_documents(inside) == children

    assert asked[0] == asked[1]


async def test_a_new_or_moved_document_reads_no_others_than_those_around_it(shelf: Shelf) -> None:
    top, other = await shelf.document("top"), await shelf.document("other")
    below = await shelf.document("below", parentId=top["_id"])
    for parent in (top, other):
        await shelf.document(parentId=parent["_id"])

    with recorded() as queries:
        await shelf.document(parentId=below["_id"])
        await shelf.move(below, parentId=other["_id"], order=0)

    filters = [where for _, name, where in queries if name == "documents"]
    assert filters
    for where in filters:
        assert "_id" in where or "parent_id" in where, where


async def test_ranks_are_spread_anew_before_they_grow_without_bound(shelf: Shelf) -> None:
    a, b = [await shelf.document(title) for title in "ab"]
    long = "a0" + "V" * MAX_LENGTH
    await collection(Document).update_one({"_id": b["_id"]}, {"$set": {"rank": long}})
    c = await shelf.document("c")

    await shelf.move(c, afterDocumentId=a["_id"])

    assert [title for _, title in await shelf.outline()] == ["a", "c", "b"]
    ranks = [one["rank"] for one in await collection(Document).find({"workspace_id": shelf.workspace_id}).to_list()]
    assert max(map(len, ranks)) < 10
    assert all(one < other for one, other in pairwise(sorted(ranks)))


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


async def test_who_is_bound_to_a_project_moves_no_document_out_of_it(
    shelf: Shelf, board: Board, workspace: Any
) -> None:
    # Given a document of the project, and one of another project
    other = await make_board(shelf.caller, workspace, columns=1)
    inside = await shelf.document("Inside", contextType="project", contextId=board.project["_id"])
    parent = await shelf.document("Parent", contextType="project", contextId=board.project["_id"])
    beyond = await shelf.document("Beyond", contextType="project", contextId=other.project["_id"])
    bound = shelf.of(Context(replace(shelf.caller.subject, project_id=board.project["_id"]), shelf.caller.services))

    # When who is bound to the first moves it, it stays there
    for leaving in (
        {"contextType": "project", "contextId": other.project["_id"]},
        {"contextType": "workspace", "contextId": workspace["_id"]},
        {"contextType": "organization", "contextId": workspace["organization_id"]},
        {"parentId": beyond["_id"]},
    ):
        with pytest.raises(BadUserInput):
            await bound.move(inside, **leaving)
    with pytest.raises(BadUserInput):
        await bound.update(inside, parentId=beyond["_id"])
    assert (await shelf.stored(inside))["context_id"] == board.project["_id"]

    # Then it moves within, and for others beyond
    assert (await bound.move(inside, parentId=parent["_id"]))["parent_id"] == parent["_id"]
    assert (await shelf.move(inside, parentId=beyond["_id"]))["project_id"] == other.project["_id"]
