"""What a search over several kinds finds."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from models.base import Record


class FoundTask(TypedDict):
    """A task that was found."""

    id: int | None
    title: str


class FoundProduct(TypedDict):
    """A product that was found."""

    id: int | None
    name: str
    slug: str | None


class FoundAgent(TypedDict):
    """An agent that was found, by the name that addresses call it."""

    id: int | None
    name: str
    display_name: str


class FoundByKind(TypedDict):
    """What was found, by kind, the best first."""

    tasks: list[FoundTask]
    products: list[FoundProduct]
    agents: list[FoundAgent]


def found_by_kind(tasks: Sequence[Record], products: Sequence[Record], agents: Sequence[Record]) -> FoundByKind:
    return {
        "tasks": [{"id": task["number"], "title": task["title"]} for task in tasks],
        "products": [
            {"id": product["number"], "name": product["name"], "slug": product.get("slug")} for product in products
        ],
        "agents": [{"id": agent["number"], "name": agent["slug"], "display_name": agent["name"]} for agent in agents],
    }
