"""Events of documents as a subscriber reads them, live and replayed once what they tell of is gone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.gateway.lab import Board
from tests.serving.graph.test_graphql_live import Stream, subscribed

WATCH = """
subscription ($p: ID!, $after: Cursor) {
  projectEvents(projectId: $p, after: $after) {
    __typename
    ... on Event { cursor }
    ... on DocumentCreated { document { title order content } actor { email } }
    ... on DocumentUpdated { changedFields document { title content } }
    ... on DocumentMoved { order fromParent { title } toParent { title } document { order } }
    ... on DocumentReviewRequested { document { status } }
    ... on DocumentReviewed { document { status reviewNotes } }
    ... on DocumentLinked { linkedDocument { title } linkedCard { title } }
    ... on DocumentUnlinked { documentId cardId }
    ... on DocumentDeleted { documentId }
  }
}
"""
CREATE = "mutation ($i: DocumentCreateInput!) { documentCreate(input: $i) { document { id } } }"


@asynccontextmanager
async def watched(address: str, board: Board, **variables: Any) -> AsyncIterator[Stream]:
    async with subscribed(address, board.ann, WATCH, p=board.project, **variables) as stream:
        yield stream


async def created(board: Board, title: str, **values: Any) -> str:
    about = {"workspaceId": board.workspace, "contextType": "PROJECT", "contextId": board.project}
    made = await board.ann.ask(CREATE, i={**about, "title": title, "content": f"# {title}", **values})
    document: str = made["documentCreate"]["document"]["id"]
    return document


async def told(stream: Stream) -> dict[str, Any]:
    event = await stream.next()
    event.pop("cursor")
    return event


async def test_the_life_of_a_document_is_told_to_who_watches_its_project(address: str, board: Board) -> None:
    card = await board.card("Card")
    async with watched(address, board) as stream:
        await stream.next()
        top, plan = await created(board, "Top"), await created(board, "Plan")
        assert [await told(stream) for _ in range(2)] == [
            {
                "__typename": "DocumentCreated",
                "document": {"title": title, "order": order, "content": f"# {title}"},
                "actor": {"email": "ann@example.com"},
            }
            for order, title in enumerate(("Top", "Plan"))
        ]
        for query, event in (
            (
                'documentUpdate(id: $d, input: {content: "Two"}) { cursor }',
                {
                    "__typename": "DocumentUpdated",
                    "changedFields": ["content"],
                    "document": {"title": "Plan", "content": "Two"},
                },
            ),
            (
                "documentMove(id: $d, input: {parentId: $t}) { cursor }",
                {
                    "__typename": "DocumentMoved",
                    "order": 0,
                    "fromParent": None,
                    "toParent": {"title": "Top"},
                    "document": {"order": 0},
                },
            ),
            (
                "documentSubmitReview(id: $d) { cursor }",
                {"__typename": "DocumentReviewRequested", "document": {"status": "PENDING_REVIEW"}},
            ),
            (
                'documentReview(id: $d, input: {status: APPROVED, notes: "Good"}) { cursor }',
                {"__typename": "DocumentReviewed", "document": {"status": "APPROVED", "reviewNotes": "Good"}},
            ),
            (
                "documentLink(id: $d, cardId: $c) { cursor }",
                {"__typename": "DocumentLinked", "linkedDocument": {"title": "Plan"}, "linkedCard": {"title": "Card"}},
            ),
            (
                "documentUnlink(id: $d, cardId: $c) { cursor }",
                {"__typename": "DocumentUnlinked", "documentId": plan, "cardId": card},
            ),
            (
                "documentDelete(id: $d) { cursor }",
                {"__typename": "DocumentDeleted", "documentId": plan},
            ),
        ):
            variables = {name: value for name, value in (("d", plan), ("t", top), ("c", card)) if f"${name}" in query}
            declared = ", ".join(f"${name}: ID!" for name in variables)
            await board.ann.ask(f"mutation ({declared}) {{ {query} }}", **variables)
            assert await told(stream) == event


@pytest.mark.parametrize("deleted", [False, True], ids=["there", "deleted"])
async def test_what_was_missed_is_replayed_with_the_text_as_long_as_there_is_one(
    deleted: bool, address: str, board: Board
) -> None:
    async with watched(address, board) as stream:
        cursor = (await stream.next())["cursor"]
    plan = await created(board, "Plan")
    if deleted:
        await board.ann.ask("mutation ($d: ID!) { documentDelete(id: $d) { cursor } }", d=plan)

    async with watched(address, board, after=cursor) as stream:
        event = await stream.next()

    assert event["document"] == {"title": "Plan", "order": 0, "content": None if deleted else "# Plan"}
