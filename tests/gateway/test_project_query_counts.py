"""How many database queries whole projects take: figures, roadmaps, imports and exports."""

import json
from typing import Any

import pytest
from beanie import PydanticObjectId

from models import TransferJob
from models.base import collection, to_record
from models.enums import TransferState
from tests.gateway.lab import Board, count_queries
from tests.gateway.test_query_counts import RECORDED, SLUGS

STATS = """
query ($id: ID!) { project(id: $id) {
  stats {
    cards { total open done overdue } byColumn { column { name } count open } byPriority { priority count }
    byAssignee { assignee { email } count } byLabel { label { name } count } throughput { start created completed }
    burnUp { at scope done } cycleTime { medianHours } leadTime { count } ageing { count buckets { count } }
  }
  scopes { name stats { cards { total } byLabel { label { name } count } cycleTime { count } } }
} }
"""
ROADMAP = """
query ($id: ID!) { project(id: $id) {
  roadmap {
    start end scopes { scope { name } progress } cards { card { title } scope { name } due isBlocked step }
    dependencies { blocker { title } blocked { title } } milestones { title scope { name } }
    criticalPath { card { title } }
  }
  scopes { roadmap { cards { card { title } } } }
} }
"""


def whole(size: int) -> dict[str, Any]:
    """The file of a project whose cards, scopes, labels, relations and documents grow with `size`."""
    moments = {"startDate": "2026-01-01", "dueDate": "2026-01-05"}
    return {
        "project": {"name": f"Of {size}"},
        "scopes": [
            {"name": f"S{n}", **dict.fromkeys(("startDate", "endDate"), "2026-02-01")} for n in range(size // 5)
        ],
        "columns": [{"name": f"C{n}", "scopeIndex": n // 3} for n in range(3 * (size // 5))],
        "cards": [
            {"title": f"Card {n:02}", "columnIndex": n % (3 * (size // 5)), "labels": ["a", f"l{n}"], **moments}
            | {"comments": [{"content": "Said"}]}
            for n in range(size)
        ],
        "relations": [{"type": "blocks", "source": n, "target": n + 1} for n in range(size - 1)],
        "documents": [{"title": f"D{n}", "content": "Text", "cardIndexes": [n]} for n in range(min(size, 10))],
    }


async def imported(board: Board, path: str, size: int) -> str:
    """The id of a project of that file."""
    answer = await board.ann.http.post(f"{path}/projects/import", json=whole(size))
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def path_of(board: Board) -> str:
    [home] = (await board.ann.ask(SLUGS))["organizations"]["nodes"]
    return f"/orgs/{board.org_slug}/workspaces/{home['workspaces']['nodes'][0]['slug']}"


@pytest.mark.parametrize(("name", "query"), [("project to its figures", STATS), ("project to its roadmap", ROADMAP)])
async def test_figures_and_roadmaps_take_as_many_queries_for_5_as_for_50_cards(
    name: str, query: str, board: Board
) -> None:
    path = await path_of(board)
    counts: dict[int, list[str]] = {}
    for size in (5, 50):
        project = await imported(board, path, size)
        with count_queries() as seen:
            found = (await board.ann.ask(query, id=project))["project"]
        counts[size] = [str(one) for one in seen]
        assert len(found["scopes"]) == size // 5
        held = found["stats"]["cards"]["total"] if query is STATS else len(found["roadmap"]["cards"])
        assert held == size

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded[name], counts


async def test_the_agent_boards_cards_take_as_many_queries_for_5_as_for_50(board: Board) -> None:
    """Four read what is shown: the cursor, cards, labels, what is unread. The others are of session and doors."""
    path = await path_of(board)
    counts: dict[int, list[str]] = {}
    for size in (5, 50):
        project = await imported(board, path, size)
        with count_queries() as seen:
            cards = (await board.ann.http.get(f"/api/projects/{project}/cards")).json()["data"]
        counts[size] = [str(one) for one in seen]
        assert len(cards) == size

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded["project to the agent board's cards"], counts


async def test_imports_and_exports_take_as_many_queries_for_5_as_for_50_cards(board: Board) -> None:
    path = await path_of(board)
    written: dict[int, list[str]] = {}
    read: dict[int, list[str]] = {}
    for size in (5, 50):
        with count_queries() as seen:
            project = await imported(board, path, size)
        written[size] = [str(one) for one in seen]
        with count_queries() as seen:
            exported = (await board.ann.http.get(f"{path}/projects/{project}/export")).json()
        read[size] = [str(one) for one in seen]
        assert (len(exported["cards"]), len(exported["relations"])) == (size, size - 1)

    recorded = json.loads(RECORDED.read_text())
    assert len(written[5]) == len(written[50]) == recorded["import of a project"], written
    # Three columns or thirty: their cards come in one order, by their ids.
    assert len(read[5]) == len(read[50]) == recorded["export of a project"], read


JOBS = """
query ($slug: String!) { organization(slug: $slug) { workspaces { nodes {
  transferJobs(first: 100) { totalCount nodes {
    state progress project { name } workspace { name } createdBy { name }
  } }
} } } }
"""


async def test_imports_by_jobs_take_as_many_queries_for_2_as_for_12_of_them(board: Board) -> None:
    counts: dict[int, list[str]] = {}
    jobs = 0
    for size in (2, 12):
        while jobs < size:
            job = TransferJob(
                workspace_id=PydanticObjectId(board.workspace),
                created_by=PydanticObjectId(board.ann.id),
                project_id=PydanticObjectId(board.project),
                file_name="large.json",
                file_size=1,
                state=TransferState.DONE,
            )
            await collection(TransferJob).insert_one(to_record(job))
            jobs += 1
        with count_queries() as seen:
            found = await board.ann.ask(JOBS, slug=board.org_slug)
        counts[size] = [str(one) for one in seen]
        [workspace] = found["organization"]["workspaces"]["nodes"]
        assert workspace["transferJobs"]["totalCount"] == size
        assert {one["project"]["name"] for one in workspace["transferJobs"]["nodes"]} == {"Launch"}

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[2]) == len(counts[12]) == recorded["organization to imports by jobs"], counts
