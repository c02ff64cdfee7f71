"""Documents: created in a context and a tree, read without their texts, deleted with all below."""

from typing import Any

import orjson
import pytest
from bson import ObjectId

from models import Document, DocumentLink, DocumentVersion, Notification
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound, PayloadTooLarge
from models.ids import Kind, new_id
from resolvers.content import MAX_BYTES
from resolvers.document import place as document_place
from resolvers.document import room as document_room
from resolvers.document import update as document_update
from resolvers.document.document import count_documents, delete_document, get_document, list_documents
from resolvers.document.link import link_document
from resolvers.document.update import update_documents
from resolvers.document.version import content_of
from resolvers.inputs.document import DocumentBatch
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.notification.follow import follow
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub


async def test_a_document_is_created_with_its_text_and_told_of_without(shelf: Shelf, board: Board) -> None:
    seq = await board.seq()

    made = await shelf.document(
        "  Payment retry policy ", content="# Retry\n\nTwice, *at most*.", docType="spec", tags=["payments", "payments"]
    )

    assert (made["title"], made["doc_type"], made["tags"], made["status"]) == (
        "Payment retry policy",
        "spec",
        ["payments"],
        "draft",
    )
    assert (made["context_type"], made["context_id"], made["order"]) == ("workspace", shelf.workspace_id, 0)
    assert made["excerpt"] == "Retry Twice, at most."
    assert await content_of(shelf.ctx, [made], None) == ["# Retry\n\nTwice, *at most*."]
    [event] = await board.events_since(seq)
    assert event["type"] == "DocumentCreated"
    assert event["data"]["document"] == {name: value for name, value in made.items() if name != "order"}
    assert "at most*" not in str(event)


async def test_a_document_of_a_project_is_told_to_the_projects_other_members(
    shelf: Shelf, board: Board, workspace: Any, join: Join
) -> None:
    ada, bob = await join(workspace, "ada"), await join(workspace, "bob")
    await board.add_member(ada)

    made = await shelf.document(contextType="project", contextId=board.project["_id"])

    assert (made["project_id"], made["scope_id"]) == (board.project["_id"], None)
    await follow(board.ctx.services)
    latest = [
        await collection(Notification).find_one({"user_id": one.user_id}, sort=[("number", -1)]) for one in (ada, bob)
    ]
    assert latest[0] is not None
    assert latest[1] is None
    assert (await board.events_since(0))[-1]["project_id"] == board.project["_id"]


async def test_every_context_is_checked_against_the_workspace(
    shelf: Shelf, board: Board, owner: Context, organization: Any
) -> None:
    scope = await board.scope()
    other = WorkspaceCreate(organization_id=organization["_id"], name="Other", slug="other")
    elsewhere = (await create_workspace(again(owner), other)).value
    foreign = await make_board(owner, elsewhere, columns=0)

    of_scope = await shelf.document(contextType="scope", contextId=scope["_id"])
    of_organization = await shelf.document(contextType="organization", contextId=organization["_id"])

    assert (of_scope["project_id"], of_scope["scope_id"]) == (board.project["_id"], scope["_id"])
    assert (of_organization["context_id"], of_organization["project_id"]) == (organization["_id"], None)
    for context, wrong in (
        ("workspace", elsewhere["_id"]),
        ("project", foreign.project["_id"]),
        ("project", scope["_id"]),
        ("scope", new_id(Kind.SCOPE)),
        ("organization", new_id(Kind.ORGANIZATION)),
    ):
        with pytest.raises(BadUserInput) as refused:
            await shelf.document(contextType=context, contextId=wrong)
        assert refused.value.field == "contextId"
    with pytest.raises(BadUserInput, match="go together"):
        await shelf.document(contextType="project")


async def test_a_child_takes_the_context_of_its_parent(shelf: Shelf, board: Board) -> None:
    parent = await shelf.document("Parent", contextType="project", contextId=board.project["_id"])

    child = await shelf.document("Child", parentId=parent["_id"])
    sibling = await shelf.document(
        "Sibling", parentId=parent["_id"], contextType="project", contextId=board.project["_id"]
    )

    assert (child["context_id"], child["project_id"], child["order"]) == (board.project["_id"], board.project["_id"], 0)
    assert sibling["order"] == 1
    assert await shelf.outline(board.project["_id"]) == [(0, "Parent"), (1, "Child"), (1, "Sibling")]
    with pytest.raises(BadUserInput, match="not the context of the parent"):
        await shelf.document(parentId=parent["_id"], contextType="workspace", contextId=shelf.workspace_id)
    with pytest.raises(BadUserInput, match="not a document of this workspace"):
        await shelf.document(parentId=new_id(Kind.DOCUMENT))


