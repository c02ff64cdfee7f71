"""Documents over the graph: written, read in either form, moved in the tree, reviewed, linked, and told of."""

import json
from typing import Any

import pytest

from tests.gateway.lab import Board, Lab, count_queries

CREATE = """
mutation ($input: DocumentCreateInput!) {
  documentCreate(input: $input) {
    document {
      id title docType tags status contextType contextId order childCount version contentFormat excerpt
      content tiptap: content(format: TIPTAP_JSON)
      workspace { id } project { name } scope { name } parent { title } author { email } updatedBy { email }
      submittedBy { id } reviewedBy { id } reviewNotes
      versions { totalCount nodes { number title contentFormat content author { email } document { title } } }
      linkedCards { totalCount } activity { nodes { type document { title } } }
    }
    cursor
  }
}
"""
UPDATE = """
mutation ($id: ID!, $input: DocumentUpdateInput!) {
  documentUpdate(id: $id, input: $input) { document { title content version status } cursor }
}
"""
MOVE = """
mutation ($id: ID!, $input: DocumentMoveInput!) {
  documentMove(id: $id, input: $input) { document { order parent { title } contextType } cursor }
}
"""
LIST = """
query ($id: ID!, $filter: DocumentFilter, $orderBy: [DocumentOrder!], $first: Int, $after: String) {
  project(id: $id) {
    documents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount nodes { title } pageInfo { endCursor hasNextPage }
    }
  }
}
"""


async def written(board: Board, title: str, **values: Any) -> str:
    """A new document about the board's project; its id."""
    about = {"contextType": "PROJECT", "contextId": board.project}
    given = {"workspaceId": board.workspace, "title": title, **about, **values}
    made: str = (await board.ann.ask(CREATE, input=given))["documentCreate"]["document"]["id"]
    return made


async def test_a_document_comes_back_as_it_was_given(board: Board) -> None:
    given = {
        "workspaceId": board.workspace,
        "title": " Plan ",
        "content": "- [x] **Done**",
        "docType": "SPEC",
        "contextType": "PROJECT",
        "contextId": board.project,
        "tags": ["a", "b"],
    }

    document = (await board.ann.ask(CREATE, input=given))["documentCreate"]["document"]

    tiptap = json.loads(document.pop("tiptap"))
    assert tiptap["content"][0]["type"] == "taskList"
    assert {**document, "id": ""} == {
        "id": "",
        "title": "Plan",
        "docType": "SPEC",
        "tags": ["a", "b"],
        "status": "DRAFT",
        "contextType": "PROJECT",
        "contextId": board.project,
        "order": 0,
        "childCount": 0,
        "version": 1,
        "contentFormat": "MARKDOWN",
        "excerpt": "Done",
        "content": "- [x] **Done**",
        "workspace": {"id": board.workspace},
        "project": {"name": "Launch"},
        "scope": None,
        "parent": None,
        "author": {"email": "ann@example.com"},
        "updatedBy": {"email": "ann@example.com"},
        "submittedBy": None,
        "reviewedBy": None,
        "reviewNotes": None,
        "versions": {
            "totalCount": 1,
            "nodes": [
                {
                    "number": 1,
                    "title": "Plan",
                    "contentFormat": "MARKDOWN",
                    "content": "- [x] **Done**",
                    "author": {"email": "ann@example.com"},
                    "document": {"title": "Plan"},
                }
            ],
        },
        "linkedCards": {"totalCount": 0},
        "activity": {"nodes": [{"type": "DOCUMENT_CREATED", "document": {"title": "Plan"}}]},
    }


