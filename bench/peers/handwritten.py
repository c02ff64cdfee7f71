"""By hand: a Starlette endpoint that reads dicts with PyMongo and writes them with orjson, and one that reads nothing.

No types, no validation, no access checks: the least that a Python server can do for this answer. Cards are read by the
index of their project, whole and unsorted: the embedded database takes longer to leave fields out or to sort than this
process takes to do without.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from operator import itemgetter
from typing import Any

import orjson
from bson import ObjectId
from pymongo import AsyncMongoClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.peers.listening import database_url, serve

PRIORITIES = {None: None, 1: "LOW", 2: "MEDIUM", 3: "HIGH"}
BY_RANK = itemgetter("rank")
OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


async def board(request: Request) -> Response:
    """The board of the project that is named, as the graph answers it."""
    db = request.app.state.client.get_default_database()
    project_id = ObjectId((await request.json())["variables"]["id"])
    own = {"project_id": project_id}
    project, columns, labels, cards = await asyncio.gather(
        db.projects.find_one({"_id": project_id}, {"name": 1}),
        db.columns.find(own).to_list(),
        db.labels.find(own).to_list(),
        db.cards.find(own, batch_size=10_000).to_list(),
    )
    columns.sort(key=BY_RANK)
    cards.sort(key=BY_RANK)
    wanted = list({card["assignee_id"] for card in cards} - {None})
    users = await db.users.find({"_id": {"$in": wanted}}, {"name": 1}).to_list()
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
        "id": project_id,
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
    routes = [Route("/trivial", trivial, methods=["POST"]), Route("/board", board, methods=["POST"])]
    serve(Starlette(routes=routes, lifespan=lifespan))
