"""Figures of a project of 100 cards and of one of 5,000, and a page of its cards, over HTTP."""

from typing import Any

from bson import ObjectId

from bench.project import Base, fill
from bench.sizes import Variables, compare_sizes
from models import Project
from models.base import collection
from resolvers.lane.card_facts_rebuild import rebuild_facts

SIZES = (100, 5_000)
PROJECT = "query ($id: ID!) { project(id: $id) { %s } }"
QUERIES = {
    "stats": "stats { cards { total overdue } throughput { completed } leadTime { medianHours } ageing { count } }",
    "metrics": "metrics { total open overdue archived }",
    "roadmap": "roadmap { start end milestones { title } dependencies { isViolated } }",
    "the first 50 cards": "cards(first: 50) { nodes { id title } }",
}


def figures(rounds: int) -> None:
    """Measure, and print a table for each."""
    queries = {name: PROJECT % fields for name, fields in QUERIES.items()}
    compare_sizes(queries, _fill, rounds, told="cards", times=5, warm_up=3)


async def _fill(database: Base, workspace: ObjectId) -> dict[int, Variables]:
    projects = {size: await fill(database, workspace, size) for size in SIZES}
    await rebuild_facts(await collection(Project).find({"workspace_id": workspace}).to_list())
    return {size: _of(project) for size, project in projects.items()}


def _of(project: str) -> Variables:
    variables: dict[str, Any] = {"id": project}
    return lambda: variables
