"""How many queries the agent board's lists take: the same for 5 as for 50 cards."""

import json

from tests.gateway.lab import Board, count_queries
from tests.gateway.test_project_query_counts import imported, path_of
from tests.gateway.test_query_counts import RECORDED


async def test_the_cards_of_a_project_take_as_many_queries_for_5_as_for_50(board: Board) -> None:
    path = await path_of(board)
    counts: dict[int, list[str]] = {}
    for size in (5, 50):
        project = await imported(board, path, size)
        with count_queries() as seen:
            answer = await board.ann.http.get(f"/api/projects/{project}/cards")
        counts[size] = [str(one) for one in seen]
        assert len(answer.json()["data"]) == size
        assert all(len(card["labels"]) == 2 for card in answer.json()["data"])

    # The session, the door (twice the project), and four: where the stream stands, cards, labels, what others did last.
    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded["cards of a project on the agent board"], counts
