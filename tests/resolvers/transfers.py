"""What tests of imports by jobs are written with: a file that takes several parts, and workers that die."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from models import TransferJob
from models.base import Record, collection, utc_now
from models.enums import OnOddItem
from models.records import LoggedEventRecord, TransferJobRecord, WorkspaceRecord
from resolvers.inputs.transfer import ProjectImportStart
from resolvers.kit.context import Context, Services
from resolvers.transfer import write as transfer_write
from resolvers.transfer.job import start_import
from resolvers.transfer.plan import Plan
from resolvers.transfer.run import Worker
from resolvers.transfer.write import Part
from tests.resolvers.attaching import upload
from tests.resolvers.lab import again

COLUMNS, CARDS, RELATIONS, DOCUMENTS = 3, 45, 10, 6
TOTAL = CARDS + RELATIONS + DOCUMENTS
PARTS = 6
"""The project, three times cards, relations, documents, where a part has some 20 cards (`small_parts`)."""


def large(cards: int = CARDS) -> dict[str, Any]:
    """The file of a project of several parts, in which parts refer to others."""
    return {
        "project": {"name": "Large"},
        "scopes": [{"name": "Phase"}],
        "columns": [{"name": f"Column {n}", **({"scopeIndex": 0} if n == 2 else {})} for n in range(COLUMNS)],
        "labels": [{"name": "brass", "color": "#aa8800"}],
        "customFields": [{"name": "Level", "type": "select", "options": ["Low", "High"]}],
        "cards": [
            {
                "title": f"Card {n}",
                "columnIndex": n * COLUMNS // cards,
                "startedAt": "2026-01-01T00:00:00Z" if n % 4 else None,
                "completedAt": "2026-01-02T00:00:00Z" if n % 3 else None,
                "labels": ["brass", f"l{n % 5}"] if n % 2 else [],
                "customFields": [{"field": "Level", "value": "High" if n % 2 else "Low"}],
                "checklist": [{"title": "Step", "done": n % 3 == 0}],
                "comments": [{"content": f"Said of {n}", "createdAt": "2026-01-01T00:00:00Z"}] if n % 10 == 0 else [],
            }
            for n in range(cards)
        ],
        "relations": [{"type": "blocks", "source": n, "target": cards - 1 - n} for n in range(RELATIONS)],
        "documents": [
            {"title": f"Note {n}", "content": f"# {n}", "parentIndex": n - 1 if n % 3 else None, "cardIndexes": [n]}
            for n in range(DOCUMENTS)
        ],
    }


def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a part be of so few cards that small files have several."""
    monkeypatch.setattr(transfer_write, "CARDS_AT_ONCE", 20)


async def queue(
    caller: Context,
    workspace: WorkspaceRecord,
    content: dict[str, Any] | bytes | None = None,
    *,
    on_odd_item: OnOddItem = OnOddItem.REFUSE,
) -> TransferJobRecord:
    """A job that waits; of a large project unless something else is given."""
    given = large() if content is None else content
    sent = given if isinstance(given, bytes) else orjson.dumps(given)
    file = upload(sent, name="project.json", mime_type="application/json")
    values = ProjectImportStart(workspace_id=workspace["_id"], file=file, on_odd_item=on_odd_item)
    return (await start_import(again(caller), values)).value


def worker(services: Services, **options: Any) -> Worker:
    """A worker of a process of its own."""
    return Worker(services, uuid4().hex, **options)


async def run(services: Services, job: TransferJobRecord) -> Any:
    """The job, once a worker has carried out all that is due."""
    while await worker(services).run_next():
        pass
    return await stored_job(job)


async def stored_job(job: TransferJobRecord) -> Any:
    """The job as it is now."""
    found = await collection(TransferJob).find_one({"_id": job["_id"]})
    assert found is not None
    return found


async def expire(job: TransferJobRecord) -> None:
    """Let the time pass that a dead worker's hold of a job lasts."""
    past = utc_now() - timedelta(seconds=1)
    await collection(TransferJob).update_one({"_id": job["_id"]}, {"$set": {"lease_until": past}})


class Killed(BaseException):
    """A process that is gone: nothing that could still be done is done."""


@dataclass(frozen=True, slots=True)
class Dying(Worker):
    """A worker that dies before or after it writes some part."""

    before: int | None = None
    after: int | None = None

    async def _write(self, job: TransferJobRecord, plan: Plan, waiting: list[Part], number: int) -> TransferJobRecord:
        if number == self.before:
            raise Killed
        written = await Worker._write(self, job, plan, waiting, number)
        if number == self.after:
            raise Killed
        return written


def told_of(events: Iterable[LoggedEventRecord], job: TransferJobRecord) -> list[Record]:
    """What events tell of a job."""
    return [
        one["data"]["job"]
        for one in events
        if one["type"] == "TransferJobChanged" and one["data"]["job"]["_id"] == job["_id"]
    ]
