"""Strawberry as its documentation has it: types over Beanie documents, a DataLoader per edge, its own executor."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

import strawberry
from beanie import init_beanie
from beanie.operators import In
from bson import ObjectId
from pymongo import AsyncMongoClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

import models
from bench.peers.listening import database_url, serve
from models.base import Recorded
from models.enums import Priority as PriorityEnum

DOCUMENTS: list[type[Recorded[Any]]] = [models.Project, models.Column, models.Card, models.Label, models.User]
Priority = strawberry.enum(PriorityEnum, name="Priority")


class Loaders:
    """The loaders of one request."""

    def __init__(self) -> None:
        self.cards: DataLoader[ObjectId, list[models.Card]] = DataLoader(load_fn=_cards)
        self.labels: DataLoader[ObjectId, models.Label] = DataLoader(load_fn=_labels)
        self.users: DataLoader[ObjectId, models.User | None] = DataLoader(load_fn=_users)


Info = strawberry.Info[dict[str, Loaders], None]


def _id(root: Any) -> strawberry.ID:
    return strawberry.ID(str(root.id))


@strawberry.type
class User:
    id: strawberry.ID = strawberry.field(resolver=_id)
    name: str | None


@strawberry.type
class Label:
    id: strawberry.ID = strawberry.field(resolver=_id)
    name: str
    color: str


@strawberry.type
class ChecklistItem:
    id: strawberry.ID = strawberry.field(resolver=_id)
    title: str
    done: bool


async def _assignee(root: Any, info: Info) -> User | None:
    if root.assignee_id is None:
        return None
    return cast("User | None", await info.context["loaders"].users.load(root.assignee_id))


async def _labels_of(root: Any, info: Info) -> list[Label]:
    return cast("list[Label]", await info.context["loaders"].labels.load_many(root.label_ids))


@strawberry.type
class Card:
    id: strawberry.ID = strawberry.field(resolver=_id)
    title: str
    description: str | None
    priority: Priority | None  # type: ignore[valid-type]
    archived: bool
    start_date: datetime | None
    due_date: datetime | None
    comment_count: int
    attachment_count: int
    version: int
    created_at: datetime
    updated_at: datetime
    checklist: list[ChecklistItem]
    assignee: User | None = strawberry.field(resolver=_assignee)
    labels: list[Label] = strawberry.field(resolver=_labels_of)

    @strawberry.field
    def order(self) -> int:
        return cast("int", self.__dict__["_order"])


@strawberry.type
class CardPage:
    nodes: list[Card]


async def _cards_of(root: Any, info: Info, first: int) -> CardPage:
    cards = await info.context["loaders"].cards.load(root.id)
    return CardPage(nodes=cast("list[Card]", cards[:first]))


@strawberry.type
class Column:
    id: strawberry.ID = strawberry.field(resolver=_id)
    name: str
    cards: CardPage = strawberry.field(resolver=_cards_of)


async def _columns_of(root: Any) -> list[Column]:
    found = models.Column.find(models.Column.project_id == root.id).sort("rank")
    return cast("list[Column]", await found.to_list())


@strawberry.type
class Project:
    id: strawberry.ID = strawberry.field(resolver=_id)
    name: str
    columns: list[Column] = strawberry.field(resolver=_columns_of)


@strawberry.type
class Query:
    @strawberry.field
    async def project(self, id: strawberry.ID) -> Project | None:
        return cast("Project | None", await models.Project.get(ObjectId(id)))


async def _cards(column_ids: list[ObjectId]) -> Sequence[list[models.Card]]:
    lanes: dict[ObjectId, list[models.Card]] = {one: [] for one in column_ids}
    for card in await models.Card.find(In(models.Card.column_id, column_ids)).sort("rank").to_list():
        assert card.column_id is not None
        lanes[card.column_id].append(card)
    for lane in lanes.values():
        for place, card in enumerate(lane):
            card.__dict__["_order"] = place
    return [lanes[one] for one in column_ids]


async def _labels(ids: list[ObjectId]) -> Sequence[models.Label]:
    found = {label.id: label for label in await models.Label.find(In(models.Label.id, ids)).to_list()}
    return [found[one] for one in ids]  # type: ignore[index]


async def _users(ids: list[ObjectId]) -> Sequence[models.User | None]:
    found = {user.id: user for user in await models.User.find(In(models.User.id, ids)).to_list()}
    return [found.get(one) for one in ids]  # type: ignore[call-overload]


class Endpoint(GraphQL[dict[str, Loaders], None]):
    """Strawberry's own endpoint, with new loaders for every request."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> dict[str, Loaders]:
        return {"loaders": Loaders()}


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """The documents' connection to the database."""
    async with AsyncMongoClient[dict[str, Any]](database_url(), tz_aware=True) as client:
        await init_beanie(database=client.get_default_database(), document_models=DOCUMENTS, skip_indexes=True)
        yield


if __name__ == "__main__":
    app = Starlette(lifespan=lifespan)
    app.add_route("/graphql", Endpoint(strawberry.Schema(Query)))  # type: ignore[arg-type]
    serve(app)
