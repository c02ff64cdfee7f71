"""Kills workers again and again while they share the jobs of two queues, and says what became of each job.

    python -m tests.faults.jobs_killed --jobs 2000 --processes 4

Each worker is a process with a clock of its own, as gateways have one, so that they also meet at every tick of a
schedule. They are forked from one that has loaded all, and one is killed only once it has claimed something, while
another works: however short the pauses are, it goes on. Some workers say too late that they are done. It prints a JSON
object: how many jobs, kills and lost claims there were, and every contradiction between the jobs, their history, and
what workers and queues count.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bson import ObjectId

from auth.subject import ANONYMOUS
from gateway.cli.console import Steps, steps
from gateway.direct import acting, open_services
from gateway.embedded import EmbeddedDatabase
from models import Job, LoggedEvent, Queue, Worker
from models.base import collection
from models.enums import JobState
from models.records import JobRecord
from resolvers.account.account import register
from resolvers.inputs.account import AuthRegister
from resolvers.inputs.job import FactoryUpdate, JobSubmit, ScheduleSubmit, ScheduleUpdate
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.job.factory import update_factory
from resolvers.job.job import submit_job
from resolvers.job.schedule import submit_schedule, update_schedule
from resolvers.job.state import LOST
from resolvers.kit.context import Context, Services
from resolvers.organization.organization import create_organization
from resolvers.workspace.workspace import create_workspace
from tests.faults.automations_killed import settings
from tests.faults.jobs_worker import LEASE, WORKED, Work, again, work

MOST = 10
"""Jobs that may be held at a time."""
SUBMITTERS, SHOWN = 20, 5
SKEW = timedelta(milliseconds=50)
"""Between the moment of a change and what it sees."""


@dataclass(slots=True)
class Report:
    jobs: int = 0
    kills: int = 0
    lost: int = 0
    late: int = 0
    ticks: int = 0
    given_up: int = 0
    seconds: float = 0.0
    contradictions: list[str] = field(default_factory=list)

    def expect(self, what: str, culprits: Sequence[object]) -> None:
        if culprits:
            some = ", ".join(str(culprit) for culprit in culprits[:SHOWN])
            self.contradictions.append(f"{len(culprits)} {what}: {some}")


@dataclass(slots=True)
class Place:
    """Where the jobs are: those to be done, and those that a schedule makes each second."""

    owner: Context
    workspace_id: ObjectId
    mails: ObjectId
    ticks: ObjectId
    schedule: ObjectId

    @property
    def ctx(self) -> Context:
        return Context(self.owner.subject, self.owner.services)


async def run(folder: Path, arguments: argparse.Namespace) -> Report:
    chance, report, began = random.Random(arguments.seed), Report(), time.monotonic()
    database = EmbeddedDatabase(folder / "database")
    url = await database.start()
    try:
        async with open_services(settings(url, folder / "parent")) as services:
            place = await _set_up(services)

            forked = get_context("forkserver")
            forked.set_forkserver_preload([work.__module__])

            def start(number: int) -> BaseProcess:
                (folder / str(number) / WORKED).unlink(missing_ok=True)
                assert place.owner.user_id is not None
                given = Work(url, folder / str(number), number, place.owner.user_id, (place.mails, place.ticks))
                process = forked.Process(target=work, args=(given,), daemon=True)
                process.start()
                return process

            processes = [start(number) for number in range(arguments.processes)]
            killing = asyncio.create_task(_kill(folder, processes, start, arguments.pause, chance, report))
            with steps() as told:
                await _submit(place, arguments.jobs, told)
                await _done(place, arguments.jobs, told)
            killing.cancel()
            await asyncio.wait([killing])
            for process in processes:
                _end(process)
            report.late = _late(folder)
            await _check(place, arguments.jobs, report)
            report.seconds = round(time.monotonic() - began, 1)
    finally:
        await database.stop()
    return report


async def _set_up(services: Services) -> Place:
    values = AuthRegister(email="owner@example.com", password="correct horse battery", name="Owner")
    owner = acting(services, (await register(Context(ANONYMOUS, services), values)).user["_id"])
    organization = (await create_organization(owner, OrganizationCreate(name="Dome", slug="dome"))).value
    night = WorkspaceCreate(organization_id=organization["_id"], name="Night", slug="night")
    workspace_id = (await create_workspace(Context(owner.subject, services), night)).value["_id"]
    tick = ScheduleSubmit.of(workspace_id=workspace_id, queue="Ticks", name="Tick", every_seconds=1)
    schedule = (await submit_schedule(Context(owner.subject, services), tick)).value
    first = (await submit_job(Context(owner.subject, services), _job(workspace_id, 0))).value
    await update_factory(Context(owner.subject, services), workspace_id, FactoryUpdate(max_concurrent=MOST))
    return Place(owner, workspace_id, first["queue_id"], schedule["queue_id"], schedule["_id"])


def _job(workspace_id: ObjectId, number: int) -> JobSubmit:
    limits = {"max_attempts": 100, "lease_seconds": LEASE, "backoff_ms": 0}
    return JobSubmit.of(workspace_id=workspace_id, queue="Mails", name="Send", key=f"job-{number}", **limits)


async def _submit(place: Place, jobs: int, told: Steps) -> None:
    told.begin("Jobs are submitted", jobs)
    left = iter(range(jobs))

    async def submit() -> None:
        for number in left:
            await again(submit_job, place.ctx, _job(place.workspace_id, number))
            told.advance()

    await asyncio.gather(*(submit() for _ in range(SUBMITTERS)))


async def _kill(
    folder: Path,
    processes: list[BaseProcess],
    start: Callable[[int], BaseProcess],
    pause: float,
    chance: random.Random,
    report: Report,
) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * pause)
        at_work = [number for number in range(len(processes)) if (folder / str(number) / WORKED).exists()]
        if len(at_work) > 1:
            number = chance.choice(at_work)
            _end(processes[number])
            report.kills += 1
            processes[number] = start(number)


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()


async def _done(place: Place, jobs: int, told: Steps) -> None:
    """Wait until nothing is open; the schedule rests once all else is done."""
    told.begin("Jobs are done", jobs)
    done = 0
    while done < jobs:
        await asyncio.sleep(0.5)
        now = jobs - await _open(place.mails)
        told.advance(now - done)
        done = now
    await again(update_schedule, place.ctx, place.schedule, ScheduleUpdate.of(is_enabled=False))
    left = 1
    while left:
        await asyncio.sleep(0.5)
        left = await _open(place.ticks)


def _late(folder: Path) -> int:
    """How many claims workers were told to have lost."""
    return sum(len(file.read_text()) for file in folder.glob("*/late"))


async def _open(queue_id: ObjectId) -> int:
    queue = await collection(Queue).find_one({"_id": queue_id})
    assert queue is not None
    return queue["open"]


async def _check(place: Place, wanted: int, report: Report) -> None:
    claims: list[tuple[datetime, datetime]] = []
    done = 0
    for queue_id in (place.mails, place.ticks):
        all_jobs = await collection(Job).find({"queue_id": queue_id}).to_list()
        given_up = [job for job in all_jobs if _is_given_up(job)]
        jobs = [job for job in all_jobs if not _is_given_up(job)]
        events = await collection(LoggedEvent).find({"stream_id": queue_id}).sort("seq", 1).to_list()
        report.expect("jobs that are not done", [job["key"] for job in jobs if job["state"] != JobState.COMPLETED])
        told = [(event["at"], event["data"]["job"]) for event in events if event["type"] == "JobChanged"]
        ends = Counter(job["_id"] for _, job in told if job["state"] == JobState.COMPLETED)
        twice = [job["key"] for job in jobs if ends[job["_id"]] != 1]
        report.expect("jobs that were not completed once", twice)
        others = [job["key"] for job in jobs if job["result"] != {"worker": job["worker"], "claim": job["lease_token"]}]
        report.expect("jobs that ended by another claim than the last", others)
        holes = [event["seq"] for number, event in enumerate(events, 1) if event["seq"] != number]
        report.expect("holes or doubles in a history", holes)
        counted = {"_id": queue_id, "open": 0, "completed": len(jobs), "failed": len(given_up)}
        report.expect("queues that count otherwise", [] if await collection(Queue).find_one(counted) else [queue_id])
        claims += _claims(told)
        done += len(jobs)
        if queue_id == place.mails:
            report.jobs = len(jobs)
            report.expect("jobs more or less than were submitted", [] if len(jobs) == wanted else [len(jobs)])
        else:
            report.ticks, report.given_up = len(jobs), len(given_up)
            report.expect("ticks while another one was open", _beside(told))
    report.expect("moments at which too many were held", _too_many(claims))
    workers = await collection(Worker).find({"workspace_id": place.workspace_id}).to_list()
    report.lost = sum(worker["lost"] for worker in workers)
    completed = sum(worker["completed"] for worker in workers)
    claimed = sum(worker["claimed"] for worker in workers)
    ended = (completed, claimed - report.lost)
    report.expect("workers that count otherwise", [] if ended == (done, done) else [ended, done])


def _is_given_up(job: JobRecord) -> bool:
    """Whether a job was lost as often as it may be begun: as those of ticks may be, which are begun three times."""
    return job["state"] == JobState.FAILED and job["error"] == LOST and job["attempts"] == job["max_attempts"]


def _claims(told: Sequence[tuple[datetime, Any]]) -> list[tuple[datetime, datetime]]:
    """From when to when each claim held its job, by the history."""
    claims: list[tuple[datetime, datetime]] = []
    begun: dict[ObjectId, tuple[datetime, datetime]] = {}
    for at, job in told:
        if (before := begun.pop(job["_id"], None)) is not None:
            claims.append((before[0], min(at, before[1])))
        if job["state"] == JobState.ACTIVE:
            begun[job["_id"]] = (at, job["lease_until"])
    return claims


def _too_many(claims: Sequence[tuple[datetime, datetime]]) -> list[datetime]:
    moments = [(begin, 1) for begin, _ in claims] + [(end - SKEW, -1) for _, end in claims]
    held, found = 0, []
    for moment, more in sorted(moments):
        held += more
        if held > MOST and more > 0:
            found.append(moment)
    return found


def _beside(told: Sequence[tuple[datetime, Any]]) -> list[ObjectId]:
    """The jobs that a schedule made before the one of before had ended."""
    found: list[ObjectId] = []
    last, is_open = None, False
    for _, job in told:
        if job["_id"] != last:
            found += [job["_id"]] if is_open else []
            last = job["_id"]
        is_open = job["state"] not in (JobState.COMPLETED, JobState.FAILED)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between a kill and the next, about")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    logging.basicConfig(level="CRITICAL")
    with tempfile.TemporaryDirectory(prefix="orrery-faults-") as folder:
        report = asyncio.run(run(Path(folder), arguments))
    print(json.dumps({"seed": arguments.seed, **asdict(report)}, indent=2))
    return 1 if report.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())