async def test_a_document_and_its_version_are_nodes(board: Board) -> None:
    document = await written(board, "Plan", content="Text")
    read = "query ($id: ID!) { document(id: $id) { title versions { nodes { id } } } }"
    version = (await board.ann.ask(read, id=document))["document"]["versions"]["nodes"][0]["id"]
    nodes = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      __typename id ... on Document { title content } ... on DocumentVersion { number content } } }"""

    found = await board.ann.ask(nodes, ids=[document, version])

    assert found["nodes"] == [
        {"__typename": "Document", "id": document, "title": "Plan", "content": "Text"},
        {"__typename": "DocumentVersion", "id": version, "number": 1, "content": "Text"},
    ]


async def test_an_update_changes_what_is_given_and_a_lost_one_is_a_conflict(board: Board) -> None:
    document = await written(board, "Plan", content="One")
    tiptap = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Two"}]}]}

    changed = await board.ann.ask(UPDATE, id=document, input={"content": json.dumps(tiptap), "expectedVersion": 1})
    lost = await board.ann.refused(UPDATE, id=document, input={"content": "Three", "expectedVersion": 1})
    alone = await board.ann.refused(UPDATE, id=document, input={"contentFormat": "MARKDOWN"})

    assert changed["documentUpdate"]["document"] == {
        "title": "Plan",
        "content": "Two\n",
        "version": 2,
        "status": "DRAFT",
    }
    assert lost["extensions"]["code"] == "CONFLICT"
    assert alone["extensions"]["field"] == "contentFormat"


async def test_documents_are_filtered_sorted_and_paged(board: Board) -> None:
    for title, kind in (("Banana", "NOTE"), ("Apple", "SPEC"), ("Cherry", "NOTE")):
        await written(board, title, docType=kind, tags=[kind.lower()])

    async def titles(**variables: Any) -> list[str]:
        found = await board.ann.ask(LIST, id=board.project, **variables)
        return [one["title"] for one in found["project"]["documents"]["nodes"]]

    assert await titles() == ["Banana", "Apple", "Cherry"]
    assert await titles(filter={"docType": {"eq": "NOTE"}}, orderBy=[{"field": "TITLE", "direction": "DESC"}]) == [
        "Cherry",
        "Banana",
    ]
    assert await titles(filter={"tag": {"in": ["spec", "none"]}}) == ["Apple"]
    assert await titles(filter={"status": {"in": ["APPROVED"]}}) == []
    assert await titles(filter={"project": {"eq": board.project}, "contextType": {"eq": "PROJECT"}}, first=1) == [
        "Banana"
    ]
    page = (await board.ann.ask(LIST, id=board.project, first=2))["project"]["documents"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert await titles(first=2, after=page["pageInfo"]["endCursor"]) == ["Cherry"]


async def test_documents_stand_in_a_tree(board: Board) -> None:
    top, other = await written(board, "Top"), await written(board, "Other")
    below = await written(board, "Below", parentId=top)
    tree = """query ($o: String!, $s: String!, $id: ID!, $c: ID) {
      workspace(orgSlug: $o, slug: $s) {
        documents { totalCount } documentTree(contextId: $c) { depth document { title order } } }
      document(id: $id) { children { nodes { title order parent { title } } } } }"""
    slug = "query ($id: ID!) { project(id: $id) { workspace { slug } } }"
    workspace = (await board.ann.ask(slug, id=board.project))["project"]["workspace"]["slug"]

    moved = await board.ann.ask(MOVE, id=other, input={"parentId": top, "beforeDocumentId": below})
    found = await board.ann.ask(tree, o=board.org_slug, s=workspace, id=top, c=board.project)
    circle = await board.ann.refused(MOVE, id=top, input={"parentId": below})

    assert moved["documentMove"]["document"] == {"order": 0, "parent": {"title": "Top"}, "contextType": "PROJECT"}
    assert found["workspace"]["documents"] == {"totalCount": 3}
    assert [
        (one["depth"], one["document"]["title"], one["document"]["order"]) for one in found["workspace"]["documentTree"]
    ] == [
        (0, "Top", 0),
        (1, "Other", 0),
        (1, "Below", 1),
    ]
    assert [one["title"] for one in found["document"]["children"]["nodes"]] == ["Other", "Below"]
    assert circle["extensions"]["field"] == "parentId"


async def test_a_document_goes_through_its_review(lab: Lab, board: Board) -> None:
    document = await written(board, "Plan", content="One")
    submit = (
        "mutation ($id: ID!) { documentSubmitReview(id: $id) { document { status submittedBy { email } } cursor } }"
    )
    review = """mutation ($id: ID!, $input: DocumentReviewInput!) { documentReview(id: $id, input: $input) {
      document { status reviewNotes reviewedBy { email } } cursor } }"""

    submitted = await board.ann.ask(submit, id=document)
    again = await board.ann.refused(submit, id=document)
    wrong = await board.ann.refused(review, id=document, input={"status": "DRAFT"})
    done = await board.ann.ask(review, id=document, input={"status": "APPROVED", "notes": "Good"})
    changed = await board.ann.ask(UPDATE, id=document, input={"content": "Two"})

    ann = {"email": "ann@example.com"}
    assert submitted["documentSubmitReview"]["document"] == {"status": "PENDING_REVIEW", "submittedBy": ann}
    assert (again["extensions"]["code"], wrong["extensions"]["code"]) == ("CONFLICT", "BAD_USER_INPUT")
    assert done["documentReview"]["document"] == {"status": "APPROVED", "reviewNotes": "Good", "reviewedBy": ann}
    assert changed["documentUpdate"]["document"]["status"] == "DRAFT"


async def test_versions_are_compared_and_restored(board: Board) -> None:
    document = await written(board, "Plan", content="One\n")
    await board.ann.ask("mutation ($id: ID!) { documentSubmitReview(id: $id) { cursor } }", id=document)
    await board.ann.ask(UPDATE, id=document, input={"content": "Two\n"})
    read = "query ($id: ID!) { document(id: $id) { diff(from: 1, to: 2) versions { nodes { id number } } } }"
    restore = """mutation ($id: ID!, $v: ID!) {
      documentRestoreVersion(id: $id, versionId: $v) { document { content } } }"""

    found = (await board.ann.ask(read, id=document))["document"]
    oldest = found["versions"]["nodes"][-1]
    back = await board.ann.ask(restore, id=document, v=oldest["id"])

    assert found["diff"].endswith("-One\n+Two\n")
    assert [one["number"] for one in found["versions"]["nodes"]] == [2, 1]
    assert back["documentRestoreVersion"]["document"] == {"content": "One\n"}


async def test_documents_and_cards_are_linked_both_ways(board: Board) -> None:
    document, card = await written(board, "Plan"), await board.card("Card")
    ends = "document { title linkedCards { totalCount nodes { title } } } card { documents { nodes { title } } } cursor"
    link = f"mutation ($d: ID!, $c: ID!) {{ documentLink(id: $d, cardId: $c) {{ {ends} }} }}"
    unlink = f"mutation ($d: ID!, $c: ID!) {{ documentUnlink(id: $d, cardId: $c) {{ {ends} }} }}"

    linked = (await board.ann.ask(link, d=document, c=card))["documentLink"]
    gone = (await board.ann.ask(unlink, d=document, c=card))["documentUnlink"]

    assert linked["document"]["linkedCards"] == {"totalCount": 1, "nodes": [{"title": "Card"}]}
    assert linked["card"]["documents"]["nodes"] == [{"title": "Plan"}]
    assert gone["document"]["linkedCards"] == {"totalCount": 0, "nodes": []}
    assert gone["card"]["documents"]["nodes"] == []


async def test_a_batch_changes_and_deletes(board: Board) -> None:
    document = await written(board, "Plan")
    unknown = document[:-6] + "ffffff"
    batch = """mutation ($ids: [ID!]!, $input: DocumentBatchInput!) { documentBatchUpdate(ids: $ids, input: $input) {
      results { id document { docType tags } error { code message } } cursor } }"""

    done = await board.ann.ask(batch, ids=[document, unknown], input={"docType": "ADR", "addTags": ["x"]})
    gone = await board.ann.ask(batch, ids=[document], input={"delete": True})
    nothing = await board.ann.refused(batch, ids=[document], input={})

    assert done["documentBatchUpdate"]["results"] == [
        {"id": document, "document": {"docType": "ADR", "tags": ["x"]}, "error": None},
        {"id": unknown, "document": None, "error": {"code": "NOT_FOUND", "message": "Document not found"}},
    ]
    assert gone["documentBatchUpdate"]["results"] == [{"id": document, "document": None, "error": None}]
    assert nothing["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_deleted_document_is_gone(board: Board) -> None:
    document = await written(board, "Plan")

    gone = await board.ann.ask("mutation ($id: ID!) { documentDelete(id: $id) { deletedId } }", id=document)
    refused = await board.ann.refused("query ($id: ID!) { document(id: $id) { title } }", id=document)

    assert gone["documentDelete"]["deletedId"] == document
    assert refused["extensions"]["code"] == "NOT_FOUND"


async def test_no_text_is_read_for_documents_whose_text_is_not_asked_for(board: Board) -> None:
    for title in "ab":
        await written(board, title, content="Text")
    query = "query ($id: ID!) {{ project(id: $id) {{ documents {{ nodes {{ title excerpt {} }} }} }} }}"

    with count_queries() as without:
        await board.ann.ask(query.format("status"), id=board.project)
    with count_queries() as asked:
        await board.ann.ask(query.format("content"), id=board.project)

    assert [one for one in without if one.collection == "document_versions"] == []
    [read] = [one for one in asked if one.collection == "document_versions"]
    assert read.projection == {"_id", "markdown"}


@pytest.mark.parametrize("field", ["content", "diff(from: 1, to: 2)", "versions { nodes { content } }"])
async def test_a_stranger_reads_no_text(field: str, lab: Lab, board: Board) -> None:
    document = await written(board, "Plan", content="Secret")
    stranger = await lab.person("eve@example.com")

    refused = await stranger.refused(f"query ($id: ID!) {{ document(id: $id) {{ {field} }} }}", id=document)

    assert refused["extensions"]["code"] == "NOT_FOUND"
