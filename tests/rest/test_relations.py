"""Relations and converted checklist items over REST: what each route takes, answers and refuses, and to whom."""

from typing import Any

import httpx
import pytest

from tests.rest.conftest import Api, Board, made


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return (answer.status_code, body["code"], (body.get("details") or {}).get("field"))


@pytest.fixture
async def cards(board: Board) -> list[dict[str, Any]]:
    return [await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title=title) for title in "ab"]


async def test_a_relation_is_created_listed_and_ended_from_either_card(
    board: Board, cards: list[dict[str, Any]]
) -> None:
    a, b = cards
    relations = {one["id"]: f"{board.path}/cards/{one['id']}/relations" for one in cards}

    relation = await made(board.ann, relations[a["id"]], targetCardId=b["id"], type="blocked_by")

    assert {**relation, "id": "", "createdAt": ""} == {
        "id": "",
        "type": "blocked_by",
        "cardId": a["id"],
        "targetCardId": b["id"],
        "targetCard": {
            "id": b["id"],
            "title": "b",
            "projectId": board.project_id,
            "columnId": board.todo,
            "archived": False,
        },
        "createdBy": board.ann_id,
        "createdAt": "",
    }
    assert (await board.ann.get(relations[a["id"]])).json() == [relation]
    [seen] = (await board.ann.get(relations[b["id"]])).json()
    assert (seen["id"], seen["type"], seen["targetCardId"]) == (relation["id"], "blocks", a["id"])
    ended = await board.ann.delete(f"{board.path}/relations/{relation['id']}")
    assert (ended.status_code, ended.json()) == (200, {"ok": True})
    assert [(await board.ann.get(path)).json() for path in relations.values()] == [[], []]


async def test_a_relation_that_cannot_be_is_refused(board: Board, cards: list[dict[str, Any]]) -> None:
    a, b = cards
    relations = f"{board.path}/cards/{a['id']}/relations"
    await made(board.ann, relations, targetCardId=b["id"], type="parent_of")

    for body, expected in (
        ({"targetCardId": b["id"], "type": "likes"}, (400, "BAD_USER_INPUT", "type")),
        ({"type": "blocks"}, (400, "BAD_USER_INPUT", "targetCardId")),
        ({"targetCardId": a["id"], "type": "blocks"}, (400, "BAD_USER_INPUT", "targetCardId")),
        ({"targetCardId": a["id"][::-1], "type": "blocks"}, (400, "BAD_USER_INPUT", "targetCardId")),
        ({"targetCardId": b["id"], "type": "parent_of"}, (409, "CONFLICT", "targetCardId")),
        ({"targetCardId": b["id"], "type": "child_of"}, (409, "CONFLICT", None)),
    ):
        assert refusal(await board.ann.post(relations, json=body)) == expected, body


async def test_a_relation_is_ended_by_the_project_of_either_card_alone(
    api: Api, board: Board, cards: list[dict[str, Any]]
) -> None:
    made_elsewhere = [await made(board.ann, f"{board.workspace}/projects", name=name) for name in ("Other", "Third")]
    other, third = (f"{board.workspace}/projects/{one['id']}" for one in made_elsewhere)
    far = await made(board.ann, f"{other}/cards", title="far")
    relations = f"{board.path}/cards/{cards[0]['id']}/relations"
    relation = await made(board.ann, relations, targetCardId=far["id"], type="related_to")
    stranger = await api.person("stranger@example.com")

    for client, path in ((board.ann, third), (stranger, board.path), (stranger, other)):
        assert refusal(await client.delete(f"{path}/relations/{relation['id']}"))[:2] == (404, "NOT_FOUND")
    assert (await board.ann.get(relations)).json() == [relation]
    assert (await board.ann.delete(f"{other}/relations/{relation['id']}")).status_code == 200


async def test_a_stranger_reads_and_relates_no_card(api: Api, board: Board, cards: list[dict[str, Any]]) -> None:
    stranger = await api.person("stranger@example.com")
    relations = f"{board.path}/cards/{cards[0]['id']}/relations"

    answers = [
        await stranger.get(relations),
        await stranger.post(relations, json={"targetCardId": cards[1]["id"], "type": "blocks"}),
    ]

    assert [refusal(one)[:2] for one in answers] == [(404, "NOT_FOUND")] * 2


async def test_an_item_moves_and_becomes_a_card(api: Api, board: Board) -> None:
    items = [{"title": title} for title in "xyz"]
    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="A", checklist=items)
    steps = [item["id"] for item in card["checklist"]]
    checklist = f"{board.path}/cards/{card['id']}/checklist"

    moved = await board.ann.post(f"{checklist}/{steps[2]}/move", json={"beforeItemId": steps[0]})
    converted = await made(board.ann, f"{checklist}/{steps[1]}/convert")

    assert (moved.status_code, moved.json()["order"]) == (200, 0)
    assert [one["title"] for one in moved.json()["checklist"]] == ["z", "x", "y"]
    assert [one["title"] for one in converted["parent"]["checklist"]] == ["z", "x"]
    shown = {name: converted["card"][name] for name in ("title", "columnId", "order", "projectId")}
    assert shown == {"title": "y", "columnId": board.todo, "order": 1, "projectId": board.project_id}
    assert (converted["relation"]["type"], converted["relation"]["cardId"]) == ("parent_of", card["id"])
    assert converted["relation"]["targetCard"]["id"] == converted["card"]["id"]

    stranger = await api.person("stranger@example.com")
    for path, body in (("move", {"order": 0}), ("convert", {})):
        assert refusal(await board.ann.post(f"{checklist}/{steps[1]}/{path}", json=body))[:2] == (404, "NOT_FOUND")
        assert refusal(await stranger.post(f"{checklist}/{steps[0]}/{path}", json=body))[:2] == (404, "NOT_FOUND")
    bad = await board.ann.post(f"{checklist}/{steps[0]}/move", json={"order": -1})
    assert refusal(bad) == (400, "BAD_USER_INPUT", "order")
    assert refusal(await board.ann.post(f"{checklist}/nothing/convert")) == (400, "BAD_USER_INPUT", "itemId")
