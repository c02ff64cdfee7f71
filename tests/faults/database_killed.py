"""Kills the embedded database again and again while cards are written, and says what became of every write.

    python -m tests.faults.database_killed --kills 20

A program of its own, since documents are bound to one database per process. It prints a JSON object: how much was
written, and every contradiction between what was acknowledged, the cards, the events and a live subscription.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bson import ObjectId

from auth.subject import ANONYMOUS
from gateway.direct import acting, open_services
from gateway.follower import Follower, notifications
from gateway.locking import holder
from gateway.settings import Settings
from models import Activity, Card, LoggedEvent, Notification
from models.base import Record, collection
from models.ids import Kind, id_inside
from models.records import LoggedEventRecord
from resolvers.account.account import register
from resolvers.card.card import create_card
from resolvers.column.column import create_column
from resolvers.inputs.account import AuthRegister
from resolvers.inputs.card import CardCreate
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.project import ProjectCreate, ProjectMemberAdd
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context, Services
from resolvers.member.project_member import add_project_member
from resolvers.notification.follow import follow
from resolvers.organization.organization import create_organization
from resolvers.project.project import create_project
from resolvers.workspace.workspace import create_workspace

WRITERS = 8
BETWEEN = (0.0, 1.0)
"""Seconds between the first write after a restart and the next kill."""
CALM_WRITES = 20
CATCH_UP_SECONDS = 20.0
SHOWN = 5


@dataclass(slots=True)
class Board:
    """Where the writers write: `reader` is the other member of the project, who is notified of every card."""

    owner: Context
    reader_id: ObjectId
    workspace_id: ObjectId
    project_id: ObjectId
    column_id: ObjectId


@dataclass(slots=True)
class Writes:
    """What the writers were told: the seq of each acknowledged card, and those whose outcome is open."""

    acknowledged: dict[ObjectId, int] = field(default_factory=dict)
    open: list[ObjectId] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    stopping: bool = False


@dataclass(slots=True)
class Report:
    kills: int
    acknowledged: int
    unacknowledged: int
    of_these_written: int
    events: int
    failures: dict[str, int]
    contradictions: list[str] = field(default_factory=list)

    def expect(self, what: str, culprits: Sequence[object]) -> None:
        if culprits:
            some = ", ".join(str(one) for one in culprits[:SHOWN])
            self.contradictions.append(f"{len(culprits)} {what}: {some}")


async def run(data: Path, kills: int, seed: int) -> Report:
    chance = random.Random(seed)
    settings = Settings.from_env({"ORRERY_DATA_DIR": str(data), "ORRERY_SECRET_KEY": "test-" * 10})
    async with open_services(settings) as services:
        board = await _set_up(services)
        writes = Writes()
        seen: list[int] = []
        start = (await services.hub.log.head(board.workspace_id)).seq
        follower = Follower(services, notifications(services))
        await follower.start()
        live = await services.hub.subscribe(board.workspace_id, lambda _: True)
        watcher = asyncio.create_task(_watch(live.events(), seen))
        writers = [asyncio.create_task(_write(board, writes)) for _ in range(WRITERS)]
        for _ in range(kills):
            await _until_written(writes, 1)
            await asyncio.sleep(chance.uniform(*BETWEEN))
            await _kill(data / "db.pid")
        await _until_written(writes, CALM_WRITES)
        writes.stopping = True
        await asyncio.gather(*writers)
        await follower.stop()
        await follow(services)
        report = await _check(board, writes, kills)
        last = (await services.hub.log.head(board.workspace_id)).seq
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while (seen[-1] if seen else start) < last:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        live.close()
        await watcher
        wanted = list(range(start + 1, last + 1))
        if seen != wanted:
            report.expect("events missed or doubled by the subscription", sorted(set(wanted) ^ set(seen)) or seen)
        return report


async def _set_up(services: Services) -> Board:
    async def person(name: str) -> Context:
        values = AuthRegister(email=f"{name}@example.com", password="correct horse battery", name=name)
        return acting(services, (await register(Context(ANONYMOUS, services), values)).user["_id"])

    def again(ctx: Context) -> Context:
        return Context(ctx.subject, services)

    owner, reader = await person("owner"), await person("reader")
    organization = (await create_organization(owner, OrganizationCreate(name="Dome", slug="dome"))).value
    workspace = WorkspaceCreate(organization_id=organization["_id"], name="Night", slug="night")
    workspace_id = (await create_workspace(again(owner), workspace)).value["_id"]
    invite = WorkspaceMemberInvite(email="reader@example.com")
    invitation = (await invite_workspace_member(again(owner), workspace_id, invite)).value
    await accept_invitation(reader, invitation.token or "")
    project = (await create_project(again(owner), ProjectCreate.of(workspace_id=workspace_id, name="Survey"))).value
    await add_project_member(again(owner), project["_id"], ProjectMemberAdd(email="reader@example.com"))
    column = (await create_column(again(owner), ColumnCreate.of(project_id=project["_id"], name="To do"))).value
    return Board(again(owner), reader.user_id, workspace_id, project["_id"], column["_id"])


async def _write(board: Board, writes: Writes) -> None:
    while not writes.stopping:
        card_id = id_inside(Kind.CARD, board.project_id)
        values = CardCreate.of(id=card_id, project_id=board.project_id, column_id=board.column_id, title=str(card_id))
        try:
            written = await create_card(Context(board.owner.subject, board.owner.services), values)
        except Exception as error:
            writes.open.append(card_id)
            writes.failures[type(error).__name__] += 1
            await asyncio.sleep(0.05)
        else:
            writes.acknowledged[card_id] = written.cursor.seq


async def _watch(events: AsyncIterator[Record | None], seen: list[int]) -> None:
    async for event in events:
        if event is not None and event["seq"] is not None:
            seen.append(event["seq"])  # noqa: PERF401  (read while it grows)


async def _until_written(writes: Writes, more: int) -> None:
    wanted = len(writes.acknowledged) + more
    while len(writes.acknowledged) < wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def _kill(pid_file: Path) -> None:
    while (pid := holder(pid_file)) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    os.kill(pid, signal.SIGKILL)


async def _check(board: Board, writes: Writes, kills: int) -> Report:
    cards = {card["_id"] for card in await collection(Card).find({}, {"_id": 1}).to_list()}
    events = await _events(board.workspace_id)
    created = Counter(event["card_id"] for event in events if event["type"] == "CardCreated")
    activities = Counter(
        one["card_id"] for one in await collection(Activity).find({"card_id": {"$ne": None}}).to_list()
    )
    report = Report(
        kills=kills,
        acknowledged=len(writes.acknowledged),
        unacknowledged=len(writes.open),
        of_these_written=sum(one in cards for one in writes.open),
        events=len(events),
        failures=dict(writes.failures),
    )
    tried = [*writes.acknowledged, *writes.open]
    at = {event["card_id"]: event["seq"] for event in events if event["type"] == "CardCreated"}
    report.expect("acknowledged cards are missing", [one for one in writes.acknowledged if one not in cards])
    report.expect(
        "acknowledged cards have another cursor than their event",
        [one for one, seq in writes.acknowledged.items() if at.get(one) != seq],
    )
    report.expect("cards without exactly one event", [one for one in cards if created[one] != 1])
    report.expect("events of cards that are not there", [one for one in created if one not in cards])
    report.expect("cards without exactly one activity", [one for one in cards if activities[one] != 1])
    report.expect("activities of cards that are not there", [one for one in activities if one not in cards])
    report.expect("cards that nobody wrote", sorted(cards - set(tried)))
    report.expect("holes or doubles in the workspace's log", _irregular(events))
    personal = await _events(board.reader_id)
    report.expect("holes or doubles in the reader's log", _irregular(personal))
    own = {"user_id": board.reader_id}
    notified = await collection(Notification).find(own).sort("number", 1).to_list()
    received = [event["data"] for event in personal if event["type"] == "NotificationReceived"]
    told = [one["activity"]["card_id"] for one in received if one["activity"]["type"] == "card_created"]
    if told != sorted(cards, key=lambda one: at.get(one, 0)):
        report.expect("cards that the reader was not told of once", [one for one in cards if told.count(one) != 1])
        report.contradictions.append("the reader was told in another order")
    if [one["notification"] for one in received] != notified:
        report.contradictions.append(f"{len(notified)} notifications, {len(received)} other events of them")
    return report


async def _events(stream_id: ObjectId) -> list[LoggedEventRecord]:
    return await collection(LoggedEvent).find({"stream_id": stream_id}).sort("seq", 1).to_list()


def _irregular(events: Sequence[LoggedEventRecord]) -> list[int]:
    return [event["seq"] for place, event in enumerate(events, 1) if event["seq"] != place]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    logging.basicConfig(level="CRITICAL")
    with tempfile.TemporaryDirectory(prefix="orrery-faults-") as folder:
        report = asyncio.run(run(Path(folder), arguments.kills, arguments.seed))
    print(json.dumps({"seed": arguments.seed, **asdict(report)}, indent=2))
    return 1 if report.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())
