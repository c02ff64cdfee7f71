"""The board that every contender answers with, made from numbers alone so that all of them hold the same."""

from typing import Any

PRIORITIES = ("LOW", "MEDIUM", "HIGH", "URGENT")
COLORS = ("red", "orange", "yellow", "green", "blue", "violet", "brown", "black")


def board(count: int) -> list[dict[str, Any]]:
    """`count` cards of 13 fields, with one of 20 users each and two or three of 24 labels."""
    users = [{"id": f"{number:024x}", "name": f"User {number}"} for number in range(20)]
    labels = [{"id": f"{number:024x}", "name": f"label-{number}", "color": COLORS[number % 8]} for number in range(24)]
    return [
        {
            "id": f"{number:024x}",
            "title": f"Card {number}: make the thing work as it should",
            "description": f"What card {number} is about, in a sentence of some length with *marks* in it.",
            "priority": PRIORITIES[number % 4],
            "order": number,
            "archived": number % 11 == 0,
            "startDate": f"2025-01-{number % 28 + 1:02}T09:00:00+00:00",
            "dueDate": None if number % 3 else f"2025-02-{number % 28 + 1:02}T17:00:00+00:00",
            "commentCount": number % 7,
            "attachmentCount": number % 3,
            "version": number % 13 + 1,
            "createdAt": f"2024-12-{number % 28 + 1:02}T08:15:30.123456+00:00",
            "updatedAt": f"2025-01-{number % 28 + 1:02}T10:15:30.654321+00:00",
            "assignee": users[number % 20] if number % 5 else None,
            "labels": [labels[(number + step * 5) % 24] for step in range(2 + number % 2)],
        }
        for number in range(count)
    ]


FIELDS = (
    "id title description priority order archived startDate dueDate commentCount attachmentCount version"
    " createdAt updatedAt"
)

QUERY = f"{{ cards {{ {FIELDS} assignee {{ id name }} labels {{ id name color }} }} }}"
"""The board."""

SDL = """
enum Priority { LOW MEDIUM HIGH URGENT }
type User { id: ID! name: String! }
type Label { id: ID! name: String! color: String! }
type Card {
  id: ID!
  title: String!
  description: String
  priority: Priority
  order: Int!
  archived: Boolean!
  startDate: String
  dueDate: String
  commentCount: Int!
  attachmentCount: Int!
  version: Int!
  createdAt: String!
  updatedAt: String!
  assignee: User
  labels: [Label!]!
}
type Item { id: ID! name: String! price: Float! quantity: Int! active: Boolean! }
type Query { cards: [Card!]! items: [Item!]! hello: String! }
"""
"""The schema, for the peers that take one as text."""

ITEMS_QUERY = "{ items { id name price quantity active } }"
"""Many small objects."""


def items(count: int) -> list[dict[str, Any]]:
    """`count` objects of 5 fields: 10,000 of them are about 700 kB of JSON."""
    return [
        {"id": str(number), "name": f"Item {number}", "price": number * 0.5, "quantity": number % 90, "active": True}
        for number in range(count)
    ]
