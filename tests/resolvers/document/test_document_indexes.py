"""Every query that the operations and edges of documents send runs on an index."""

from typing import Any

import pytest

from gateway.database import Database
from models import Document
from models.enums import DocumentFormat
from resolvers.activity.activity import document_of
from resolvers.card.card import delete_card
from resolvers.column.scope import delete_scope
from resolvers.document import document
from resolvers.document import graph as document_graph
from resolvers.document import link as document_link
from resolvers.document import review as document_review
from resolvers.document import update as document_update
from resolvers.document import version as document_version
from resolvers.inputs.document import DocumentBatch, DocumentReview
from resolvers.kit.context import Context
from resolvers.kit.fields import sorted_by
from resolvers.kit.input import read_input
from resolvers.kit.load import one_by
from resolvers.kit.nouns import DOCUMENT
from resolvers.lane.totals import totals
from resolvers.node import get_nodes
from resolvers.project.project import delete_project
from resolvers.user.user import users_by
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import check, recorded
from tests.stubs import stub


@pytest.fixture
async def board(owner: Context, workspace: Any, join: Join) -> Board:
    board = await make_board(owner, workspace, columns=1)
    await board.add_member(await join(workspace, "ada"))
    return board


async def test_every_change_of_a_document_runs_on_indexes(shelf: Shelf, board: Board, database: Database) -> None:
    scope, card = await board.scope(), await board.card()

    with recorded() as queries:
        top = await shelf.document(content="One", contextType="project", contextId=board.project["_id"])
        below = await shelf.document(parentId=top["_id"])
        await shelf.document(contextType="scope", contextId=scope["_id"])
        await shelf.update(top, title="x", content="Two", tags=["a"], expectedVersion=1)
        await shelf.move(below, parentId=None, order=0)
        await shelf.move(below, beforeDocumentId=top["_id"])
        await shelf.move(below, parentId=top["_id"])
        await shelf.move(top, contextType="workspace", contextId=shelf.workspace_id)
        version = (await document_version.versions_of(shelf.ctx, [top], None))[0].nodes[0]
        await document_update.restore_document_version(shelf.ctx, top["_id"], version["_id"])
        both = [top["_id"], below["_id"]]
        await document_update.update_documents(shelf.ctx, both, read_input(DocumentBatch, {"addTags": ["x"]}))
        await document_link.link_document(shelf.ctx, top["_id"], card["_id"])
        await document_link.unlink_document(shelf.ctx, top["_id"], card["_id"])
        await document_link.link_document(shelf.ctx, below["_id"], card["_id"])
        await document_review.submit_document(shelf.ctx, top["_id"])
        approval = read_input(DocumentReview, {"status": "approved"})
        await document_review.review_document(shelf.ctx, top["_id"], approval)
        await delete_card(shelf.ctx, card["_id"])
        await delete_scope(shelf.ctx, scope["_id"])
        await document.delete_document(shelf.ctx, top["_id"])
        await delete_project(shelf.ctx, board.project["_id"])
        await shelf.document()
        await delete_workspace(shelf.ctx, shelf.workspace_id)

    await check(database, queries)


async def test_every_list_and_edge_of_documents_runs_on_indexes(
    shelf: Shelf, board: Board, owner: Context, database: Database
) -> None:
    top = await shelf.document(contextType="project", contextId=board.project["_id"])
    below = await shelf.document(parentId=top["_id"])
    card, both = await board.card(), [top, below]
    for one in both:
        await document_link.link_document(shelf.ctx, one["_id"], card["_id"])
    ctx = shelf.ctx

    with recorded() as queries:
        await document.get_document(again(owner), top["_id"])
        await document.list_documents(again(owner), shelf.workspace_id, {"tag": {"eq": "x"}})
        await document.count_documents(again(owner), shelf.workspace_id, {"parent": {"null": True}})
        await document.read_document_tree(again(owner), shelf.workspace_id)
        await document.read_document_tree(again(owner), shelf.workspace_id, board.project["_id"])
        await document_graph.order_of(ctx, [{**one} for one in both if one.pop("order", None) is not None], None)
        await document_graph.children_of(ctx, both, None)
        await document_graph.child_count_of(ctx, both, None)
        await one_by(DOCUMENT, "parent_id")(ctx, both, None)
        await users_by("author_id")(ctx, both, None)
        [page, _] = await document_graph.activity_of(ctx, both, None)
        await document_of(ctx, page.nodes, None)
        await document_graph.tree_of_workspace(ctx, stub([{"_id": shelf.workspace_id}]), None)
        [versions, _] = await document_version.versions_of(ctx, both, None)
        await document_version.versions_of(ctx, both[:1], None, first=1)
        await document_version.get_document_version(again(owner), versions.nodes[0]["_id"])
        await document_version.content_of(ctx, both, None, format=DocumentFormat.TIPTAP_JSON)
        await document_version.content_of_version(ctx, versions.nodes, None)
        await document_version.diff_of(ctx, both, None, from_=1, to=2)
        await document_link.list_card_documents(again(owner), card["_id"])
        await document_link.list_document_cards(again(owner), top["_id"])
        linked = await document_link.cards_of_document(ctx, both, None)
        await totals(linked)
        await document_link.documents_of_card(ctx, [card], None)
        await get_nodes(again(owner), [top["_id"], top["content_id"]])

    await check(database, queries)


FILTERS: list[dict[str, Any] | None] = [
    None,
    {"tag": {"eq": "x"}, "doc_type": {"in": ["spec"]}},
    {"or": [{"parent": {"null": True}}, {"title": {"contains": "x"}}]},
    {"not": {"status": {"eq": "draft"}}, "context_type": {"eq": "project"}},
]


@pytest.mark.parametrize("filter", FILTERS, ids=str)
async def test_every_page_of_documents_runs_on_an_index(
    filter: dict[str, Any] | None, shelf: Shelf, board: Board, database: Database
) -> None:
    scope = await board.scope()
    about = {"contextType": "scope", "contextId": scope["_id"]}
    for title in "xyz":
        await shelf.document(title, docType="spec", tags=["x"], **about)

    with recorded() as queries:
        for field in sorted_by(Document):
            for direction in ("ASC", "DESC"):
                order = [{"field": field, "direction": direction}]
                for edge, parents in (
                    (document_graph.documents_of_workspace, [{"_id": shelf.workspace_id}]),
                    (document_graph.documents_of_project, [board.project]),
                    (document_graph.documents_of_scope, [scope, {"_id": board.project["_id"]}]),
                ):
                    found = await edge(shelf.ctx, parents, None, first=1, filter=filter, order_by=order)
                    await totals(found)
                    if found[0].nodes:
                        cursor = found[0].cursor(found[0].nodes[-1])
                        await edge(shelf.ctx, parents, None, first=1, after=cursor, filter=filter, order_by=order)

    await check(database, queries)
