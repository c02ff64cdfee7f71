"""The same schema in Strawberry, over objects with attributes, as a Strawberry application has it."""

from enum import Enum
from typing import Any

import strawberry

from bench.data import board, items


@strawberry.enum
class Priority(Enum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"


@strawberry.type
class User:
    id: strawberry.ID
    name: str


@strawberry.type
class Label:
    id: strawberry.ID
    name: str
    color: str


@strawberry.type
class Card:
    id: strawberry.ID
    title: str
    description: str | None
    priority: Priority | None
    order: int
    archived: bool
    start_date: str | None
    due_date: str | None
    comment_count: int
    attachment_count: int
    version: int
    created_at: str
    updated_at: str
    assignee: User | None
    labels: list[Label]


@strawberry.type
class Item:
    id: strawberry.ID
    name: str
    price: float
    quantity: int
    active: bool


@strawberry.type
class Query:
    @strawberry.field
    def cards(self, info: strawberry.Info) -> list[Card]:
        cards: list[Card] = info.context["cards"]
        return cards

    @strawberry.field
    def items(self, info: strawberry.Info) -> list[Item]:
        found: list[Item] = info.context["items"]
        return found

    @strawberry.field
    def hello(self) -> str:
        return "world"


def objects(cards: int, small: int) -> dict[str, Any]:
    """The board and the items as Strawberry objects."""
    users: dict[str, User] = {}
    labels: dict[str, Label] = {}

    def user(row: dict[str, Any] | None) -> User | None:
        return None if row is None else users.setdefault(row["id"], User(**row))

    return {
        "cards": [
            Card(
                id=row["id"],
                title=row["title"],
                description=row["description"],
                priority=Priority(row["priority"]),
                order=row["order"],
                archived=row["archived"],
                start_date=row["startDate"],
                due_date=row["dueDate"],
                comment_count=row["commentCount"],
                attachment_count=row["attachmentCount"],
                version=row["version"],
                created_at=row["createdAt"],
                updated_at=row["updatedAt"],
                assignee=user(row["assignee"]),
                labels=[labels.setdefault(label["id"], Label(**label)) for label in row["labels"]],
            )
            for row in board(cards)
        ],
        "items": [Item(**row) for row in items(small)],
    }


schema = strawberry.Schema(Query)
