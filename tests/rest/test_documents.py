"""Documents over REST: each route with the request of its documentation, a bad input, and a refusal."""

from typing import Any

import pytest

from tests.rest.conftest import Api, Board, made

DOCUMENTED = {
    "id",
    "title",
    "docType",
    "status",
    "contextType",
    "contextId",
    "parentId",
    "tags",
    "content",
    "contentFormat",
    "version",
    "createdAt",
    "updatedAt",
}


def base(board: Board) -> str:
    return f"{board.workspace}/documents"


async def written(board: Board, title: str = "Payment retry policy", **body: Any) -> dict[str, Any]:
    about = {"contextType": "project", "contextId": board.project_id}
    return await made(board.ann, base(board), title=title, **{**about, **body})


async def test_a_document_is_created_as_the_reference_shows(board: Board) -> None:
    body = {
        "title": "Payment retry policy",
        "content": "# Payment retry policy",
        "contentFormat": "markdown",
        "docType": "spec",
        "contextType": "project",
        "contextId": board.project_id,
        "tags": ["payments", "resilience"],
    }

    answer = await board.ann.post(base(board), json=body)

    document = answer.json()
    assert answer.status_code == 201
    assert document.keys() >= DOCUMENTED
    assert {name: document[name] for name in body} == body
    assert (document["status"], document["parentId"], document["order"]) == ("draft", None, 0)
    assert (await board.ann.get(f"{base(board)}/{document['id']}")).json() == document


async def test_a_tiptap_document_comes_back_as_the_object_it_was(board: Board) -> None:
    tiptap = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}]}

    document = await written(board, content=tiptap)
    as_markdown = await board.ann.get(f"{base(board)}/{document['id']}?contentFormat=markdown")

    assert (document["contentFormat"], document["content"]) == ("tiptap_json", tiptap)
    assert (as_markdown.json()["contentFormat"], as_markdown.json()["content"]) == ("markdown", "Hi\n")


async def test_documents_are_listed_filtered_counted_and_summarised(board: Board) -> None:
    spec = await written(board, "Spec", docType="spec", tags=["a"], content="Some *text*")
    await written(board, "Note", docType="note", parentId=spec["id"])
    await made(board.ann, base(board), title="Loose")
    cases = {
        "": ["Spec", "Note", "Loose"],
        "docType=spec": ["Spec"],
        f"parentId={spec['id']}": ["Note"],
        "parentId=root": ["Spec", "Loose"],
        "contextType=workspace": ["Loose"],
        f"contextId={board.project_id}": ["Spec", "Note"],
        "tag=a&status=draft": ["Spec"],
        "limit=1&docType=note": ["Note"],
        "docType=&parentId=&status=draft": ["Spec", "Note", "Loose"],
    }

    for query, titles in cases.items():
        found = (await board.ann.get(f"{base(board)}?{query}")).json()
        assert sorted(one["title"] for one in found) == sorted(titles), query
        assert all("content" not in one and one.keys() >= DOCUMENTED - {"content"} for one in found)
        if "limit" not in query:
            assert (await board.ann.get(f"{base(board)}/count?{query}")).json() == {"count": len(titles)}
    [summary] = (await board.ann.get(f"{base(board)}/summaries?docType=spec")).json()
    assert (summary["title"], summary["excerpt"]) == ("Spec", "Some text")


async def test_the_whole_tree_is_nested(board: Board) -> None:
    top = await written(board, "Top")
    middle = await written(board, "Middle", parentId=top["id"])
    await written(board, "Leaf", parentId=middle["id"])
    await made(board.ann, base(board), title="Loose")

    def outline(nodes: list[dict[str, Any]]) -> list[Any]:
        return [(one["title"], outline(one["children"])) for one in nodes]

    everything = (await board.ann.get(f"{base(board)}/all")).json()
    project = (await board.ann.get(f"{base(board)}/tree?contextId={board.project_id}")).json()

    nested: tuple[str, list[Any]] = ("Top", [("Middle", [("Leaf", [])])])
    assert sorted(outline(everything)) == [("Loose", []), nested]
    assert outline(project) == [nested]


