"""Cards over REST: one PATCH is one change, and a path leads to its own objects alone."""

import pytest

from tests.rest.conftest import Api, Board, made


async def test_a_card_carries_what_it_was_created_with(board: Board) -> None:
    body = {
        "title": "Ship it",
        "description": "All of it",
        "priority": "high",
        "dueDate": "2030-04-01",
        "assigneeId": board.ann_id,
        "checklist": [{"title": "Second", "order": 1}, {"title": "First", "done": True, "order": 0}],
    }

    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", **body)

    assert card["columnId"] == board.todo
    assert card["priority"] == "high"
    assert card["dueDate"] == "2030-04-01T00:00:00.000Z"
    assert [(item["title"], item["done"], item["order"]) for item in card["checklist"]] == [
        ("First", True, 0),
        ("Second", False, 1),
    ]
    assert card["checklist"][0]["_id"] == card["checklist"][0]["id"]
    assert card["checklistProgress"] == 0.5
    assert (await board.ann.get(f"{board.path}/cards/{card['id']}")).json() == card


async def test_one_patch_changes_moves_and_archives_at_once(board: Board) -> None:
    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="A", dueDate="2030-01-01")
    await made(board.ann, f"{board.path}/columns/{board.done}/cards", title="B")
    patch = {"title": "A2", "columnId": board.done, "order": 0, "priority": "medium", "dueDate": None, "archived": True}

    answer = await board.ann.patch(f"{board.path}/cards/{card['id']}", json=patch)

    changed = answer.json()
    assert answer.status_code == 200
    assert {name: changed[name] for name in patch} == patch
    assert changed["version"] == card["version"] + 1


async def test_a_refused_field_of_a_patch_changes_nothing_at_all(board: Board) -> None:
    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="A")
    address = f"{board.path}/cards/{card['id']}"

    answer = await board.ann.patch(address, json={"title": "A2", "assigneeId": board.todo})

    assert answer.status_code == 400
    assert answer.json()["details"]["field"] == "assigneeId"
    assert (await board.ann.get(address)).json() == card


async def test_cards_are_listed_with_their_places(board: Board) -> None:
    for title in "abc":
        await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title=title)
    loose = await made(board.ann, f"{board.path}/cards", title="loose")

    cards = (await board.ann.get(f"{board.path}/cards")).json()

    places = {card["title"]: (card["columnId"], card["order"]) for card in cards}
    assert places == {"a": (board.todo, 0), "b": (board.todo, 1), "c": (board.todo, 2), "loose": (None, 0)}
    assert loose["columnId"] is None


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_card_is_not_found_under_another_project(board: Board, method: str) -> None:
    card = await made(board.ann, f"{board.path}/cards", title="A")
    other = await made(board.ann, f"{board.workspace}/projects", name="Other")

    body = {"title": "B"} if method == "PATCH" else None
    answer = await board.ann.request(method, f"{board.workspace}/projects/{other['id']}/cards/{card['id']}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert (await board.ann.get(f"{board.path}/cards/{card['id']}")).json() == card


async def test_a_project_is_not_found_under_another_workspace(board: Board) -> None:
    await made(board.ann, "/orgs/acme/workspaces", name="Sales", slug="sales")

    answer = await board.ann.get(f"/orgs/acme/workspaces/sales/projects/{board.project_id}")

    assert answer.status_code == 404


async def test_a_stranger_gets_the_answer_of_what_does_not_exist(api: Api, board: Board) -> None:
    stranger = await api.person("stranger@example.com")

    theirs = await stranger.get(f"{board.path}/cards")
    nowhere = await stranger.get(f"/orgs/nowhere/workspaces/eng/projects/{board.project_id}/cards")

    assert (theirs.status_code, theirs.json()) == (404, nowhere.json())
