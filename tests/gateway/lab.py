"""A whole gateway over the session's database, and people who speak GraphQL to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from bson import ObjectId
from pymongo import monitoring
from starlette.applications import Starlette

from auth.subject import ANONYMOUS
from gateway.app import create_app
from gateway.database import Database
from gateway.settings import Settings
from models import Column, Organization, User, Workspace
from models.base import collection, utc_now
from models.records import ProjectRecord, UserRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.account.registration import Also
from resolvers.kit.context import Context
from tests.resolvers.lab import sign_up
from tests.resolvers.projects import insert_board

PASSWORD = "correct horse battery"
REGISTER = """
mutation ($input: AuthRegisterInput!) { authRegister(input: $input) { accessToken user { id } } }
"""
HOME = """
{ organizations { nodes { id slug workspaces { nodes { id slug } } } } }
"""

JSON = dict[str, Any]

BACKGROUND = (
    *("presence", "outbox", "attachment-leftovers", "transfers", "transfer-lease", "deletions"),
    *("follower-notifications", "follower-automations", "follower-pipelines", "plugins", "plugin"),
)
"""The tasks whose reads are none of a request."""


@dataclass
class Person:
    """Somebody who is signed in with a JWT."""

    http: httpx.AsyncClient
    id: str
    token: str
    email: str

    async def send(self, query: str, **variables: Any) -> JSON:
        """The whole response."""
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        body: JSON = answer.json()
        return body

    async def ask(self, query: str, **variables: Any) -> JSON:
        """The data of a request that must not fail."""
        body = await self.send(query, **variables)
        assert "errors" not in body, body["errors"]
        data: JSON = body["data"]
        return data

    async def refused(self, query: str, **variables: Any) -> JSON:
        """The one error of a request that must fail."""
        body = await self.send(query, **variables)
        assert len(body.get("errors", [])) == 1, body
        error: JSON = body["errors"][0]
        return error


@dataclass
class Lab:
    """The gateway, and whoever speaks to it."""

    app: Starlette
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        """A client without cookies of its own; its base address is this machine."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://127.0.0.1:3001",
            headers={"authorization": f"Bearer {token}"} if token else {},
            **options,
        )
        self.clients.append(client)
        return client

    async def person(self, email: str, also: Also | None = None) -> Person:
        """A new person, signed in; `also` is done in the change that makes their account."""
        anonymous = Context(ANONYMOUS, self.app.state.services)
        made = await sign_up(anonymous, email, email.partition("@")[0].title(), also)
        return Person(self.client(made.access_token), str(made.user["_id"]), made.access_token, email)

    async def confirmed(self, email: str) -> Person:
        """A new person, signed in, whose address is confirmed."""
        person = await self.person(email)
        at = {"$set": {"email_verified_at": utc_now()}}
        await collection(User).update_one({"_id": ObjectId(person.id)}, at)
        return person


@dataclass(frozen=True)
class Board:
    """A project of Ann's personal workspace with two columns."""

    ann: Person
    organization: str
    org_slug: str
    workspace: str
    project: str
    todo: str
    done: str

    async def card(self, title: str, **values: Any) -> str:
        """A new card in the first column; its id."""
        query = "mutation ($input: CardCreateInput!) { cardCreate(input: $input) { card { id } } }"
        given = {"projectId": self.project, "columnId": self.todo, "title": title, **values}
        made: str = (await self.ann.ask(query, input=given))["cardCreate"]["card"]["id"]
        return made


PROJECT = "mutation ($input: ProjectCreateInput!) { projectCreate(input: $input) { project { id } } }"
COLUMN = "mutation ($input: ColumnCreateInput!) { columnCreate(input: $input) { column { id } } }"


async def make_board(ann: Person) -> Board:
    """A board of a person who has none yet."""
    organization = (await ann.ask(HOME))["organizations"]["nodes"][0]
    workspace = organization["workspaces"]["nodes"][0]["id"]
    made = await ann.ask(PROJECT, input={"workspaceId": workspace, "name": "Launch"})
    project = made["projectCreate"]["project"]["id"]
    columns = [
        (await ann.ask(COLUMN, input={"projectId": project, "name": name}))["columnCreate"]["column"]["id"]
        for name in ("To do", "Done")
    ]
    return Board(ann, organization["id"], organization["slug"], workspace, project, *columns)


@pytest.fixture(scope="session")
async def gateway(settings: Settings, database: Database) -> AsyncIterator[Starlette]:
    """The application over the session's database, started.

    It recognises nobody twice, so that the number of queries does not depend on the time that has passed, and does
    nothing by itself: mails, imports and old events of other tests are theirs.
    """
    app = create_app(settings, database=database)
    async with app.router.lifespan_context(app):
        app.state.services.recognitions.seconds = 0
        for one in app.state.background:
            await one.stop()
        yield app


@pytest.fixture
async def lab(gateway: Starlette, clean: Database) -> AsyncIterator[Lab]:
    """The gateway over an empty database."""
    opened = Lab(gateway)
    yield opened
    for client in opened.clients:
        await client.aclose()


async def person_with_board(lab: Lab, email: str) -> Board:
    """What `make_board` makes, in the change that makes the person's account."""
    workspace: list[WorkspaceRecord] = []
    project: list[ProjectRecord] = []

    async def also(change: Change, user: UserRecord) -> None:
        workspace[:] = await collection(Workspace).find({"owner_id": user["_id"]}, session=change.session).to_list()
        project[:] = [await insert_board(change, workspace[0]["_id"], user["_id"], "Launch", ["To do", "Done"])]

    person = await lab.person(email, also)
    [home], [launch] = workspace, project
    organization = await collection(Organization).find_one({"_id": home["organization_id"]})
    columns = await collection(Column).find({"project_id": launch["_id"]}).sort("rank", 1).to_list()
    assert organization is not None
    return Board(
        person,
        str(organization["_id"]),
        organization["slug"],
        str(home["_id"]),
        str(launch["_id"]),
        *(str(column["_id"]) for column in columns),
    )


@pytest.fixture
async def board(lab: Lab) -> Board:
    """Ann's board."""
    return await person_with_board(lab, "ann@example.com")


@dataclass(frozen=True)
class Read:
    """One read that reached the database; `projection` is what it asked of each document."""

    command: str
    collection: str
    projection: frozenset[str]

    def __str__(self) -> str:
        return f"{self.command} {self.collection}"


class QueryLog(monitoring.CommandListener):
    """The reads that reach the database while `watched` is a list."""

    READS = frozenset({"find", "aggregate", "count", "distinct", "getMore"})

    def __init__(self) -> None:
        self.watched: list[Read] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.watched is not None and event.command_name in self.READS and not _in_the_background():
            name = event.command_name
            projection = frozenset(event.command.get("projection") or ())
            self.watched.append(Read(name, str(event.command.get(name)), projection))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def _in_the_background() -> bool:
    task = asyncio.current_task()
    return task is not None and task.get_name() in BACKGROUND


# Only clients that are made later have it, so it stands here, where every test that counts imports it.
QUERIES = QueryLog()
monitoring.register(QUERIES)


@contextmanager
def count_queries() -> Iterator[list[Read]]:
    """The reads that the block sends to the database."""
    seen: list[Read] = []
    QUERIES.watched = seen
    try:
        yield seen
    finally:
        QUERIES.watched = None
