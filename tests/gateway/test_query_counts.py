"""How many database queries a nested request takes: recorded, and the same however much there is to read."""

import json
from pathlib import Path

from tests.gateway.lab import Board, count_queries

RECORDED = Path(__file__).parents[1] / "query_counts.json"

BOARD = """
query ($slug: String!) {
  organization(slug: $slug) {
    name
    workspaces { nodes { name
      projects { nodes { name
        columns { name cardCount
          cards(first: 100) { totalCount nodes { title order
            labels { name color } checklist { title done } assignee { name }
          } }
        }
      } }
    } }
  }
}
"""
LABEL = "mutation ($input: LabelCreateInput!) { labelCreate(input: $input) { label { id } } }"


async def fill(board: Board, count: int, label: str) -> None:
    for number in range(count):
        await board.card(
            f"Card {number}",
            columnId=board.todo if number % 2 else board.done,
            labelIds=[label],
            assigneeId=board.ann.id,
            checklist=[{"title": "Step"}],
        )


async def test_a_nested_board_takes_the_recorded_number_of_queries_for_5_and_for_50_cards(board: Board) -> None:
    made = await board.ann.ask(LABEL, input={"projectId": board.project, "name": "Bug", "color": "#ff0000"})
    label = made["labelCreate"]["label"]["id"]
    counts: dict[int, list[str]] = {}

    for size in (5, 50):
        await fill(board, size - sum(len(column["cards"]["nodes"]) for column in await columns_of(board)), label)
        with count_queries() as seen:
            columns = await columns_of(board)
        counts[size] = list(seen)
        cards = [card for column in columns for card in column["cards"]["nodes"]]
        assert len(cards) == size
        assert all(card["labels"] and card["checklist"] and card["assignee"] for card in cards)

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded["organization to cards"], counts


async def columns_of(board: Board) -> list[dict[str, dict[str, list[dict[str, object]]]]]:
    found = await board.ann.ask(BOARD, slug=board.org_slug)
    projects = found["organization"]["workspaces"]["nodes"][0]["projects"]["nodes"]
    columns: list[dict[str, dict[str, list[dict[str, object]]]]] = projects[0]["columns"]
    return columns