async def test_a_document_is_changed_moved_and_deleted(board: Board) -> None:
    first, second = await written(board, "First", content="One"), await written(board, "Second")
    address = f"{base(board)}/{second['id']}"

    changed = await board.ann.patch(address, json={"title": "New", "content": "Two", "expectedVersion": 1})
    lost = await board.ann.patch(address, json={"title": "Newer", "expectedVersion": 1})
    moved = await board.ann.post(f"{address}/move", json={"order": 0})
    below = await board.ann.patch(f"{base(board)}/{first['id']}", json={"parentId": second["id"]})
    gone = await board.ann.delete(address)

    assert (changed.status_code, changed.json()["title"], changed.json()["content"]) == (200, "New", "Two")
    assert (lost.status_code, lost.json()["code"]) == (409, "CONFLICT")
    assert (moved.status_code, moved.json()["order"]) == (201, 0)
    assert below.json()["parentId"] == second["id"]
    assert (gone.status_code, gone.json()) == (200, {"ok": True})
    assert (await board.ann.get(base(board))).json() == []


async def test_bulk_answers_for_each_document(board: Board) -> None:
    ids = [(await written(board, title))["id"] for title in "ab"]
    unknown = ids[0][:-6] + "ffffff"

    tagged = await board.ann.post(f"{base(board)}/bulk", json={"ids": [*ids, unknown], "addTags": ["x"]})
    deleted = await board.ann.post(f"{base(board)}/bulk", json={"ids": ids, "delete": True})
    bad = await board.ann.post(f"{base(board)}/bulk", json={"ids": ids})

    assert [one["document"] and one["document"]["tags"] for one in tagged.json()["results"]] == [["x"], ["x"], None]
    assert tagged.json()["results"][2]["error"]["code"] == "NOT_FOUND"
    assert deleted.json()["results"] == [{"id": one, "document": None, "error": None} for one in ids]
    assert bad.status_code == 400


async def test_a_document_goes_through_its_review(api: Api, board: Board) -> None:
    document = await written(board)
    address = f"{base(board)}/{document['id']}"

    early = await board.ann.post(f"{address}/review", json={"status": "approved"})
    submitted = await made(board.ann, f"{address}/submit-review")
    bad = await board.ann.post(f"{address}/review", json={"status": "draft"})
    reviewed = await made(board.ann, f"{address}/review", status="changes_requested", notes="Why?")

    assert (early.status_code, bad.status_code) == (409, 400)
    assert submitted["status"] == "pending_review"
    assert (reviewed["status"], reviewed["reviewNotes"], reviewed["reviewedBy"]) == (
        "changes_requested",
        "Why?",
        board.ann_id,
    )


async def test_a_review_that_decides_nothing_is_refused_by_the_name_of_its_field(board: Board) -> None:
    # Given
    address = f"{base(board)}/{(await written(board))['id']}"
    await made(board.ann, f"{address}/submit-review")

    # When
    answer = await board.ann.post(f"{address}/review", json={"status": "draft"})

    # Then
    assert (answer.status_code, answer.json()["message"]) == (400, "status: must be approved or changes_requested")
    assert (await board.ann.get(address)).json()["status"] == "pending_review"


async def test_a_member_without_the_role_reviews_nothing(api: Api, board: Board) -> None:
    bob = await api.person("bob@example.com")
    invited = await made(board.ann, f"{board.workspace}/members/invite", email="bob@example.com")
    await made(bob, f"/invitations/{invited['token']}/accept")
    address = f"{base(board)}/{(await written(board))['id']}"
    await made(bob, f"{address}/submit-review")

    answer = await bob.post(f"{address}/review", json={"status": "approved"})

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (await bob.get(address)).json()["status"] == "pending_review"


