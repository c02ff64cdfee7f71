"""Kills processes that follow automations again and again while cards are made and moved, and says what each rule did.

    python -m tests.faults.automations_killed --events 10000 --processes 4 --seconds 3600

The processes share leases by twos, so that two work at any time, and meet. It prints a JSON object: how many events,
kills and traces there were, and every contradiction between the events, the traces and what was done.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import random
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bson import ObjectId

from auth.jwt import JwtSigner
from auth.subject import ANONYMOUS
from gateway.cli.console import Steps, steps
from gateway.database import open_database
from gateway.direct import acting, open_services
from gateway.embedded import EmbeddedDatabase
from gateway.follower import Follower, Pace, automations
from gateway.settings import Settings
from models import AutomationProgress, AutomationTrace, Comment, LoggedEvent, StreamHead
from models.base import collection, timestamp, utc_now
from models.enums import AutomationTrigger as Trigger
from models.errors import RateLimited
from models.records import AutomationProgressRecord, AutomationRecord, LoggedEventRecord
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.presence import Presence
from resolvers.account.account import register
from resolvers.automation.automation import create_automation
from resolvers.automation.follow import UNWRITTEN, Automations, follow
from resolvers.automation.run import MAX_DEPTH, TOO_DEEP
from resolvers.card.card import create_card
from resolvers.card.update import move_card
from resolvers.column.column import create_column
from resolvers.inputs.account import AuthRegister
from resolvers.inputs.automation import AutomationCreate
from resolvers.inputs.card import CardCreate, CardMove
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.organization.organization import create_organization
from resolvers.project.project import create_project
from resolvers.workspace.workspace import create_workspace
from tests.gateway.process import ROOT

ALL = 10**9
"""No automation of the run is disabled for being set off too often."""
WRITERS = 24
PAUSE = 15.0
"""Seconds between a kill and the next, about. What a killed process has held others wait for, for as long as ALIVE, and
the start of another one takes the processors from them for as long again."""
SHOWN = 5
PACE = Pace(poll=0.3, lease=1.0, rest=0.05)
ALIVE = 1.5
"""Seconds without a sign of life after which others end what a process has left open. As long as gateways wait for, the
run would stand still most of the time."""
LOOPS, DATES = 10, 20


@dataclass(slots=True)
class Report:
    events: int = 0
    kills: int = 0
    traces: int = 0
    seconds: float = 0.0
    contradictions: list[str] = field(default_factory=list)

    def expect(self, what: str, culprits: Sequence[object]) -> None:
        if culprits:
            some = ", ".join(str(culprit) for culprit in culprits[:SHOWN])
            self.contradictions.append(f"{len(culprits)} {what}: {some}")


@dataclass(slots=True)
class Board:
    """A project whose cards set off `noting` by being made, and `moved` by coming to the second column; those that
    `loop` move a card with the description "loop" back and forth; `due` waits for dates."""

    owner: Context
    workspace_id: ObjectId
    project_id: ObjectId
    columns: list[ObjectId]
    noting: AutomationRecord
    moved: AutomationRecord
    loop: list[AutomationRecord]
    due: AutomationRecord

    @property
    def ctx(self) -> Context:
        return Context(self.owner.subject, self.owner.services)


def settings(url: str, folder: Path) -> Settings:
    given = {"ORRERY_MONGODB_URL": url, "ORRERY_DATA_DIR": str(folder), "ORRERY_BUS_URL": "mongodb"}
    return Settings.from_env({**given, "ORRERY_SECRET_KEY": "test-" * 10})


async def run(folder: Path, arguments: argparse.Namespace) -> Report:
    chance, report, began = random.Random(arguments.seed), Report(), time.monotonic()
    database = EmbeddedDatabase(folder / "database")
    url = await database.start()
    try:
        async with open_services(settings(url, folder / "parent")) as services:
            boards = [await _set_up(services, number) for number in range(2)]
            start = partial(_start, url, folder)
            followers = [await start(number) for number in range(arguments.processes)]
            killing = asyncio.create_task(_kill(followers, start, arguments.pause, chance, report))
            with steps() as told:
                told.begin("Cards are made and moved", arguments.events)
                until = time.monotonic() + arguments.seconds
                await _write(boards, arguments.events // 2, chance, told, until)
                await _caught_up(boards, told)
            killing.cancel()
            await asyncio.wait([killing])
            for process in followers:
                await _end(process)
            await _follow_the_rest(services)
            for board in boards:
                await _check(board, report)
            report.seconds = round(time.monotonic() - began, 1)
    finally:
        await database.stop()
    return report


async def _set_up(services: Services, number: int) -> Board:
    values = AuthRegister(email=f"owner-{number}@example.com", password="correct horse battery", name="Owner")
    owner = acting(services, (await register(Context(ANONYMOUS, services), values)).user["_id"])
    dome = OrganizationCreate(name="Dome", slug=f"dome-{number}")
    organization = (await create_organization(owner, dome)).value
    night = WorkspaceCreate(organization_id=organization["_id"], name="Night", slug="night")
    workspace_id = (await create_workspace(Context(owner.subject, services), night)).value["_id"]
    survey = ProjectCreate.of(workspace_id=workspace_id, name="Survey")
    project_id = (await create_project(Context(owner.subject, services), survey)).value["_id"]
    columns = []
    for name in ("First", "Second", "Third", "Fourth"):
        column = ColumnCreate.of(project_id=project_id, name=name)
        columns.append((await create_column(Context(owner.subject, services), column)).value["_id"])

    async def automate(trigger: Trigger, action: dict[str, Any], **conditions: Any) -> AutomationRecord:
        given = {"projectId": project_id, "trigger": trigger, "action": action, "conditions": conditions}
        made = await create_automation(Context(owner.subject, services), read_input(AutomationCreate, given))
        return made.value

    second, third, fourth = map(str, columns[1:])
    noting = await automate(Trigger.TASK_CREATED, {"type": "add_comment", "content": "made"})
    moved = await automate(Trigger.TASK_MOVED, {"type": "add_comment", "content": "moved"}, to=second)
    loop = [
        await automate(Trigger.TASK_MOVED, {"type": "move_card", "columnId": there}, to=here)
        for here, there in ((third, fourth), (fourth, third))
    ]
    due = await automate(Trigger.DUE_DATE_REACHED, {"type": "add_comment", "content": "due"})
    return Board(owner, workspace_id, project_id, columns, noting, moved, loop, due)


async def _write(boards: Sequence[Board], pairs: int, chance: random.Random, told: Steps, until: float) -> None:
    """Make and move cards: two events each, and before those, cards whose dates come soon, and that loop.

    No more of them are begun after `until`, by the monotonic clock.
    """
    for board in boards:
        for number in range(DATES):
            await _card(board, dueDate=timestamp(utc_now() + timedelta(seconds=2, milliseconds=number + 1)))
        for _ in range(LOOPS):
            card_id = await _card(board)
            await _again(move_card, board, card_id, CardMove.of(column_id=board.columns[2]))
    left = iter(range(pairs))

    async def writer() -> None:
        for number in left:
            if time.monotonic() > until:
                return
            board = boards[number % len(boards)]
            card_id = await _card(board)
            await _again(move_card, board, card_id, CardMove.of(column_id=board.columns[1]))
            told.advance(2)
            await asyncio.sleep(chance.uniform(0, 0.01))

    await asyncio.gather(*(writer() for _ in range(WRITERS)))


async def _card(board: Board, **values: Any) -> ObjectId:
    given = {"projectId": board.project_id, "columnId": board.columns[0], "title": "Card", **values}
    made = await _again(create_card, board, read_input(CardCreate, given))
    return ObjectId(made.value["_id"])


async def _again(operation: Any, board: Board, *arguments: Any) -> Any:
    """A request, sent again where a killed process has left its locks behind."""
    while True:
        try:
            return await operation(board.ctx, *arguments)
        except RateLimited:
            await asyncio.sleep(0.2)


async def _start(url: str, folder: Path, number: int) -> Process:
    arguments = [f"--follow={url}", f"--folder={folder / str(number)}", f"--lease={number % 2}"]
    module = "tests.faults.automations_killed"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdin=DEVNULL, stdout=DEVNULL
    )


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    await process.wait()


async def _kill(
    followers: list[Process],
    start: Callable[[int], Awaitable[Process]],
    pause: float,
    chance: random.Random,
    report: Report,
) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.2, 1.8) * pause)
        number = chance.randrange(len(followers))
        await _end(followers[number])
        report.kills += 1
        followers[number] = await start(number)


async def _caught_up(boards: Sequence[Board], told: Steps) -> None:
    """Wait until all that happened has been seen, and dates have been looked at since."""
    began, through = utc_now(), 0
    told.begin("Automations follow", sum([(await _place(board))[0] for board in boards]))
    while True:
        await asyncio.sleep(0.5)
        places = [await _place(board) for board in boards]
        read = sum(progress["seq"] for _, progress in places)
        told.advance(read - through)
        through = read
        if all(seq - progress["seq"] < UNWRITTEN and _looked(progress, began) for seq, progress in places):
            return


async def _place(board: Board) -> tuple[int, AutomationProgressRecord]:
    """How long the history of a board's workspace is, and how far automations have come in it."""
    head = await collection(StreamHead).find_one({"_id": board.workspace_id})
    progress = await collection(AutomationProgress).find_one({"_id": board.workspace_id})
    assert head is not None
    assert progress is not None
    return head["seq"], progress


