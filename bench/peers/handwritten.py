"""By hand: a Starlette endpoint that reads dicts with PyMongo and writes them with orjson, and one that reads nothing.

No types, no validation: the least that a Python server can do for this answer. Cards are read by the index of their
project, whole and unsorted: the embedded database takes longer to leave fields out or to sort than this process takes
to do without. `/board` checks no access. `/checked` checks what the gateway does (the JWT, its session, the membership
of the workspace), and reads everything meanwhile, so that no check is waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import jwt
import orjson
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.peers.listening import database_url, secret_key, serve

PRIORITIES = {None: None, 1: "LOW", 2: "MEDIUM", 3: "HIGH", 4: "CRITICAL"}
BY_RANK = itemgetter("rank")
OF_CARDS = dict.fromkeys(
    (
        *("column_id", "rank", "title", "description", "priority", "archived", "start_date", "due_date", "version"),
        *("comment_count", "attachment_count", "created_at", "updated_at", "assignee_id", "label_ids", "checklist"),
    ),
    1,
)
"""What the answer takes of cards: a dozen more would have to be decoded."""
Record = dict[str, Any]
Base = AsyncDatabase[Record]
OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


async def board(request: Request) -> Response:
    """The board of the project that is named, as the graph answers it, for anybody."""
    db = request.app.state.client.get_default_database()
    project_id = ObjectId((await request.json())["variables"]["id"])
    project, columns, labels, cards = await asyncio.gather(*_reads(db, project_id))
    users = await _users(db, cards)
    return _answer(project, columns, labels, cards, users)


async def checked(request: Request) -> Response:
    """The same for members of the project's workspace."""
    db = request.app.state.client.get_default_database()
    project_id = ObjectId((await request.json())["variables"]["id"])
    try:
        claims = jwt.decode(
            request.headers["authorization"].removeprefix("Bearer "),
            secret_key(),
            algorithms=["HS256"],
            audience="orrery",
            issuer="orrery",
            options={"require": ["exp", "iat", "iss", "aud", "sub", "sid"]},
        )
        user_id, session_id = ObjectId(claims["sub"]), ObjectId(claims["sid"])
    except (KeyError, jwt.InvalidTokenError):
        return Response(status_code=401)
    session, project, columns, labels, cards = await asyncio.gather(
        db.sessions.find_one({"_id": session_id, "user_id": user_id}, {"expires_at": 1}), *_reads(db, project_id)
    )
    if session is None or session["expires_at"] <= datetime.now(UTC).replace(tzinfo=None):
        return Response(status_code=401)
    within = {"workspace_id": project["workspace_id"] if project else None, "user_id": user_id}
    member, users = await asyncio.gather(db.workspace_members.find_one(within, {"role": 1}), _users(db, cards))
    if member is None:
        return Response(status_code=404)
    return _answer(project, columns, labels, cards, users)


def _reads(db: Base, project_id: ObjectId) -> tuple[Awaitable[Any], ...]:
    """The project, its columns, its labels and its cards."""
    own = {"project_id": project_id}
    return (
        db.projects.find_one({"_id": project_id}, {"name": 1, "workspace_id": 1}),
        db.columns.find(own).to_list(),
        db.labels.find(own).to_list(),
        db.cards.find(own, OF_CARDS, batch_size=10_000).to_list(),
    )


async def _users(db: Base, cards: Sequence[Record]) -> list[Record]:
    wanted = list({card["assignee_id"] for card in cards} - {None})
    return await db.users.find({"_id": {"$in": wanted}}, {"name": 1}).to_list()


def _answer(
    project: Record, columns: list[Record], labels: Sequence[Record], cards: list[Record], users: Sequence[Record]
) -> Response:
    columns.sort(key=BY_RANK)
    cards.sort(key=BY_RANK)
    people = {user["_id"]: {"id": user["_id"], "name": user["name"]} for user in users}
    tags = {label["_id"]: {"id": label["_id"], "name": label["name"], "color": label["color"]} for label in labels}
    nodes: dict[ObjectId, list[dict[str, Any]]] = {column["_id"]: [] for column in columns}
    for card in cards:
        lane = nodes[card["column_id"]]
        lane.append(
            {
                "id": card["_id"],
                "title": card["title"],
                "description": card["description"],
                "priority": PRIORITIES[card["priority"]],
                "order": len(lane),
                "archived": card["archived"],
                "startDate": card["start_date"],
                "dueDate": card["due_date"],
                "commentCount": card["comment_count"],
                "attachmentCount": card["attachment_count"],
                "version": card["version"],
                "createdAt": card["created_at"],
                "updatedAt": card["updated_at"],
                "assignee": people.get(card["assignee_id"]),
                "labels": [tags[one] for one in card["label_ids"]],
                "checklist": card["checklist"],
            }
        )
    answer = {
        "id": project["_id"],
        "name": project["name"],
        "columns": [
            {"id": column["_id"], "name": column["name"], "cards": {"nodes": nodes[column["_id"]]}}
            for column in columns
        ],
    }
    body = orjson.dumps({"data": {"project": answer}}, default=str, option=OPTIONS)
    return Response(body, media_type="application/json")


async def trivial(_: Request) -> Response:
    """What needs neither the request's body nor the database."""
    return JSONResponse({"data": {"__typename": "Query"}})


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The connection to the database."""
    async with AsyncMongoClient[dict[str, Any]](database_url()) as client:
        app.state.client = client
        yield


if __name__ == "__main__":
    endpoints = {"/trivial": trivial, "/board": board, "/checked": checked}
    routes = [Route(path, endpoint, methods=["POST"]) for path, endpoint in endpoints.items()]
    serve(Starlette(routes=routes, lifespan=lifespan))
