"""A large board over MCP: each result is small, says how much there is, and how to go on.

`ORRERY_TEST_CARDS=5000` makes it as large as one that the figures are told of.
"""

import os
import re
from typing import Any

from bson import ObjectId

from agents.tools.render import MAX_BYTES
from models import Card
from models.base import collection
from models.ids import Kind, new_id
from tests.agents.server.client import MODERN, Client
from tests.gateway.lab import Board

MANY = int(os.environ.get("ORRERY_TEST_CARDS", "400"))
QUERY = """query ($id: ID!) { project(id: $id) { cards(first: 100) { nodes { id title description priority version
  column { id name } createdBy { id name } createdAt updatedAt } } } }"""


async def fill(board: Board) -> None:
    """As many cards as one that there is, with long texts."""
    first = await collection(Card).find_one({"_id": ObjectId(await board.card("Card 0 with a title of some length"))})
    assert first is not None
    text = "What is to be done, in many words. " * 20
    copies = [
        {**first, "_id": new_id(Kind.CARD), "title": f"Card {number} with a title of some length", "description": text}
        for number in range(1, MANY)
    ]
    await collection(Card).insert_many(copies)  # type: ignore[arg-type]


async def test_no_result_is_larger_than_twenty_kilobytes(board: Board) -> None:
    await fill(board)
    client = Client(board.ann.http, MODERN)
    where: dict[str, Any] = {"projectId": board.project}

    told = {
        "board": (await client.call("get_board", **where))["content"][0]["text"],
        "cards": (await client.call("list_cards", **where, first=100))["content"][0]["text"],
        "graph": (await client.call("graph_query", query=QUERY, variables={"id": board.project}))["content"][0]["text"],
        "search": (await client.call("search", workspaceId=board.workspace, query="title", first=50))["content"][0][
            "text"
        ],
    }
    for name in ("project", "workspace"):
        uri = f"orrery://{name}/{board.project if name == 'project' else board.workspace}"
        read = await client.send("resources/read", uri=uri)
        told[name] = read["result"]["contents"][0]["text"]

    assert {name: len(text.encode()) for name, text in told.items() if len(text.encode()) > MAX_BYTES} == {}
    following = re.match(rf"cards: \d+ of {MANY}, next: after=(\S+)\n", told["cards"])
    assert following is not None, told["cards"][:200]
    rest = (await client.call("list_cards", **where, first=100, after=following[1]))["content"][0]["text"]
    assert rest.startswith("cards: ")
    assert (
        set(re.findall(r"^- (Card \d+)", rest, re.MULTILINE))
        & set(re.findall(r"^- (Card \d+)", told["cards"], re.MULTILINE))
        == set()
    )
