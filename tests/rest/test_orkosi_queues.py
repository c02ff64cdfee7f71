"""Orkosi's queues: who is refused."""

from typing import Any

import pytest

from tests.rest.conftest import Api, Board, made
from tests.rest.story import ask_orkosi, base_of
from tests.rest.told import told


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/bull-queue/mails/jobs?status=paused", None),
        ("GET", "/bull-queue/nothing/jobs", None),
        ("POST", "/task-queue/claim", {"worker_id": "w-1", "queue_name": "mails"}),
        ("POST", "/task-queue/claim", {"worker_id": "w-1", "queue_name": "nothing"}),
    ],
)
async def test_a_token_without_the_scope_is_refused_whether_the_queue_is_there_or_paused_or_not(
    api: Api, board: Board, method: str, path: str, body: dict[str, Any] | None
) -> None:
    base = base_of(board)
    await ask_orkosi(board.ann, "POST", f"{base}/bull-queue/submit", 201, queue="mails", name="send", data={})
    token = await made(board.ann, "/api-tokens", name="CI", scopes=["projects:read", "projects:write"])

    answer = await api.client(token["token"]).request(method, base + path, json=body)

    assert (answer.status_code, told(answer).code) == (403, "FORBIDDEN")
