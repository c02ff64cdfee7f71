"""Workers who share the jobs of a queue: how many jobs a second are claimed and completed, and what a claim takes.

`ORRERY_BENCH_JOBS` says how many jobs there are, 500 by default.
"""

import asyncio
import os
import secrets
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bench.flood import Person, newcomer
from bench.servers import Server, embedded, gateway
from bench.timing import percentile

JOBS, WORKERS = int(os.environ.get("ORRERY_BENCH_JOBS", "500")), 4
KINDS = ((10, False), (10, True), (5, False), (1, False))
"""How many jobs a claim is of, and whether the workspace has a limit of jobs that are held."""
SUBMITTERS = 20
PATIENCE = 60.0

QUEUE = 'mutation ($w: ID!) { queueCreate(input: {workspaceId: $w, name: "Jobs"}) { queue { id } } }'
SUBMIT = 'mutation ($q: ID!, $d: JSON) { jobCreate(input: {queueId: $q, name: "Send", data: $d}) { job { id } } }'
CLAIM = """
mutation ($q: ID!, $w: String!, $n: Int!) {
  jobClaim(id: $q, input: {worker: $w, size: $n}) { jobs { id leaseToken data } }
}
"""
COMPLETE = """
mutation ($j: ID!, $t: Int!) { jobComplete(id: $j, input: {leaseToken: $t, result: {sent: 1}}) { job { state } } }
"""
COMPLETE_ALL = """
mutation ($q: ID!, $j: [CompletedJobInput!]!) {
  jobBatchComplete(input: {queueId: $q, jobs: $j}) { results { job { state } error { code } } }
}
"""
LIMIT = "mutation ($w: ID!) { factoryUpdate(workspaceId: $w, input: {maxConcurrent: 100}) { cursor } }"


@dataclass(slots=True)
class Found:
    """What was measured; milliseconds of each request, and seconds of the processor."""

    done: int = 0
    seconds: float = 0.0
    claims: list[float] = field(default_factory=list)
    completions: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def jobs(_rounds: int) -> None:
    """Measure claims of ten jobs, without a limit and with one, of five and of one, and print the table."""
    table = Table(title=f"{JOBS} jobs of a queue, {WORKERS} workers", title_justify="left")
    for heading in (
        "jobs a claim",
        "limit",
        "jobs a second",
        "claim p50 / p99, ms",
        "completion p50 / p99, ms",
        "gateway, ms a job",
        "database, ms a job",
    ):
        table.add_column(heading, justify="left" if heading == "limit" else "right")
    for size, limited in KINDS:
        secret_key = secrets.token_hex(32)
        with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret_key) as ours:
            found = runner.run(_measure(ours, database, size, limited=limited))
        spent = (
            f"{percentile(kind, 0.5):.1f} / {percentile(kind, 0.99):.1f}" for kind in (found.claims, found.completions)
        )
        processor = (f"{seconds / JOBS * 1000:.1f}" for seconds in found.processor)
        table.add_row(str(size), "100 held" if limited else "none", f"{JOBS / found.seconds:.0f}", *spent, *processor)
    Console().print(table)


async def _measure(ours: Server, database: Server, size: int, *, limited: bool) -> Found:
    found = Found()
    async with httpx.AsyncClient(base_url=ours.url, timeout=PATIENCE) as client:
        person = await newcomer(client, "boss")
        queue = (await _ask(person, QUEUE, w=person.workspace_id))["queueCreate"]["queue"]["id"]
        if limited:
            await _ask(person, LIMIT, w=person.workspace_id)
        left = iter(range(JOBS))

        async def submit() -> None:
            for number in left:
                await _ask(person, SUBMIT, q=queue, d={"to": f"person-{number}@example.com"})

        await asyncio.gather(*(submit() for _ in range(SUBMITTERS)))
        servers = (ours, database)
        before, began = [server.seconds() for server in servers], perf_counter()
        await asyncio.gather(*(_work(person, queue, f"worker-{number}", size, found) for number in range(WORKERS)))
        found.seconds = perf_counter() - began
        found.processor = [server.seconds() - was for server, was in zip(servers, before, strict=True)]
    if found.done != JOBS:
        raise RuntimeError(f"{found.done} of {JOBS} jobs were completed")
    return found


async def _work(person: Person, queue: str, name: str, size: int, found: Found) -> None:
    """Claim some jobs and complete them, together where they are several, until none is left."""
    while True:
        began = perf_counter()
        claimed = (await _ask(person, CLAIM, q=queue, w=name, n=size))["jobClaim"]["jobs"]
        if not claimed:
            return
        found.claims.append((perf_counter() - began) * 1000)
        began = perf_counter()
        if size == 1:
            await _ask(person, COMPLETE, j=claimed[0]["id"], t=claimed[0]["leaseToken"])
        else:
            ended = [{"id": job["id"], "leaseToken": job["leaseToken"], "result": {"sent": 1}} for job in claimed]
            results = (await _ask(person, COMPLETE_ALL, q=queue, j=ended))["jobBatchComplete"]["results"]
            if any(result["error"] for result in results):
                raise RuntimeError(f"jobs were not completed: {results}")
        found.done += len(claimed)
        found.completions.append((perf_counter() - began) * 1000)


async def _ask(person: Person, query: str, **variables: Any) -> Any:
    answer = (await person.ask(query, **variables)).json()
    while "RATE_LIMITED" in str(answer.get("errors")):
        await asyncio.sleep(0.2)
        answer = (await person.ask(query, **variables)).json()
    if answer.get("errors"):
        raise RuntimeError(str(answer["errors"])[:300])
    return answer["data"]
