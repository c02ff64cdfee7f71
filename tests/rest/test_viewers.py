"""Whoever only reads: a role of this product, which the REST interfaces' clients do not know."""

import httpx

from tests.rest.conftest import Api, Board, made
from tests.rest.told import told


async def test_a_viewer_reads_and_writes_nothing_and_is_shown_as_a_member(api: Api, board: Board) -> None:
    # Given somebody who was invited to read
    eve = await api.person("eve@example.com")
    invited = await made(board.ann, f"{board.workspace}/members/invite", email="eve@example.com", role="viewer")
    assert invited["role"] == "member"
    assert (await eve.post(f"/invitations/{invited['token']}/accept")).status_code in (200, 201)
    card = await made(board.ann, f"{board.path}/cards", title="A")

    # When
    read = await eve.get(f"{board.path}/cards/{card['id']}")
    refused = [
        await eve.patch(f"{board.path}/cards/{card['id']}", json={"title": "B"}),
        await eve.post(f"{board.path}/cards", json={"title": "B"}),
        await eve.patch(f"/api/projects/{board.project_id}/cards/{card['id']}", json={"title": "B"}),
    ]

    # Then
    assert read.json()["title"] == "A"
    assert [(answer.status_code, told(answer).code) for answer in refused] == [(403, "FORBIDDEN")] * 3
    assert await _role(board.ann, board, "eve@example.com") == "member"
    assert (await eve.get(board.workspace)).json()["myRole"] == "member"


async def _role(client: httpx.AsyncClient, board: Board, email: str) -> str:
    members = (await client.get(f"{board.workspace}/members")).json()
    return next(str(member["role"]) for member in members if member["email"] == email)
