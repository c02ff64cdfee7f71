"""Places of documents: in the tree, among their siblings, and in a context."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from agents.tools.catalogue import call_tool
from models import Document
from models.base import collection
from models.enums import RelationType
from models.errors import BadUserInput
from models.ids import Kind, new_id
from models.rank import MAX_LENGTH
from resolvers.document.link import link_document, list_card_documents, list_document_cards
from resolvers.inputs.relation import RelationCreate
from resolvers.kit.context import Context
from resolvers.relation.relation import create_relation
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import recorded
from tests.stubs import stub


async def test_documents_move_among_their_siblings_writing_one(shelf: Shelf) -> None:
    a, b, c = [await shelf.document(title) for title in "abc"]
    before = {one["_id"]: one async for one in collection(Document).find({"workspace_id": shelf.workspace_id})}

    first = await shelf.move(c, order=0)
    event = (await events(shelf.workspace_id))[-1]
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


async def test_who_is_bound_to_a_project_moves_no_document_out_of_it_and_is_told_of_none_beyond(
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

    # And of what a card is linked or related to they are told what is in the project
    card, far = await board.card(), await other.card(title="Far away")
    for document in (inside, beyond):
        await link_document(shelf.ctx, document["_id"], card["_id"])
    await link_document(shelf.ctx, inside["_id"], far["_id"])
    blocks = RelationCreate(card_id=card["_id"], type=RelationType.BLOCKS, target_card_id=far["_id"])
    await create_relation(shelf.ctx, blocks)
    assert [one["title"] for one in await list_card_documents(bound.ctx, card["_id"])] == ["Inside"]
    assert [one["_id"] for one in await list_document_cards(bound.ctx, inside["_id"])] == [card["_id"]]
    assert "Far away" in str(await call_tool(shelf.ctx, "list_relations", {"cardId": str(card["_id"])}))
    related = str(await call_tool(bound.ctx, "list_relations", {"cardId": str(card["_id"])}))
    assert str(far["_id"]) in related
    assert "Far away" not in related

    # Then it moves within, and for others beyond
    assert (await bound.move(inside, parentId=parent["_id"]))["parent_id"] == parent["_id"]
    assert (await shelf.move(inside, parentId=beyond["_id"]))["project_id"] == other.project["_id"]
