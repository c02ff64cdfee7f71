"""Carrying out runs of scripts: whichever gateway takes one holds it by a lease, and keeps every second what was
written.

A gateway that dies takes its sandboxes with it, and another one finds that its leases are over: the run is lost.
"""

import asyncio
from codecs import getincrementaldecoder
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from auth.subject import ANONYMOUS
from models import Project, ScriptRun
from models.base import collection, utc_now, with_changes
from models.errors import NotBound, OrreryError
from models.reach import LATER
from models.records import ScriptRunRecord
from models.script_status import ScriptStatus
from realtime.events.script import ScriptOutputAdded
from realtime.log import Change
from resolvers.kit.context import Context, Services
from resolvers.machine.reach import FIELDS, place_of
from resolvers.machine.worktrees import check_out_apart
from resolvers.script import sandbox
from resolvers.script.copies import copy_of, remove_copy
from resolvers.script.run import NOT_TOLD, OUTPUT, tell_run
from resolvers.worktree.spot import folder_of
from resolvers.worktree.worktree import reading

LEASE = timedelta(seconds=30)
MARGIN = timedelta(seconds=5)
"""A command ends so long before its lease does, where that cannot be kept."""
TELL_EVERY = 1.0
MAX_OUTPUT = 1024 * 1024
MAX_TOLD = 8 * 1024
_PIECE = 64 * 1024
REASONS = {
    "time": "[ended after 10 minutes]",
    "processes": "[ended for too many processes]",
    "disk": "[ended for the disk: its folder has more than 4 GB or 300,000 files, or the disk is nearly full]",
}
LEFT_OUT = "\n[what came after 1 MB was left out]"


@dataclass(slots=True)
class Output:
    """What a command has written, as text in `pieces`; `told` counts those that are kept already, whole."""

    pieces: list[str] = field(default_factory=list)
    size: int = 0
    told: int = 0
    new: str = ""
    _decoder: Any = field(default_factory=lambda: getincrementaldecoder("utf-8")("replace"))

    async def take(self, written: bytes) -> None:
        """Add what was written, as long as there is room."""
        self.add(self._decoder.decode(written))

    def add(self, text: str) -> None:
        """Add a text, as long as there is room."""
        if self.size >= MAX_OUTPUT:
            return
        self.size += len(text.encode())
        if self.size >= MAX_OUTPUT:
            text = text.encode()[: MAX_OUTPUT - self.size or None].decode(errors="ignore") + LEFT_OUT
        self.new += text
        while text:
            if not self.pieces or len(self.pieces[-1]) >= _PIECE:
                self.pieces.append("")
            room = _PIECE - len(self.pieces[-1])
            self.pieces[-1] += text[:room]
            text = text[room:]

    def taken(self) -> tuple[dict[str, str], str]:
        """What is to be kept since the last time, by its place in the record, and what was written since then."""
        changed = {f"{OUTPUT}.{place}": self.pieces[place] for place in range(self.told, len(self.pieces))}
        self.told = max(len(self.pieces) - 1, 0)
        new, self.new = self.new, ""
        return changed, new

    @property
    def tail(self) -> str:
        """The end of it."""
        return _end_of("".join(self.pieces[-2:]))


async def claim(services: Services, holder: str) -> ScriptRunRecord | None:
    """Take a run that nobody has begun with; None where there is none."""
    free = {"status": ScriptStatus.RUNNING.value, "lease_until": None}
    taken = {"holder": holder, "lease_until": utc_now() + LEASE}
    while (found := await collection(ScriptRun).find_one(free, NOT_TOLD)) is not None:
        done = await collection(ScriptRun).update_one({**free, "_id": found["_id"]}, {"$set": taken})
        if done.matched_count:
            return with_changes(found, taken)
    return None


async def end_lost(services: Services) -> int:
    """End the runs that nobody holds any more; how many those were."""
    over = {"status": ScriptStatus.RUNNING.value, "lease_until": {"$lt": utc_now()}}
    found = await collection(ScriptRun).find(over, {"holder": 1, "workspace_id": 1}).limit(100).to_list()
    for run in found:
        await _finish(services, run, run["holder"], {"status": ScriptStatus.LOST.value}, only=over)
    return len(found)


async def carry_out(services: Services, run: ScriptRunRecord, holder: str) -> None:
    """Run a command and keep what came of it, unless somebody else has the run by then."""
    output, stop = Output(), asyncio.Event()
    telling = asyncio.create_task(_tell(services, run, holder, output, stop))
    status, code, is_patient = ScriptStatus.LOST, None, True
    try:
        ended = await _run(services, run, output, stop)
        code = ended.exit_code
        status = ScriptStatus.SUCCESS if code == 0 else ScriptStatus.ERROR
        if ended.reason == "stopped":
            status = await telling
        elif ended.reason is not None:
            output.add(f"\n{REASONS[ended.reason]}")
    except OrreryError as error:
        status = ScriptStatus.ERROR
        output.add(error.message)
    except asyncio.CancelledError:
        is_patient = False  # the gateway stops, and waits for no database that is away
        raise
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        values = {"status": status.value, "exit_code": code}
        await _end(services, run, holder, output, values, is_patient=is_patient)


