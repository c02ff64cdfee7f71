"""Relations over the graph, and steps that become cards."""

from typing import Any

from tests.gateway.lab import Board

CREATE = """
mutation ($input: RelationCreateInput!) {
  relationCreate(input: $input) {
    relation { id type source { title } target { title } createdBy { email } } cursor
  }
}
"""
DELETE = "mutation ($id: ID!) { relationDelete(id: $id) { deletedId cursor } }"
CARD = """
query ($id: ID!) {
  card(id: $id) {
    isBlocked
    blockedBy { title column { name } } blocks { title } parent { title } children { title }
    relations { id type card { title } relation { type source { title } } }
  }
}
"""
MOVE = """
mutation ($card: ID!, $item: ID!, $input: ChecklistItemMoveInput!) {
  checklistItemMove(cardId: $card, itemId: $item, input: $input) { card { checklist { title } } }
}
"""
CONVERT = """
mutation ($card: ID!, $item: ID!) {
  checklistItemConvert(cardId: $card, itemId: $item) {
    card { title order column { name } parent { title } }
    parent { checklist { title } children { title } }
    relation { type } cursor
  }
}
"""


async def relate(board: Board, card: str, type: str, target: str) -> dict[str, Any]:
    given = {"cardId": card, "targetCardId": target, "type": type}
    made: dict[str, Any] = (await board.ann.ask(CREATE, input=given))["relationCreate"]["relation"]
    return made


async def test_a_relation_is_seen_from_both_of_its_cards(board: Board) -> None:
    a, b, c = [await board.card(title) for title in "ABC"]

    blocking = await relate(board, a, "BLOCKED_BY", b)
    await relate(board, c, "PARENT_OF", a)

    found = (await board.ann.ask(CARD, id=a))["card"]
    assert {**blocking, "id": ""} == {
        "id": "",
        "type": "BLOCKS",
        "source": {"title": "B"},
        "target": {"title": "A"},
        "createdBy": {"email": "ann@example.com"},
    }
    assert found == {
        "isBlocked": True,
        "blockedBy": [{"title": "B", "column": {"name": "To do"}}],
        "blocks": [],
        "parent": {"title": "C"},
        "children": [],
        "relations": [
            {
                "id": blocking["id"],
                "type": "BLOCKED_BY",
                "card": {"title": "B"},
                "relation": {"type": "BLOCKS", "source": {"title": "B"}},
            },
            {
                "id": found["relations"][1]["id"],
                "type": "CHILD_OF",
                "card": {"title": "C"},
                "relation": {"type": "PARENT_OF", "source": {"title": "C"}},
            },
        ],
    }
    assert (await board.ann.ask(CARD, id=b))["card"]["blocks"] == [{"title": "A"}]
    assert (await board.ann.ask(CARD, id=c))["card"]["children"] == [{"title": "A"}]
    assert (await board.ann.ask(DELETE, id=blocking["id"]))["relationDelete"]["deletedId"] == blocking["id"]
    assert (await board.ann.ask(CARD, id=a))["card"]["isBlocked"] is False


async def test_a_circle_is_a_conflict(board: Board) -> None:
    a, b = [await board.card(title) for title in "AB"]
    await relate(board, a, "BLOCKS", b)

    body = await board.ann.send(CREATE, input={"cardId": b, "targetCardId": a, "type": "BLOCKS"})

    assert body["errors"][0]["extensions"]["code"] == "CONFLICT"


async def test_a_relation_is_a_node(board: Board) -> None:
    a, b = [await board.card(title) for title in "AB"]
    relation = await relate(board, a, "RELATED_TO", b)

    query = "query ($id: ID!) { node(id: $id) { __typename id ... on Relation { type } } }"

    node = (await board.ann.ask(query, id=relation["id"]))["node"]
    assert node == {"__typename": "Relation", "id": relation["id"], "type": "RELATED_TO"}


async def test_a_step_moves_and_becomes_a_card(board: Board) -> None:
    card = await board.card("A", checklist=[{"title": title} for title in "xyz"])
    query = "query ($id: ID!) { card(id: $id) { checklist { id } } }"
    x, y, z = (item["id"] for item in (await board.ann.ask(query, id=card))["card"]["checklist"])

    moved = await board.ann.ask(MOVE, card=card, item=z, input={"afterItemId": x})
    made = (await board.ann.ask(CONVERT, card=card, item=y))["checklistItemConvert"]

    assert moved["checklistItemMove"]["card"]["checklist"] == [{"title": title} for title in "xzy"]
    assert made.pop("cursor")
    assert made == {
        "card": {"title": "y", "order": 1, "column": {"name": "To do"}, "parent": {"title": "A"}},
        "parent": {"checklist": [{"title": "x"}, {"title": "z"}], "children": [{"title": "y"}]},
        "relation": {"type": "PARENT_OF"},
    }