async def test_versions_are_listed_read_compared_and_restored(board: Board) -> None:
    document = await written(board, content="One\n")
    address = f"{base(board)}/{document['id']}"
    await made(board.ann, f"{address}/submit-review")
    await board.ann.patch(address, json={"content": "Two\n"})

    versions = (await board.ann.get(f"{address}/versions")).json()
    oldest = (await board.ann.get(f"{address}/versions/{versions[-1]['id']}")).json()
    diff = (await board.ann.get(f"{address}/diff")).json()
    explicit = (await board.ann.get(f"{address}/diff?from=1&to=2")).json()
    back = await made(board.ann, f"{address}/versions/{oldest['id']}/restore")

    assert [(one["number"], one["authorName"]) for one in versions] == [(2, "Ann"), (1, "Ann")]
    assert oldest["content"] == "One\n"
    assert "-One\n+Two\n" in diff["diff"]
    assert explicit == diff
    assert back["content"] == "One\n"
    assert (await board.ann.get(f"{address}/diff?from=1&to=9")).status_code == 404
    assert (await board.ann.get(f"{address}/diff?from=x")).status_code == 400
    other = await written(board)
    assert (await board.ann.get(f"{base(board)}/{other['id']}/versions/{oldest['id']}")).status_code == 404


async def test_documents_are_linked_to_cards(board: Board) -> None:
    card = await made(board.ann, f"{board.path}/cards", title="Card")
    document = await written(board)
    links = f"{board.path}/cards/{card['id']}/documents"

    linked = await made(board.ann, f"{links}/{document['id']}/link")
    on_card = (await board.ann.get(links)).json()
    cards = (await board.ann.get(f"{base(board)}/{document['id']}/cards")).json()
    gone = await board.ann.delete(f"{links}/{document['id']}/link")

    assert (linked["ok"], linked["documentId"], linked["cardId"]) == (True, document["id"], card["id"])
    assert [one["title"] for one in on_card] == ["Payment retry policy"]
    assert [one["title"] for one in cards] == ["Card"]
    assert gone.json() == {"ok": True}
    assert (await board.ann.get(links)).json() == []
    assert (await board.ann.post(f"{links}/{card['id']}/link")).status_code == 404
    assert (await board.ann.post(f"{links}/{document['id'][:-6]}ffffff/link")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x", "docType": "poem"}, "docType"),
        ({"title": "x", "contextType": "project"}, "contextId"),
        ({"title": "x", "contextType": "project", "contextId": "x"}, "contextId"),
        ({"title": "x", "content": 7}, "content"),
        ({"title": "x", "content": "no json", "contentFormat": "tiptap_json"}, "content"),
        ({"title": "x", "tags": ["x"] * 31}, "tags"),
        ({"title": "x", "status": "approved"}, "status"),
        ({"title": "x", "parentId": "x"}, "parentId"),
    ],
)
async def test_a_bad_document_is_refused_by_the_name_of_its_field(
    body: dict[str, Any], field: str, board: Board
) -> None:
    answer = await board.ann.post(base(board), json=body)

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert (await board.ann.get(f"{base(board)}/count")).json() == {"count": 0}


async def test_a_document_is_not_found_under_another_workspace(api: Api, board: Board) -> None:
    document = await written(board)
    await made(board.ann, "/orgs/acme/workspaces", name="Sales", slug="sales")
    stranger = await api.person("stranger@example.com")

    elsewhere = await board.ann.get(f"/orgs/acme/workspaces/sales/documents/{document['id']}")
    theirs = await stranger.get(f"{base(board)}/{document['id']}")
    nowhere = await stranger.get(f"/orgs/nowhere/workspaces/eng/documents/{document['id']}")

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "NOT_FOUND")
    assert (theirs.status_code, theirs.json()) == (404, nowhere.json())
