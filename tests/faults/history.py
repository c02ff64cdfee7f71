"""Every client's history is exactly 1..N, whatever is killed: the gateways, Redis, the database, the connections.

    python -m tests.faults.history

Two gateways over one database and one Redis; clients that are cut and resume, over WebSocket and SSE; writers that
write all the time; and a fault after another, each of which all clients have to have caught up on within 10 s.
Everybody is told of what happens to the cards of the workspace next door: in the end, of each activity once, in their
order. Some follow the project over the agent board's socket: they are told the same of it, and what they keep is what a
fresh read shows. It prints a JSON object with what was done, and every contradiction.
"""

import argparse
import asyncio
import json
import logging
import random
import re
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tests.faults.history_clients import BoardWatcher, Reader, Watcher, seq_of
from tests.faults.history_servers import Servers
from tests.loopback import NO_TLS

CATCH_UP_SECONDS = 10.0
PATIENCE = 120.0
STILL_SECONDS = 3.0
"""For which nothing has to come until it counts as the end."""
WRITERS = 2
"""Per workspace."""
CARDS = 5
"""A write is one event, or as many as there are cards in a batch."""
SHOWN = 10

REGISTER = "mutation ($i: AuthRegisterInput!) { authRegister(input: $i) { accessToken } }"
HOME = "{ organizations { nodes { workspaces { nodes { id cursor } } } } }"
CURSOR = "query ($id: ID!) { node(id: $id) { ... on Workspace { cursor } } }"
PROJECT = 'mutation ($w: ID!) { projectCreate(input: {workspaceId: $w, name: "P"}) { project { id } } }'
CARD = 'mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: "C"}) { card { id } } }'
INVITE = "mutation ($w: ID!, $e: String!) { workspaceMemberInvite(workspaceId: $w, input: {email: $e}) { token } }"
ACCEPT = "mutation ($t: String!) { invitationAccept(token: $t) { cursor } }"
JOIN = "mutation ($p: ID!, $e: String!) { projectMemberAdd(projectId: $p, input: {email: $e}) { cursor } }"
MINE = "{ viewer { notificationsCursor unreadNotificationCount } }"
ACTIVITY = """query ($p: ID!) { project(id: $p) { cards(first: 50) { nodes {
  activity(first: 500) { nodes { id type } pageInfo { hasNextPage endCursor } } } } } }"""
RENAME = "mutation ($id: ID!, $n: String!) { projectUpdate(id: $id, input: {name: $n}) { cursor } }"
BATCH = "mutation ($ids: [ID!]!, $n: String!) { cardBatchUpdate(ids: $ids, input: {title: $n}) { cursor } }"

IMPORT = "mutation ($w: ID!, $i: ProjectImportInput!) { projectImport(workspaceId: $w, input: $i) { project { id } } }"
DELETE = "mutation ($id: ID!) { projectDelete(id: $id) { cursor } }"
DELETIONS = 0.01
"""Of all writes, those that are followed by a deletion of a project of LARGE cards, whose events come in parts."""
LARGE = 120

Fault = tuple[str, Callable[[], Awaitable[None]]]
"""What it is called, and how it is done, until what was killed is back."""


@dataclass(eq=False)
class Place:
    """A workspace of somebody's, and how far its stream is known to have got."""

    email: str
    token: str
    id: str
    project: str
    cards: list[str]
    start: str
    head: int = 0
    written: int = 0
    activities: int = 0
    """How many of its cards are known to have been changed."""
    happened: list[str] = field(default_factory=list)
    name: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    """What the agent board's interface answers in the end of the project, and of its cards by their ids."""


@dataclass(slots=True)
class Report:
    clients: int
    workspaces: int
    boards: int
    events: int = 0
    received: int = 0
    board_received: int = 0
    board_cuts: int = 0
    notifications: int = 0
    connections: int = 0
    cuts: int = 0
    lags: int = 0
    refused_writes: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    catch_up_seconds: list[float] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)


FILLS_ITS_POOL = "remove_stale_sockets"
"""The driver tells by a traceback that it cannot fill its pool while the database is away."""
CHAINED = re.compile(r"\n\n(?:The above exception|During handling)[^\n]*\n\nTraceback")


def tracebacks(log: str) -> list[str]:
    """What a gateway says of failures that it did not reckon with, each with what it came of."""
    return [told[:1500] for told in CHAINED.sub("\n", log).split("Traceback")[1:] if FILLS_ITS_POOL not in told]


