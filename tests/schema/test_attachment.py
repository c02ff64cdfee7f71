"""Attachments over the graph: from cards, by id, and as events."""

import json
from typing import Any

from starlette.applications import Starlette

from tests.gateway.lab import Board, Lab
from tests.resolvers.attaching import PNG
from tests.serving.graph.streams import replay

CREATE = """
mutation ($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { attachment { id url } cursor }
}
"""
DELETE = "mutation ($id: ID!) { attachmentDelete(id: $id) { deletedId cursor } }"
FIELDS = """
  id name mimeType declaredMimeType detectedMimeType size sha256 createdAt card { title } uploadedBy { email }
"""
READ = f"""
query ($card: ID!, $id: ID!) {{
  card(id: $card) {{ attachmentCount attachments {{ {FIELDS} }} activity {{ nodes {{ type }} }} }}
  attachment(id: $id) {{ {FIELDS} }}
  node(id: $id) {{ id __typename ... on Attachment {{ {FIELDS} }} }}
}}
"""


async def attach(board: Board, card: str, name: str = "moon.png", content: bytes = PNG) -> dict[str, Any]:
    operations = {"query": CREATE, "variables": {"input": {"cardId": card, "file": None}}}
    sent = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.file"]})}
    answer = await board.ann.http.post("/graphql", data=sent, files={"0": (name, content, "image/x-png")})
    made: dict[str, Any] = answer.json()["data"]["attachmentCreate"]
    return made


async def test_an_attachment_is_read_from_its_card_and_by_its_id(board: Board) -> None:
    card = await board.card("Lens")
    made = (await attach(board, card))["attachment"]

    found = await board.ann.ask(READ, card=card, id=made["id"])

    attachment = found["attachment"]
    assert {**attachment, "sha256": len(attachment["sha256"]), "createdAt": ""} == {
        "id": made["id"],
        "name": "moon.png",
        "mimeType": "image/png",
        "declaredMimeType": "image/x-png",
        "detectedMimeType": "image/png",
        "size": len(PNG),
        "sha256": 64,
        "createdAt": "",
        "card": {"title": "Lens"},
        "uploadedBy": {"email": "ann@example.com"},
    }
    assert found["card"]["attachments"] == [attachment]
    assert found["card"]["attachmentCount"] == 1
    assert {"type": "ATTACHMENT_ADDED"} in found["card"]["activity"]["nodes"]
    assert found["node"] == {**attachment, "__typename": "Attachment"}


async def test_a_stranger_sees_no_attachment(lab: Lab, board: Board) -> None:
    made = (await attach(board, await board.card("Lens")))["attachment"]
    stranger = await lab.person("mallory@example.com")

    for query in (
        "query ($id: ID!) { attachment(id: $id) { url } }",
        "query ($id: ID!) { node(id: $id) { id } }",
        DELETE,
    ):
        assert (await stranger.refused(query, id=made["id"]))["extensions"]["code"] == "NOT_FOUND"


async def test_a_project_hears_of_its_attachments(gateway: Starlette, board: Board) -> None:
    card = await board.card("Lens")
    cursor = (await board.ann.ask("query ($id: ID!) { project(id: $id) { cursor } }", id=board.project))["project"]
    made = (await attach(board, card))["attachment"]
    await board.ann.ask(DELETE, id=made["id"])

    heard = await replay(
        gateway,
        board.ann.token,
        """
        subscription ($id: ID!, $after: Cursor) { projectEvents(projectId: $id, after: $after) {
          __typename
          ... on Event { cursor }
          ... on AttachmentAdded { attachment { id name url } cardId attachmentCount actor { email } }
          ... on AttachmentDeleted { attachmentId cardId attachmentCount }
        } }
        """,
        id=board.project,
        after=cursor["cursor"],
    )

    added, deleted = [one for one in heard if one["__typename"].startswith("Attachment")]
    assert added["attachment"]["url"].startswith(f"/attachments/{made['id']}?")
    assert (added["cardId"], added["attachmentCount"], added["actor"]) == (card, 1, {"email": "ann@example.com"})
    assert (deleted["attachmentId"], deleted["cardId"], deleted["attachmentCount"]) == (made["id"], card, 0)
