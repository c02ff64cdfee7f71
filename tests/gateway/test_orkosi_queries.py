"""How many queries the lists of Orkosi's interface take: the same for 5 as for 50 tasks."""

import json

from tests.gateway.lab import Board, count_queries
from tests.gateway.test_project_query_counts import imported, path_of
from tests.gateway.test_query_counts import RECORDED


async def test_the_tasks_of_a_product_take_as_many_queries_for_5_as_for_50(board: Board) -> None:
    path = await path_of(board)
    _, _, organization, _, workspace, *_ = path.split("/")
    counts: dict[int, list[str]] = {}
    for size in (5, 50):
        project = await imported(board, path, size)
        asked = {"product": project, "limit": "200", "status": "todo,in_progress,review,blocked,done"}
        with count_queries() as seen:
            answer = await board.ann.http.get(f"/orkosi/w/{organization}/{workspace}/api/tasks", params=asked)
        counts[size] = [str(one) for one in seen]
        assert len(answer.json()["data"]) == answer.json()["meta"]["total"] == size

    # The door, the product, the boards, tasks; what they wait for and what waits for them, boards, products, labels.
    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded["tasks of a product in Orkosi's interface"], counts