class Check:
    """One run."""

    def __init__(
        self,
        servers: Servers,
        tell: Callable[[str], None],
        *,
        clients: int,
        workspaces: int,
        boards: int,
        events: int,
        seed: int,
    ) -> None:
        self.servers = servers
        self.tell = tell
        self.wanted = events
        self.chance = random.Random(seed)
        self.report = Report(clients, workspaces, boards)
        self.places: list[Place] = []
        self.watchers: list[Watcher] = []
        self.boards: list[tuple[BoardWatcher, Place]] = []
        self.readers: list[tuple[Reader, Place]] = []
        self.refused = 0

    @property
    def written(self) -> int:
        return sum(place.written for place in self.places)

    async def set_up(self) -> None:
        """People with a workspace each, and clients that watch it."""
        for number in range(self.report.workspaces):
            self.places.append(await self._place(f"person{number}@example.com"))
        for place, reader in zip(self.places, [*self.places[1:], self.places[0]], strict=True):
            if place is not reader:
                self.readers.append((await self._reader(place, reader), place))
        for place in self.places:
            place.start = (await self._ask(place.token, CURSOR, id=place.id))["node"]["cursor"]
            place.head = seq_of(place.start)
        for number in range(self.report.clients):
            place = self.places[number % len(self.places)]
            seed = self.chance.randrange(2**32)
            self.watchers.append(
                Watcher(place.id, place.token, place.start, number % 10 < 3, self._address, random.Random(seed))
            )
        for number in range(self.report.boards):
            place = self.places[number % len(self.places)]
            chance = random.Random(self.chance.randrange(2**32))
            board = BoardWatcher(place.id, place.token, place.start, False, self._address, chance)
            board.project_id = place.project
            self.boards.append((board, place))

    async def run(self, faults: Sequence[Fault], tell: Callable[[int], None]) -> None:
        """Write and watch, with the faults evenly in between."""
        started = asyncio.get_running_loop().time()
        clients = [*self.watchers, *(board for board, _ in self.boards), *(reader for reader, _ in self.readers)]
        watching = [asyncio.create_task(client.run()) for client in clients]
        writing = [asyncio.create_task(self._write(place)) for place in self.places for _ in range(WRITERS)]
        showing = asyncio.create_task(self._show(tell))
        try:
            for number, (name, fault) in enumerate(faults, 1):
                await self._until_written(self.wanted * number // (len(faults) + 1))
                await fault()
                self.report.faults.append(name)
                await self._caught_up(name)
            await asyncio.gather(*writing)
            await self._heads()
            await self._caught_up("the last event")
            await self._count_activities()
            await self._caught_up("the last notification")
            await asyncio.gather(*(self._read(place) for _, place in self.boards))
        finally:
            for client in clients:
                client.stopping = True
            for task in (showing, *writing, *watching):
                task.cancel()
            await asyncio.gather(showing, *writing, *watching, return_exceptions=True)
        for task in (*writing, *watching):
            if not task.cancelled() and (failure := task.exception()) is not None:
                self.report.contradictions.append(f"a client failed: {failure!r}")
        self.report.seconds = round(asyncio.get_running_loop().time() - started, 1)
        self._judge()

    def _judge(self) -> None:
        report = self.report
        report.refused_writes = self.refused
        for reader, place in self.readers:
            report.notifications += len(reader.told)
            found = [*reader.contradictions, *_told_wrong(reader, place)]
            report.contradictions += [f"reader of {place.email}: {one}" for one in found[:SHOWN]]
        for board, place in self.boards:
            report.board_received += board.seen
            report.board_cuts += board.cuts
            found = [*board.contradictions, *_shown_wrong(board, place, self._of_project(place))]
            report.contradictions += [f"board of {place.email}: {one}" for one in found[:SHOWN]]
        by_id = {place.id: place for place in self.places}
        report.events = sum(place.head - seq_of(place.start) for place in self.places)
        for number, watcher in enumerate(self.watchers):
            place = by_id[watcher.workspace_id]
            report.received += watcher.seen
            report.connections += watcher.connections
            report.cuts += watcher.cuts
            report.lags += watcher.lags
            found = list(watcher.contradictions)
            if (watcher.position, watcher.seen) != (place.head, place.head - seq_of(place.start)):
                found.append(f"is at {watcher.position} of {place.head} with {watcher.seen} events")
            report.contradictions += [f"client {number}: {one}" for one in found[:SHOWN]]

    async def _place(self, email: str) -> Place:
        values = {"email": email, "password": "correct horse battery", "name": "P"}
        token = (await self._ask("", REGISTER, i=values))["authRegister"]["accessToken"]
        home = await self._ask(token, HOME)
        workspace = home["organizations"]["nodes"][0]["workspaces"]["nodes"][0]["id"]
        project = (await self._ask(token, PROJECT, w=workspace))["projectCreate"]["project"]["id"]
        cards = [(await self._ask(token, CARD, p=project))["cardCreate"]["card"]["id"] for _ in range(CARDS)]
        start = (await self._ask(token, CURSOR, id=workspace))["node"]["cursor"]
        return Place(email, token, workspace, project, cards, start, seq_of(start))

    async def _reader(self, place: Place, person: Place) -> Reader:
        """Have the owner of another place watch what they are told of one."""
        invited = await self._ask(place.token, INVITE, w=place.id, e=person.email)
        await self._ask(person.token, ACCEPT, t=invited["workspaceMemberInvite"]["token"])
        await self._ask(place.token, JOIN, p=place.project, e=person.email)
        async with asyncio.timeout(PATIENCE):
            while not (await self._ask(person.token, MINE))["viewer"]["unreadNotificationCount"]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        # Anew: a cursor may be older than what was read beside it.
        mine = (await self._ask(person.token, MINE))["viewer"]
        chance = random.Random(self.chance.randrange(2**32))
        over_sse = chance.random() < 0.3
        return Reader("", person.token, mine["notificationsCursor"], over_sse, self._address, chance)

    async def _count_activities(self) -> None:
        """What happened to the cards of each place, writes whose answer was lost included."""
        for _, place in self.readers:
            found = await self._ask(place.token, ACTIVITY, p=place.project)
            lists = [card["activity"] for card in found["project"]["cards"]["nodes"]]
            assert not any(one["pageInfo"]["hasNextPage"] for one in lists), "more than one page of activity"
            place.happened = [one["id"] for each in lists for one in each["nodes"] if one["type"] == "CARD_UPDATED"]
            place.activities = len(place.happened)

    async def _read(self, place: Place) -> None:
        """What the agent board's interface answers of the project."""
        async with httpx.AsyncClient(verify=NO_TLS, timeout=30.0) as http:
            url, headers = f"http://{self._address()}/api/projects", {"authorization": f"Bearer {place.token}"}
            projects = (await http.get(url, headers=headers)).json()["data"]
            cards = (await http.get(f"{url}/{place.project}/cards", headers=headers)).json()["data"]
        place.name = next(project["name"] for project in projects if project["id"] == place.project)
        place.titles = {card["id"]: card["title"] for card in cards}

    def _of_project(self, place: Place) -> list[int]:
        """The events of the project, as one client got them that got most."""
        return max((watcher.of_project for watcher in self.watchers if watcher.workspace_id == place.id), key=len)

    async def _write(self, place: Place) -> None:
        chance = random.Random(self.chance.randrange(2**32))
        async with httpx.AsyncClient(verify=NO_TLS, timeout=30.0) as http:
            while self.written < self.wanted:
                name = str(chance.random())
                if chance.random() < DELETIONS:
                    await self._come_and_go(http, place)
                many = chance.random() < 0.3
                query, values = (BATCH, {"ids": place.cards}) if many else (RENAME, {"id": place.project})
                try:
                    data = await self._send(http, place.token, query, {**values, "n": name})
                except (httpx.HTTPError, ValueError):
                    self.refused += 1  # its outcome is open: the log says in the end
                    await asyncio.sleep(chance.uniform(0.05, 0.3))
                    continue
                ((_, payload),) = data.items()
                place.head = max(place.head, seq_of(payload["cursor"]))
                place.written += CARDS if many else 1
                place.activities += CARDS if many else 0

    async def _come_and_go(self, http: httpx.AsyncClient, place: Place) -> None:
        """Make a project that one part does not take, and delete it."""
        cards = [{"title": f"C{number}"} for number in range(LARGE)]
        try:
            made = await self._send(
                http, place.token, IMPORT, {"w": place.id, "i": {"project": {"name": "L"}, "cards": cards}}
            )
            project = made["projectImport"]["project"]["id"]
            gone = await self._send(http, place.token, DELETE, {"id": project})
        except (httpx.HTTPError, ValueError):
            self.refused += 1
            return
        place.head = max(place.head, seq_of(gone["projectDelete"]["cursor"]))

    async def _ask(self, token: str, query: str, **variables: Any) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(verify=NO_TLS, timeout=30.0) as http:
            while True:
                try:
                    return await self._send(http, token, query, variables)
                except (httpx.HTTPError, ValueError):
                    await asyncio.sleep(0.2)

    async def _send(self, http: httpx.AsyncClient, token: str, query: str, variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = (await http.post(f"http://{self._address()}/graphql", json=body, headers=headers)).json()
        if "errors" in answer:
            raise ValueError(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    def _address(self) -> str:
        return self.servers.some_address(self.chance)

    async def _heads(self) -> None:
        """What the log says in the end, writes whose answer was lost included, which may still be on their way."""
        before: list[int] = []
        while before != (now := [await self._head(place) for place in self.places]):
            before = now
            await asyncio.sleep(STILL_SECONDS)
        for place, head in zip(self.places, now, strict=True):
            place.head = head

    async def _head(self, place: Place) -> int:
        return seq_of((await self._ask(place.token, CURSOR, id=place.id))["node"]["cursor"])

    async def _until_written(self, count: int) -> None:
        while self.written < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def _caught_up(self, after: str) -> None:
        """Wait until every client has got what was written before now."""
        clock = asyncio.get_running_loop().time
        heads = {place.id: place.head for place in self.places}
        wanted = [(reader, place.activities) for reader, place in self.readers]
        started = clock()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._late(heads, wanted):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        took = clock() - started
        self.report.catch_up_seconds.append(round(took, 2))
        self.tell(f"{self.written} events; caught up on {after} in {took:.2f} s")
        if took > CATCH_UP_SECONDS:
            late = self._late(heads, wanted)
            self.report.contradictions.append(f"{took:.1f} s to catch up after {after}; {late} clients never did")

    def _late(self, heads: Mapping[str, int], wanted: Sequence[tuple[Reader, int]]) -> int:
        """How many have not got what there was."""
        late = sum(watcher.position < heads[watcher.workspace_id] for watcher in self.watchers)
        late += sum(board.of_project[-1:] < self._of_project(place)[-1:] for board, place in self.boards)
        return late + sum(len(reader.told) < count for reader, count in wanted)

    async def _show(self, tell: Callable[[int], None]) -> None:
        while True:
            tell(self.written)
            await asyncio.sleep(0.2)


def _told_wrong(reader: Reader, place: Place) -> list[str]:
    """What is wrong with what somebody was told: each activity once, and in the order in which they happened."""
    told = [one["activity"]["id"] for one in reader.told]
    found: list[str] = []
    if sorted(told) != sorted(place.happened):
        found.append(f"told {len(told)} times of {len(set(told))} of {len(place.happened)} activities")
    times = [one["activity"]["createdAt"] for one in reader.told]
    if times != sorted(times):
        found.append("told in another order")
    return found


def _shown_wrong(board: BoardWatcher, place: Place, of_project: list[int]) -> list[str]:
    """What is wrong with what a client of the agent board was told: each event once, and with them as a fresh read."""
    found: list[str] = []
    if board.of_project != of_project:
        found.append(f"told {len(board.of_project)} of {len(of_project)} events")
    if (board.name, board.titles) != (place.name, place.titles):
        found.append("keeps another project than a fresh read shows")
    return found


def schedule(servers: Servers, *, long: bool) -> list[Fault]:
    """What is killed, in this order."""
    faults: list[Fault] = [
        ("gateway 0 killed", lambda: servers.kill_gateway(0)),
        ("redis killed for 1 s", lambda: servers.kill_redis(1.0)),
        ("database killed", servers.kill_database),
    ]
    if long:
        faults += [
            ("redis killed for 20 s", lambda: servers.kill_redis(20.0)),
            ("gateway 1 killed", lambda: servers.kill_gateway(1, 3.0)),
            ("database killed again", servers.kill_database),
            ("both gateways killed", lambda: _both(servers)),
            ("gateway 0 killed again", lambda: servers.kill_gateway(0, 0.0)),
            ("gateway 1 killed again", lambda: servers.kill_gateway(1, 0.0)),
        ]
    return faults


async def _both(servers: Servers) -> None:
    await asyncio.gather(servers.kill_gateway(0), servers.kill_gateway(1))


async def run(folder: Path, arguments: argparse.Namespace) -> Report:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    servers = Servers(folder)
    task = asyncio.current_task()
    assert task is not None
    # So that what was started is ended, too.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        shown: TaskID = progress.add_task("events", total=arguments.events)
        try:
            await servers.start()
            check = Check(
                servers,
                console.log,
                clients=arguments.clients,
                workspaces=arguments.workspaces,
                boards=arguments.boards,
                events=arguments.events,
                seed=arguments.seed,
            )
            await check.set_up()
            faults = schedule(servers, long=not arguments.short)
            await check.run(faults, lambda written: progress.update(shown, completed=written))
            for gateway in servers.gateways:
                check.report.contradictions += [
                    f"{gateway.folder.name} said: {told}" for told in tracebacks(gateway.log())
                ]
            return check.report
        finally:
            await servers.stop()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--workspaces", type=int, default=20)
    parser.add_argument("--boards", type=int, default=20, help="clients of the agent board")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--short", action="store_true", help="three faults instead of nine")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    logging.basicConfig(level="CRITICAL")
    with tempfile.TemporaryDirectory(prefix="orrery-history-") as folder:
        report = asyncio.run(run(Path(folder), arguments))
    print(json.dumps({"seed": arguments.seed, **asdict(report)}, indent=2))
    return 1 if report.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())
