"""A worker of `jobs_killed`: a process that claims jobs and completes them until it is killed."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson import ObjectId

from auth.jwt import JwtSigner
from gateway.database import open_database
from gateway.direct import acting
from gateway.jobs import Jobs, Pace
from models.errors import Conflict, RateLimited
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.presence import Presence
from resolvers.inputs.job import JobClaim, JobComplete
from resolvers.job import schedule
from resolvers.job.job import claim_jobs, complete_job
from resolvers.kit.context import Context, Services
from tests.faults.automations_killed import ALIVE, settings

WORKED = "worked"
"""The file in its folder that says that it has claimed something."""
LEASE, LATE = 4, 0.01
"""Seconds that a claim lasts, and how many of the jobs take their worker longer than that."""
BATCH = 3


@dataclass(frozen=True, slots=True)
class Work:
    """What the process of a worker is given: the database, a folder of its own, for whom it works, and on what."""

    url: str
    folder: Path
    number: int
    owner_id: ObjectId
    queue_ids: tuple[ObjectId, ...]


def work(given: Work) -> None:
    """What the process of a worker does. What it dies with is given back soon, the jobs of ticks too."""
    logging.basicConfig(level="CRITICAL")
    schedule.LEASE_SECONDS = LEASE
    asyncio.run(_work_until_killed(given))


async def _work_until_killed(given: Work) -> None:
    """It claims from each queue in turn, and says that it is done; sometimes too late."""
    chosen, chance = settings(given.url, given.folder), random.Random()
    late = given.folder / "late"
    async with open_database(chosen, prepared=True) as database:
        hub = Hub(EventLog(database.client), chosen.bus)
        await hub.start()
        await Presence(database.client, hub.log, lease=ALIVE).start()
        services = Services(hub, Guard(), JwtSigner(chosen.secret_key), chosen.jwt_expires_in, chosen.base_url)
        await Jobs(services, pace=Pace(poll=0.2)).start()
        subject = acting(services, given.owner_id).subject
        name = f"worker-{given.number}"
        while True:
            found = []
            for queue_id in given.queue_ids:
                asked = JobClaim(size=BATCH, worker=name)
                found += (await again(claim_jobs, Context(subject, services), queue_id, asked)).value
            if found:
                (given.folder / WORKED).touch()
            for job in found:
                await asyncio.sleep(chance.uniform(LEASE, LEASE + 1) if chance.random() < LATE else 0)
                result = {"worker": name, "claim": job["lease_token"]}
                ended = JobComplete(lease_token=job["lease_token"], result=result)
                try:
                    await again(complete_job, Context(subject, services), job["_id"], ended)
                except Conflict:
                    with late.open("a") as file:
                        file.write("1")
            await asyncio.sleep(0 if found else 0.1)


async def again(operation: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """A request, sent again where a killed process has left its locks behind."""
    while True:
        try:
            return await operation(*arguments)
        except RateLimited:
            await asyncio.sleep(0.2)