async def _follow_the_rest(services: Services) -> None:
    """Do what is left to do, once what killed processes have left open is ended."""
    while True:
        try:
            return await follow(services, per_minute=ALL)
        except RateLimited:
            await asyncio.sleep(1)


def _looked(progress: AutomationProgressRecord, since: datetime) -> bool:
    return progress["due_through"] is not None and progress["due_through"] >= since


async def _check(board: Board, report: Report) -> None:
    events = await collection(LoggedEvent).find({"stream_id": board.workspace_id}).sort("seq", 1).to_list()
    traces = await collection(AutomationTrace).find({"workspace_id": board.workspace_id}).to_list()
    comments = await collection(Comment).find({"project_id": board.project_id}).to_list()
    of_rule = {rule: [trace for trace in traces if trace["automation_id"] == rule] for rule in _rules(board)}
    created = [event for event in events if event["type"] == "CardCreated"]
    moved = [event for event in events if event["type"] == "CardMoved"]
    report.events += len(created) + len(moved)
    report.traces += len(traces)
    to_second = [event for event in moved if event["data"]["to_column_id"] == board.columns[1]]
    for rule, set_off, said in ((board.noting, created, "made"), (board.moved, to_second, "moved")):
        told = Counter(trace["event_id"] for trace in of_rule[rule["_id"]] if trace["status"] == "success")
        wanted = Counter(event["_id"] for event in set_off)
        report.expect(f"events that '{said}' did not act on once", sorted((wanted - told) + (told - wanted)))
        written = Counter(comment["card_id"] for comment in comments if comment["content"] == said)
        wanted = Counter(map(_card_of, set_off))
        report.expect(f"cards without one comment '{said}' each", sorted((wanted - written) + (written - wanted)))
    dated = {_card_of(event) for event in created if event["data"]["card"]["due_date"] is not None}
    said_due = Counter(comment["card_id"] for comment in comments if comment["content"] == "due")
    report.expect(
        "dates that were not told once", sorted(Counter(dated) - said_due) + sorted(said_due - Counter(dated))
    )
    _check_loops(board, moved, [trace for rule in board.loop for trace in of_rule[rule["_id"]]], report)
    ran = Counter(event["data"]["trace"]["_id"] for event in events if event["type"] == "AutomationRan")
    wanted = Counter(trace["_id"] for trace in traces)
    report.expect("traces without one event", sorted((ran - wanted) + (wanted - ran)))
    failed = [trace["error"] for trace in traces if trace["status"] == "failure" and trace["error"] != TOO_DEEP]
    report.expect("failures", failed)
    holes = [event["seq"] for place, event in enumerate(events, 1) if event["seq"] != place]
    report.expect("holes or doubles in the log", holes)


