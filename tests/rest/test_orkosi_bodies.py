"""What Orkosi's clients send where they say nothing: empty texts, nulls, and parameters without a value."""

import pytest

from tests.rest.conftest import Board
from tests.rest.story import ask_orkosi, base_of
from tests.rest.told import told


@pytest.mark.parametrize(
    "address",
    [
        "/tasks?status=&q=&assignee=&next=&limit=&offset=&priority=&product=",
        "/v1/public/tasks?status=&priority=&assigned_to=&product_id=",
        "/products?status=&q=&slug=",
        "/agents?status=&limit=",
        "/v1/public/agents?status=&role=",
        "/v1/public/templates?featured=&category=",
        "/notifications?read=&type=",
        "/activity-log?actor_type=&actor_id=&action=",
        "/rules?scope=&agent=&category=&permanent=",
        "/automations?agent_name=&type=&status=&q=",
        "/files?category=&page=&limit=",
        "/files/search?q=&workspace=&category=&ext=",
        "/logs?limit=&source=&agent=&level=&q=",
        "/changelog?agent=&task_id=&limit=",
        "/teams?name=&limit=",
        "/tokens/transactions?company_id=&type=",
        "/bull-queue/stats?queue=",
    ],
)
async def test_a_parameter_without_a_value_is_as_good_as_left_out(board: Board, address: str) -> None:
    path = base_of(board) + address

    said, left_out = await board.ann.get(path), await board.ann.get(path.partition("?")[0])

    assert (said.status_code, said.json()) == (200, left_out.json())


async def test_a_parameter_that_is_needed_is_needed_with_a_value(board: Board) -> None:
    for address in ("/search?q=", "/agent-runs/idle-check?agent_name="):
        assert (await board.ann.get(base_of(board) + address)).status_code == 400


async def test_null_is_the_default_of_what_cannot_be_null(board: Board) -> None:
    base = base_of(board)

    nothing = {"status": None, "priority": None, "assignee": None, "product_slug": None, "due_date": None}
    task = await ask_orkosi(board.ann, "POST", base + "/tasks", 201, title="Polish", **nothing)
    values = {"task_type": "mail", "payload": None, "priority": None, "max_attempts": None}
    job = await ask_orkosi(board.ann, "POST", base + "/task-queue/submit", 201, **values)

    assert (task["status"], task["priority"], task["product"]) == ("todo", "P2", None)
    assert (job["payload"], job["priority"], job["max_attempts"]) == ({}, 0, 3)


async def test_an_empty_text_clears_what_may_be_empty_and_nothing_else(board: Board) -> None:
    # Given
    tasks = base_of(board) + "/tasks"
    task = await ask_orkosi(
        board.ann, "POST", tasks, 201, title="Polish", assignee="me", due_date="2030-01-01", type="bug"
    )
    one = f"{tasks}/{task['id']}"

    # When
    cleared = await ask_orkosi(board.ann, "PATCH", one, assignee="", due_date="", type="")
    refused = [await board.ann.patch(one, json=body) for body in ({"title": ""}, {"status": ""}, {"priority": None})]
    mistaken = await board.ann.patch(one, json={"estimated_minutes": ""})

    # Then
    assert (cleared["assignee"], cleared["due_date"], cleared["type"]) == (None, None, None)
    assert [told(answer).code for answer in (*refused, mistaken)] == ["BAD_USER_INPUT"] * 4
    assert await ask_orkosi(board.ann, "GET", one) == cleared