async def _run(services: Services, run: ScriptRunRecord, output: Output, stop: asyncio.Event) -> sandbox.Ended:
    if run["card_id"] is not None:
        folder = Path(folder_of(services, run["project_id"], run["card_id"]).path)
        return await sandbox.run(run["command"], folder, output.take, stop)
    project = await collection(Project).find_one({"_id": run["project_id"]}, dict.fromkeys(FIELDS, 1))
    if project is None:
        raise NotBound
    copy = copy_of(services, run["_id"])
    try:
        await reading(check_out_apart, await place_of(Context(ANONYMOUS, services), project), str(copy))
        return await sandbox.run(run["command"], copy, output.take, stop)
    finally:
        await remove_copy(copy)


async def _tell(
    services: Services, run: ScriptRunRecord, holder: str, output: Output, stop: asyncio.Event
) -> ScriptStatus:
    """Keep what is written every second until the command is to end: what it comes to then.

    Where the lease cannot be kept, that is before it is over: nobody else finds a run lost that goes on.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + ((run["lease_until"] or utc_now()) - utc_now() - MARGIN).total_seconds()
    try:
        while (began := clock()) < until:
            with suppress(*LATER, TimeoutError):
                async with asyncio.timeout_at(until):
                    if not await _keep(services, run, holder, output):
                        return ScriptStatus.CANCELLED
                until = began + (LEASE - MARGIN).total_seconds()
            await asyncio.sleep(min(TELL_EVERY, until - clock()))
        return ScriptStatus.LOST
    finally:
        stop.set()


async def _keep(services: Services, run: ScriptRunRecord, holder: str, output: Output) -> bool:
    """Keep what was written, and the lease; whether the run goes on."""
    held = {"_id": run["_id"], "holder": holder, "status": ScriptStatus.RUNNING.value}
    told = output.told
    changed, new = output.taken()
    values: dict[str, Any] = {"lease_until": utc_now() + LEASE, **changed}
    if new:
        values["tail"] = output.tail

        async def body(change: Change) -> bool:
            kept = await collection(ScriptRun).update_one(held, {"$set": values}, session=change.session)
            if kept.matched_count:
                ids = {"script_id": run["script_id"], "script_run_id": run["_id"]}
                event = ScriptOutputAdded(**ids, text=_end_of(new), project_id=run["project_id"])
                change.append(run["workspace_id"], event)
            return bool(kept.matched_count)

        try:
            await services.hub.log.write(run["workspace_id"], None, body)
        except BaseException:
            output.told, output.new = told, new + output.new
            raise
        values = {"lease_until": values["lease_until"]}
    kept = await collection(ScriptRun).update_one(held, {"$set": values})
    still = (
        await collection(ScriptRun).find_one({"_id": run["_id"]}, {"is_cancelled": 1}) if kept.matched_count else None
    )
    return still is not None and not still["is_cancelled"]


async def _end(
    services: Services,
    run: ScriptRunRecord,
    holder: str,
    output: Output,
    values: dict[str, Any],
    *,
    is_patient: bool,
) -> None:
    """Keep what came of a run; where that `is_patient`, again for as long as the database is away."""
    while True:
        try:
            await _keep(services, run, holder, output)
            return await _finish(services, run, holder, {**values, "tail": output.tail})
        except LATER:
            if not is_patient:
                raise
        await asyncio.sleep(TELL_EVERY)


async def _finish(
    services: Services, run: Any, holder: str | None, values: dict[str, Any], *, only: dict[str, Any] | None = None
) -> None:
    held = {"status": ScriptStatus.RUNNING.value, **(only or {}), "_id": run["_id"], "holder": holder}

    async def body(change: Change) -> None:
        ended = {**values, "finished_at": change.at, "lease_until": None, "holder": None}
        done = await collection(ScriptRun).update_one(held, {"$set": ended}, session=change.session)
        if done.matched_count:
            now = await collection(ScriptRun).find_one({"_id": run["_id"]}, NOT_TOLD, session=change.session)
            if now is not None:
                tell_run(change, now)

    await services.hub.log.write(run["workspace_id"], None, body)


def _end_of(text: str) -> str:
    """The last 8 KB of a text."""
    return text.encode()[-MAX_TOLD:].decode(errors="ignore")
