"""A project on a board, written straight into the database, and the request that reads all of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.database import AsyncDatabase

from models import Card, Column, Label, Project, User
from models.base import Recorded, to_record
from models.card import ChecklistItem
from models.enums import Priority
from models.rank import ranks_after
from resolvers.lane.blocks import LaneKey
from resolvers.lane.rebuild import rebuild_lane

COLUMNS = 10
"""No column takes more than 500 cards, so that 5,000 are read by the same request as 50."""
LABELS = 12
PEOPLE = 20
STEPS = 3
BOARD = """
query ($id: ID!) { project(id: $id) { id name columns { id name cards(first: 500) { nodes {
  id title description priority order archived startDate dueDate commentCount attachmentCount version
  createdAt updatedAt assignee { id name } labels { id name color } checklist { id title done }
} } } } }
"""

Base = AsyncDatabase[dict[str, Any]]


async def fill(database: Base, workspace_id: ObjectId, cards: int, spread: int = COLUMNS) -> str:
    """A project with a number of cards over some columns, its labels and people; returns its id."""
    project = Project(workspace_id=workspace_id, name=f"{cards} cards", created_by=None)
    shared: dict[str, Any] = {"workspace_id": workspace_id, "project_id": project.id}
    ranks = ranks_after(None, max(COLUMNS, cards))
    columns = [Column(**shared, name=f"Column {number}", rank=ranks[number]) for number in range(spread)]
    labels = [Label(**shared, name=f"label-{number}", color=f"#{number:06x}") for number in range(LABELS)]
    people = [
        User(email=f"person-{number}-of-{cards}@example.com", name=f"Person {number}") for number in range(PEOPLE)
    ]
    written = [
        Card(
            **shared,
            column_id=columns[number % spread].id,
            rank=ranks[number],
            assignee_id=people[number % PEOPLE].id if number % 5 else None,
            label_ids=[labels[(number + step * 5) % LABELS].id for step in range(2 + number % 2)],
            **_content(number),
        )
        for number in range(cards)
    ]
    everything: tuple[Sequence[Recorded[Any]], ...] = ([project], columns, labels, people, written)
    for documents in everything:
        records = [to_record(one) for one in documents]
        await database[documents[0].get_collection_name()].insert_many(records)
    for column in columns:
        await rebuild_lane(LaneKey(ObjectId(column.id)))
    return str(project.id)


def _content(number: int) -> dict[str, Any]:
    """What makes a card the same at every run."""
    day = datetime(2025, 1, 1, 9, 30, tzinfo=UTC) + timedelta(days=number % 90, milliseconds=number % 997)
    return {
        "title": f"Card {number}: make the thing work as it should",
        "description": f"What card {number} is about, in a sentence of some length with *marks* in it.",
        "priority": list(Priority)[number % len(Priority)] if number % 4 else None,
        "archived": False,
        "start_date": day,
        "due_date": None if number % 3 else day + timedelta(days=14),
        "comment_count": number % 7,
        "attachment_count": number % 3,
        "version": number % 13 + 1,
        "created_at": day - timedelta(days=7),
        "updated_at": day,
        "checklist": [ChecklistItem(title=f"Step {step}", done=step < number % 3) for step in range(STEPS)],
    }
