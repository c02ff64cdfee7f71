"""Tasks and products of Orkosi's interface: what no contract of a single route tells."""

from tests.rest.conftest import Board
from tests.rest.story import ask_orkosi, base_of


async def test_the_next_task_and_a_product_that_a_task_stays_in(board: Board) -> None:
    base = base_of(board)
    tasks, product = base + "/tasks", await ask_orkosi(board.ann, "POST", base + "/products", 201, name="Lens")
    low = await ask_orkosi(board.ann, "POST", tasks, 201, title="Low", priority="P3", product_slug=product["slug"])
    urgent = await ask_orkosi(board.ann, "POST", tasks, 201, title="Urgent", priority="critical", assignee="me")

    answer = await board.ann.get(tasks, params={"next": "true"})
    assert answer.json() == {"data": [urgent], "meta": {"total": 1, "limit": 50, "offset": 0, "has_more": False}}
    assert await ask_orkosi(board.ann, "GET", f"{tasks}?next=true&product={product['slug']}") == [low]
    public = f"{base}/v1/public/tasks/{low['id']}"
    assert (await ask_orkosi(board.ann, "PATCH", public, product_id=product["id"]))["product_id"] == product["id"]
    moved = await board.ann.patch(public, json={"product_id": None})
    assert (moved.status_code, moved.json()["error"]["details"]["field"]) == (409, "product_id")