async def test_documents_are_listed_and_counted_by_every_filter(shelf: Shelf, board: Board) -> None:
    spec = await shelf.document("Spec", docType="spec", tags=["a", "b"])
    note = await shelf.document("Note", docType="note", tags=["b"], parentId=spec["_id"])
    await shelf.document("Loose", contextType="project", contextId=board.project["_id"])
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, {"Spec", "Note", "Loose"}),
        ({"doc_type": {"eq": "spec"}}, {"Spec"}),
        ({"doc_type": {"in": ["spec", "note"]}}, {"Spec", "Note"}),
        ({"tag": {"eq": "b"}}, {"Spec", "Note"}),
        ({"tag": {"null": True}}, {"Loose"}),
        ({"parent": {"eq": str(spec["_id"])}}, {"Note"}),
        ({"parent": {"null": True}, "context_type": {"eq": "workspace"}}, {"Spec"}),
        ({"context": {"eq": board.project["_id"]}}, {"Loose"}),
        ({"project": {"null": False}}, {"Loose"}),
        ({"title": {"contains": "o"}, "status": {"eq": "draft"}}, {"Note", "Loose"}),
        ({"author": {"eq": note["author_id"]}, "not": {"title": {"eq": "Note"}}}, {"Spec", "Loose"}),
    ]

    for filter, titles in cases:
        found = await list_documents(shelf.ctx, shelf.workspace_id, filter)
        assert {one["title"] for one in found} == titles, filter
        assert await count_documents(shelf.ctx, shelf.workspace_id, filter) == len(titles), filter


async def test_deleting_a_document_takes_what_is_below_it_and_says_so(shelf: Shelf, board: Board) -> None:
    top = await shelf.document("Top")
    middle = await shelf.document("Middle", parentId=top["_id"])
    leaf = await shelf.document("Leaf", parentId=middle["_id"])
    kept = await shelf.document("Kept")
    card = await board.card()
    await link_document(shelf.ctx, leaf["_id"], card["_id"])
    seq = await board.seq()

    await delete_document(shelf.ctx, top["_id"])

    told = [(one["type"], one["data"]["deleted_id"]) for one in await board.events_since(seq)]
    assert (told[0], sorted(one[0] for one in told[1:])) == (
        ("DocumentDeleted", top["_id"]),
        ["DocumentDeleted", "DocumentDeleted", "DocumentUnlinked"],
    )
    assert {one[1] for one in told if one[0] == "DocumentDeleted"} == {top["_id"], middle["_id"], leaf["_id"]}
    assert await shelf.outline() == [(0, "Kept")]
    versions = await collection(DocumentVersion).find({"workspace_id": shelf.workspace_id}).to_list()
    assert [one["document_id"] for one in versions] == [kept["_id"]]
    assert await collection(DocumentLink).count_documents({"card_id": card["_id"]}) == 0
    with pytest.raises(NotFound, match="Document not found"):
        await delete_document(shelf.ctx, top["_id"])


async def test_texts_of_both_forms_are_accepted_and_bounded(shelf: Shelf) -> None:
    tiptap = {"type": "doc", "content": [{"type": "callout", "content": [{"type": "text", "text": "Hi"}]}]}

    as_object = await shelf.document(content=tiptap)
    as_text = await shelf.document(content=orjson.dumps(tiptap).decode())
    as_markdown = await shelf.document(content='{"no": "document"}')

    assert [one["content_format"] for one in (as_object, as_text, as_markdown)] == [
        "tiptap_json",
        "tiptap_json",
        "markdown",
    ]
    assert await content_of(shelf.ctx, [as_object, as_text], None) == ["Hi\n", "Hi\n"]
    for content, format in (
        ("no json", "tiptap_json"),
        (tiptap, "markdown"),
        ({"type": "paragraph"}, None),
        ({"type": "doc", "content": [{"text": "x"}]}, None),
        ({"type": "doc", "content": [{"type": "text", "text": "a\x00"}]}, None),
        ({"type": "doc", "attrs": {"n": 2**70}}, None),
        (7, None),
        ("[" * 2000, "markdown"),
        ("\n" * 50_000, "markdown"),
    ):
        with pytest.raises(BadUserInput) as refused:
            await shelf.document(content=content, contentFormat=format)
        assert refused.value.field == "content", content
    with pytest.raises(PayloadTooLarge):
        await shelf.document(content="x" * (MAX_BYTES + 1))
    assert await collection(Document).count_documents({"workspace_id": shelf.workspace_id}) == 3