def _card_of(event: LoggedEventRecord) -> ObjectId:
    return ObjectId(event["data"]["card"]["_id"])


def _rules(board: Board) -> list[ObjectId]:
    return [rule["_id"] for rule in (board.noting, board.moved, board.due, *board.loop)]


def _check_loops(board: Board, moved: list[LoggedEventRecord], traces: list[Any], report: Report) -> None:
    looped = {event["card_id"] for event in moved if event["data"]["to_column_id"] == board.columns[2]}
    caused = Counter(event["card_id"] for event in moved if event.get("cause") is not None)
    report.expect("loops that did not end after five", [card for card in looped if caused[card] != MAX_DEPTH])
    ended = Counter(trace["card_id"] for trace in traces if trace["error"] == TOO_DEEP)
    report.expect("loops whose end is not told once", [card for card in looped if ended[card] != 1])
    report.expect("loops that are missing", [] if len(looped) == LOOPS else [len(looped)])


async def follow_until_killed(url: str, folder: Path, lease: str) -> None:
    """What a process does: it follows, under one of the leases."""
    chosen = settings(url, folder)
    async with open_database(chosen, prepared=True) as database:
        hub = Hub(EventLog(database.client), chosen.bus)
        await hub.start()
        await Presence(database.client, hub.log, lease=ALIVE).start()
        services = Services(hub, Guard(), JwtSigner(chosen.secret_key), chosen.jwt_expires_in, chosen.base_url)
        followed = Automations(services, per_minute=ALL)
        work = automations(services)
        work = replace(
            work, name=f"{work.name}-{lease}", follow=followed.follow_some, is_about=followed.hears, trims=()
        )
        await Follower(services, work, pace=PACE).start()
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long cards are made and moved at most")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--follow", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--lease", default="0")
    parser.add_argument("--pause", type=float, default=PAUSE)
    arguments = parser.parse_args()
    logging.basicConfig(level="CRITICAL")
    if arguments.follow:
        asyncio.run(follow_until_killed(arguments.follow, arguments.folder, arguments.lease))
        return 0
    with tempfile.TemporaryDirectory(prefix="orrery-faults-") as folder:
        report = asyncio.run(run(Path(folder), arguments))
    print(json.dumps({"seed": arguments.seed, **asdict(report)}, indent=2))
    return 1 if report.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())
