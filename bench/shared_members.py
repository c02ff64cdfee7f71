"""What a change costs whoever watches it: bursts in workspaces that share members, crowded projects, unread thousands.

The gateway is a process of its own over the embedded database. Changes go over HTTP, by the members in turn.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import httpx
from beanie import Document, init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient
from rich.console import Console
from rich.table import Table

from auth.jwt import JwtSigner
from auth.secrets import hash_secret
from bench.servers import embedded, gateway
from bench.tenants import DAY, PORTION
from models import (
    DOCUMENTS,
    Activity,
    Fanout,
    Inbox,
    Notification,
    Organization,
    OrganizationMember,
    Project,
    ProjectMember,
    Session,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import Recorded, collection, to_record, utc_now
from models.enums import ActivityType, PilotageRole, Role

WORKSPACES = 4
MEMBERS = 11
CHANGES = 80
CROWD = 400
UNREAD = 5_000
CREATE = 'mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: "Card"}) { cursor } }'
WATCH = "subscription { notifications { __typename ... on Event { cursor } } }"
READ_ALL = "mutation { notificationMarkAllRead { count } }"


@dataclass(frozen=True)
class Place:
    """A project of a workspace of its own, and the tokens of its members."""

    project: str
    tokens: Sequence[str]
    people: Sequence[ObjectId]


def shared_members(rounds: int) -> None:
    """Measure, and print the table; `rounds` bursts, and a few times as many single changes."""
    secret = secrets.token_hex(32)
    with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret) as server:
        rows = runner.run(_measure(database.url, server.url, secret, rounds))
    table = Table(title="What a change costs whoever watches it", title_justify="left")
    for heading in ("what", "measured", "beside it", "ratio", "goal"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


async def _measure(database_url: str, url: str, secret: str, rounds: int) -> list[tuple[str, ...]]:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(AsyncMongoClient[dict[str, Any]](database_url))
        # An address of its own for each workspace: how many connections one may have is bounded.
        # Connections end here before the gateway closes them, which is where requests get lost.
        limits = httpx.Limits(keepalive_expiry=1.0)
        elsewhere = [
            httpx.AsyncHTTPTransport(local_address=f"127.0.0.{n + 2}", limits=limits) for n in range(WORKSPACES)
        ]
        clients = [httpx.AsyncClient(base_url=url, timeout=60, transport=one) for one in elsewhere]
        for one in clients:
            await stack.enter_async_context(one)
        http = clients[0]
        await init_beanie(database=client.get_default_database(), document_models=list(DOCUMENTS), skip_indexes=True)
        settle = _Settler(JwtSigner(secret))
        people = await settle.people(MEMBERS)
        shared = [await settle.place(people) for _ in range(WORKSPACES)]
        own = [await settle.place(await settle.people(MEMBERS)) for _ in range(WORKSPACES)]
        few = await settle.place(await settle.people(2))
        many = await settle.place(await settle.people(CROWD + 1))
        for places in (shared, own):
            await _bursts(clients, places, 1)  # what people have is counted with the first
        rows = await _bursts_of_both(clients, shared, own, rounds)
        rows.append(await _crowded(http, few, many, rounds))
        rows += await _latency(http, few, rounds * 5)
        rows.append(await _read_all(http, settle, few, rounds))
        return rows


async def _bursts_of_both(
    clients: Sequence[httpx.AsyncClient], shared: Sequence[Place], own: Sequence[Place], rounds: int
) -> list[tuple[str, ...]]:
    slowest: tuple[list[float], list[float]] = ([], [])
    refused = 0
    for _ in range(rounds):
        for places, found in zip((shared, own), slowest, strict=True):
            took, lost = await _bursts(clients, places, CHANGES // WORKSPACES)
            found.append(took)
            refused += lost
    ratio = median(a / b for a, b in zip(*slowest, strict=True))
    name = f"{CHANGES} changes in {WORKSPACES} workspaces with the same {MEMBERS} people, beside people of their own"
    return [
        (f"{name}: the slowest", *_ms(median(slowest[0]), median(slowest[1])), f"{ratio:.2f} x", "1,500 ms, 1.2 x"),
        (f"{name}: refused", str(refused), "", "", "0"),
    ]


async def _bursts(clients: Sequence[httpx.AsyncClient], places: Sequence[Place], each: int) -> tuple[float, int]:
    """The milliseconds of the slowest of some changes in each place, all at once, and how many were refused."""
    told = await asyncio.gather(
        *(
            _change(http, place, place.tokens[n % len(place.tokens)])
            for http, place in zip(clients, places, strict=True)
            for n in range(each)
        )
    )
    await _followed()
    return max(took for took, _ in told), sum(not done for _, done in told)


async def _crowded(http: httpx.AsyncClient, few: Place, many: Place, rounds: int) -> tuple[str, ...]:
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds * 3):
        for place, found in zip((many, few), took, strict=True):
            found.append((await _change(http, place, place.tokens[0]))[0])
            await _followed()
    ratio = median(a / b for a, b in zip(*took, strict=True))
    return (
        f"a change that {CROWD} members are told of, beside 1",
        *_ms(median(took[0]), median(took[1])),
        f"{ratio:.2f} x",
        "1.2 x",
    )


async def _latency(http: httpx.AsyncClient, place: Place, count: int) -> list[tuple[str, ...]]:
    """From the answer of a change, which follows its commit, to the subscriber of `notifications`."""
    late: list[float] = []
    async with _watching(http, place.tokens[1]) as events:
        await anext(events)
        for _ in range(count):
            began = perf_counter()
            took, _ = await _change(http, place, place.tokens[0])
            await anext(events)
            late.append((perf_counter() - began) * 1000 - took)
            await asyncio.sleep(0.05)
    name = "from the answer of a change to the subscriber of `notifications`"
    return [
        (f"{name}: median", f"{median(late):.0f} ms", "", "", "100 ms"),
        (f"{name}: p99", f"{quantiles(late, n=100)[-1]:.0f} ms", "", "", "300 ms"),
    ]


async def _read_all(http: httpx.AsyncClient, settle: "_Settler", place: Place, rounds: int) -> tuple[str, ...]:
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(max(1, rounds // 3)):
        for count, found in zip((UNREAD, 1), took, strict=True):
            await settle.unread(place, count)
            spent, answer = await _timed(lambda: _ask(http, place.tokens[1], READ_ALL))
            assert answer["data"]["notificationMarkAllRead"]["count"] == count, answer
            found.append(spent)
    ratio = median(took[0]) / median(took[1])
    return (
        f"{UNREAD:,} notifications marked as read, beside 1",
        *_ms(median(took[0]), median(took[1])),
        f"{ratio:.2f} x",
        "300 ms",
    )


class _Settler:
    """Writes people and places straight into the database."""

    def __init__(self, signer: JwtSigner) -> None:
        self._signer = signer

    async def people(self, count: int) -> list[tuple[User, str]]:
        """New people, with the JWTs that they are signed in with."""
        now, mark = utc_now(), secrets.token_hex(4)
        users = [User(email=f"member-{n}-{mark}@example.org", name=f"Member {n}") for n in range(count)]
        sessions = [
            Session(user_id=_id(one), secret_hash=hash_secret(mark), csrf_token=mark, expires_at=now + DAY)
            for one in users
        ]
        await _insert(User, users)
        await _insert(Session, sessions)
        return [
            (user, self._signer.sign(_id(user), _id(session), issued_at=now, expires_at=now + DAY))
            for user, session in zip(users, sessions, strict=True)
        ]

    async def place(self, people: Sequence[tuple[User, str]]) -> Place:
        """A project that people are members of, in a workspace and an organization of its own."""
        mark = secrets.token_hex(4)
        ids = [_id(user) for user, _ in people]
        organization = Organization(name="Bench", slug=f"bench-{mark}", owner_id=ids[0])
        workspace = Workspace(organization_id=_id(organization), owner_id=ids[0], name="W", slug=f"w-{mark}")
        project = Project(workspace_id=_id(workspace), name="P", created_by=ids[0])
        inside = {"workspace_id": _id(workspace)}
        pilot = PilotageRole.VIEWER
        roles = [Role.OWNER, *[Role.MEMBER] * (len(ids) - 1)]
        pairs = list(zip(ids, roles, strict=True))
        await _insert(Organization, [organization])
        await _insert(Workspace, [workspace])
        await _insert(Project, [project])
        await _insert(
            OrganizationMember,
            [OrganizationMember(organization_id=_id(organization), user_id=one, role=role) for one, role in pairs],
        )
        members = [
            WorkspaceMember(**inside, organization_id=_id(organization), user_id=one, role=role, pilotage_role=pilot)
            for one, role in pairs
        ]
        await _insert(WorkspaceMember, members)
        await _insert(ProjectMember, [ProjectMember(**inside, project_id=_id(project), user_id=one) for one in ids])
        return Place(str(project.id), [token for _, token in people], ids)

    async def unread(self, place: Place, count: int) -> None:
        """Have the second member of a place so many unread notifications, all of one activity."""
        user_id, project_id = place.people[1], ObjectId(place.project)
        project = await collection(Project).find_one({"_id": project_id})
        assert project is not None
        inside = {"workspace_id": project["workspace_id"], "project_id": project_id}
        activity = Activity(**inside, type=ActivityType.CARD_CREATED)
        await _insert(Activity, [activity])
        inbox = await collection(Inbox).find_one({"_id": user_id}) or to_record(Inbox(id=user_id))
        told = [
            Notification(**inside, user_id=user_id, activity_id=_id(activity), number=inbox["last"] + n)
            for n in range(1, count + 1)
        ]
        await _insert(Notification, told)
        counted = {**inbox, "last": inbox["last"] + count, "unread": count}
        await collection(Inbox).replace_one({"_id": user_id}, counted, upsert=True)


@asynccontextmanager
async def _watching(http: httpx.AsyncClient, token: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    async with http.stream("POST", "/graphql", json={"query": WATCH}, headers=headers) as answer:
        lines = answer.raise_for_status().aiter_lines()
        yield (json.loads(line[6:]) async for line in lines if line.startswith("data: {"))


async def _change(http: httpx.AsyncClient, place: Place, token: str) -> tuple[float, bool]:
    """The milliseconds that a change took, and whether it was made."""
    took, answer = await _timed(lambda: _ask(http, token, CREATE, p=place.project))
    return took, "errors" not in answer


async def _ask(http: httpx.AsyncClient, token: str, query: str, **variables: Any) -> dict[str, Any]:
    body, headers = {"query": query, "variables": variables}, {"authorization": f"Bearer {token}"}
    answer: dict[str, Any] = (await http.post("/graphql", json=body, headers=headers)).json()
    return answer


async def _timed(ask: Callable[[], Awaitable[dict[str, Any]]]) -> tuple[float, dict[str, Any]]:
    began = perf_counter()
    answer = await ask()
    return (perf_counter() - began) * 1000, answer


async def _followed() -> None:
    """Wait until everybody is notified of all."""
    while await collection(Fanout).find_one({}, {"_id": 1}) is not None:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _insert(model: type[Recorded[Any]], documents: Sequence[Document]) -> None:
    for start in range(0, len(documents), PORTION):
        await collection(model).insert_many([to_record(one) for one in documents[start : start + PORTION]])


def _ms(*milliseconds: float) -> tuple[str, ...]:
    return tuple(f"{one:.0f} ms" for one in milliseconds)


def _id(document: Any) -> ObjectId:
    return ObjectId(document.id)