async def test_a_link_that_would_run_a_script_is_refused_in_either_form(shelf: Shelf) -> None:
    mark = {"type": "link", "attrs": {"href": "JavaScript:alert(1)"}}
    doc = {
        "type": "doc",
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [mark]}]}],
    }

    with pytest.raises(BadUserInput, match="run a script"):
        await shelf.document(content=doc)
    with pytest.raises(BadUserInput, match="run a script"):
        await shelf.document(content="[x](java&Tab;script:alert(1))")


async def test_a_tree_is_bounded_in_depth_and_number(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_place, "MAX_DEPTH", 2)
    monkeypatch.setattr(document_room, "MAX_DOCUMENTS", 3)
    top = await shelf.document()
    below = await shelf.document(parentId=top["_id"])

    with pytest.raises(Conflict, match="2 deep"):
        await shelf.document(parentId=below["_id"])
    await shelf.document()
    with pytest.raises(Conflict, match="at most 3"):
        await shelf.document()


async def test_the_number_in_a_context_is_exact_whatever_comes_and_goes(
    shelf: Shelf, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_room, "MAX_DOCUMENTS", 3)
    about = {"contextType": "project", "contextId": board.project["_id"]}
    first, *_ = [await shelf.document(**stub(about)) for _ in range(3)]
    outside, pair = await shelf.document(), await shelf.document()
    await shelf.document(parentId=pair["_id"])

    async def refused(document: Any) -> None:
        with pytest.raises(Conflict, match="at most 3"):
            await shelf.move(document, **about)

    await refused(outside)
    await delete_document(shelf.ctx, first["_id"])
    await refused(pair)  # takes one along
    joining = read_input(DocumentBatch, about)
    both = [outside["_id"], pair["_id"]]
    results = (await update_documents(shelf.ctx, both, joining)).value
    assert [type(one.error) for one in results] == [type(None), Conflict]
    assert await collection(Document).count_documents({"context_id": board.project["_id"]}) == 3
    with pytest.raises(Conflict, match="at most 3"):
        await shelf.document(**stub(about))


async def test_strangers_find_no_document(shelf: Shelf, people: People) -> None:
    stranger = await people.register("mallory")
    made = await shelf.document()
    theirs = shelf.of(stranger)

    for attempt in (
        get_document(theirs.ctx, made["_id"]),
        theirs.update(made, title="Mine"),
        theirs.move(made, order=0),
        delete_document(theirs.ctx, made["_id"]),
    ):
        with pytest.raises(NotFound, match="Document not found"):
            await attempt
    with pytest.raises(NotFound, match="Workspace not found"):
        await theirs.document()
    with pytest.raises(NotFound, match="Workspace not found"):
        await list_documents(theirs.ctx, shelf.workspace_id)
    assert await shelf.stored(made) == {name: value for name, value in made.items() if name != "order"}


async def test_a_document_that_is_gone_is_a_plain_refusal(shelf: Shelf) -> None:
    gone = ObjectId(new_id(Kind.DOCUMENT))

    with pytest.raises(NotFound, match="Document not found"):
        await get_document(shelf.ctx, gone)


async def test_more_than_one_change_can_write_does_not_move_along(
    shelf: Shelf, owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_update, "MAX_TAKEN_ALONG", 1)
    board, top = await make_board(owner, workspace), await shelf.document()
    inside = {"contextType": "project", "contextId": board.project["_id"]}
    await shelf.document(parentId=top["_id"])
    assert (await shelf.move(top, **inside))["context_id"] == board.project["_id"]
    await shelf.document(parentId=top["_id"])

    with pytest.raises(Conflict, match="At most 1 documents below it"):
        await shelf.move(top, contextType="workspace", contextId=workspace["_id"])
