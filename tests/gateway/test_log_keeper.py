"""The log of a gateway: what is kept of it, what is sent, and what it never holds."""

import asyncio
import fcntl
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from bson import ObjectId

from auth.subject import ANONYMOUS
from auth.vault import Vault, new_vault_key
from gateway import log_keeper, waiting
from gateway.database import Database
from gateway.log_file import LogFile
from gateway.log_keeper import LogKeeper, Pace, trim
from gateway.log_text import entry_of
from models import CredentialVersion, LogEntry
from models.base import WRITTEN_AT_ONCE, collection
from models.enums import ServerRole
from models.errors import BadUserInput, Conflict, DecryptionFailed, Forbidden
from models.installation import INSTALLATION_ID, LOG_HEADERS
from models.installation_enums import LogLevel
from models.outbound import Answer, Outbound
from resolvers.inputs.installation import LogExportUpdate, LogList
from resolvers.inputs.log_line import LogFileSearch
from resolvers.installation.installation import grant_server_role
from resolvers.installation.log_entry import list_log_entries
from resolvers.installation.log_export import get_log_export, try_log_export, update_log_export
from resolvers.installation.log_file import NAMES, list_log_files, read_log_files
from resolvers.kit.context import Context
from tests.gateway.lab import Lab
from tests.gateway.mail_lab import until
from tests.resolvers.lab import People, again, events

QUICK = Pace(write=0.01, after_failure=0.01, settings=0.01, stop=1.0)
log = logging.getLogger("orrery.trial")


@dataclass(frozen=True)
class Collector(Outbound):
    """A collector, which is away as long as it is said to be."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    away: list[bool] = field(default_factory=list)

    async def request(self, method: str, url: str, **sent: Any) -> Answer:
        if self.away:
            raise httpx2.ConnectError("away")
        self.taken.append({"url": url, **orjson.loads(sent["body"])})
        self.headers.append(sent["headers"])
        return Answer(200, {}, b"{}")

    @property
    def messages(self) -> list[str]:
        return [
            record["body"]["stringValue"]
            for request in self.taken
            for scope in request["resourceLogs"][0]["scopeLogs"]
            for record in scope["logRecords"]
        ]


@contextmanager
def at_info() -> Iterator[None]:
    """The level of a gateway that serves."""
    ours = logging.getLogger("orrery")
    before = ours.level
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        ours.setLevel(before)


@pytest.fixture
def people(lab: Lab) -> People:
    return People(Context(ANONYMOUS, lab.app.state.services))


async def root_of(people: People, outbound: Outbound) -> Context:
    """Somebody who runs the installation, whose requests go out by `outbound`."""
    ctx = await people.register("root")
    await grant_server_role(again(ctx), ctx.user_id, ServerRole.SUPER_ADMIN)
    return Context(ctx.subject, replace(ctx.services, outbound=outbound))


def line(message: str, *args: Any, failure: Exception | None = None) -> str:
    """What is kept of a line, its fields included."""
    info = None
    if failure is not None:
        try:
            raise failure
        except Exception:
            info = sys.exc_info()
    entry = entry_of(logging.LogRecord("orrery.trial", logging.ERROR, "f.py", 1, message, args, info))
    return f"{entry['message']} {entry['fields']}"


async def test_what_is_kept_of_a_line_has_ids_and_numbers_and_nothing_that_anybody_wrote(database: Database) -> None:
    wanted = ObjectId()

    told = line("the import %s waits for %d of %s", wanted, 3, "Launch of Acme")
    assert told == f"the import {wanted} waits for 3 of … {{}}"
    assert line("error %s in %s", "0f" * 8, "/orgs/acme") == f"error {'0f' * 8} in … {{}}"
    kept = line("it failed", failure=ValueError("sk-canary of Acme"))
    assert "canary" not in kept
    assert "'exception': 'ValueError'" in kept
    assert f"'at': '{__name__}:" in kept
    assert line("odd %d", "no number") == "odd %d {}"


async def test_the_latest_is_kept_and_found_by_level_and_part(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    root = await root_of(people, Outbound())
    await collection(LogEntry).delete_many({})
    keeper = LogKeeper(root.services, lambda _: None, pace=QUICK)

    # Given lines, of which some were written by a command whose answer was lost
    for number in range(WRITTEN_AT_ONCE + 2):
        record = logging.LogRecord("orrery.trial", logging.INFO, "f.py", 1, "lost %d", (number,), None)
        keeper.kept.add(entry_of(record))
    await collection(LogEntry).insert_many(keeper.kept.some(3))

    await keeper.start()
    with at_info():
        for number in range(6):
            log.info("step %d is taken", number)
        log.warning("step %s fails (100%%)", "six")
        log.debug("nobody is told")
        await until(lambda: not keeper.kept.entries)
    await keeper.stop()
    log.warning("it has stopped")

    assert len(await list_log_entries(again(root), LogList(search="lost"))) == WRITTEN_AT_ONCE + 2
    found = await list_log_entries(again(root), LogList(search="STEP"))
    assert [entry["message"] for entry in found][:3] == ["step … fails (100%)", "step 5 is taken", "step 4 is taken"]
    [warned] = await list_log_entries(again(root), LogList(level=LogLevel.WARN))
    assert await list_log_entries(again(root), LogList(search="(100%")) == [warned]
    before = await list_log_entries(again(root), LogList(before=warned["_id"], limit=2))
    assert [entry["message"] for entry in before] == ["step 5 is taken", "step 4 is taken"]

    # When there are too many, the oldest go
    monkeypatch.setattr(log_keeper, "KEPT", 4)
    assert await trim() == 3 + WRITTEN_AT_ONCE + 2
    assert [entry["message"] for entry in await list_log_entries(again(root), LogList())][-1] == "step 3 is taken"
    assert await trim() == 0


async def test_what_a_collector_does_not_take_waits_and_beyond_that_is_counted(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WAITING", 5)
    collector, dropped = Collector(away=[True]), list[int]()
    root = await root_of(people, collector)
    values = LogExportUpdate.of(
        enabled=True, endpoint="https://logs.example", headers={"x-key": "sk-canary"}, level=LogLevel.WARN
    )
    await update_log_export(again(root), values)
    keeper = LogKeeper(root.services, dropped.append, pace=QUICK)
    await keeper.start()
    await until(lambda: keeper.is_exporting)
    with at_info():
        log.info("below the level")
        for number in range(8):
            log.warning("step %d fails", number)
            await asyncio.sleep(0)
        await until(lambda: len(dropped) >= 3)
        collector.away.clear()
        await until(lambda: not keeper.sent.entries)
    await keeper.stop()

    # What waited is sent in its order, once
    sent = [message for message in collector.messages if message.startswith("step")]
    # Whoever else warns of something meanwhile takes a place.
    others = len(collector.messages) - len(sent)
    assert 5 - others <= len(sent) <= 5
    assert sent == [f"step {number} fails" for number in range(len(sent))]
    assert collector.taken[0]["url"] == "https://logs.example/v1/logs"
    assert collector.headers[0]["x-key"] == "sk-canary"
    record = collector.taken[0]["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert (record["severityNumber"], record["severityText"]) == (13, "WARN")


async def test_where_the_log_goes_is_merged_and_what_headers_hold_is_shown_nowhere(people: People) -> None:
    collector = Collector()
    root = await root_of(people, collector)
    await update_log_export(again(root), LogExportUpdate.of(enabled=None, endpoint=None, headers=None, level=None))
    with pytest.raises(Conflict):
        await try_log_export(again(root))
    with pytest.raises(Conflict):
        await update_log_export(again(root), LogExportUpdate.of(enabled=True))
    with pytest.raises(BadUserInput):
        await update_log_export(again(root), LogExportUpdate.of(endpoint="https://user:secret@logs.example"))
    given = {"endpoint": "https://logs.example/in", "headers": {"x-key": "sk-canary", "x-team": "a"}}
    await update_log_export(again(root), LogExportUpdate.of(**given))
    kept = {"x-key": "****", "x-other": "b"}
    changed = (await update_log_export(again(root), LogExportUpdate.of(headers=kept))).value.log_export

    assert (await try_log_export(again(root))).success
    assert {name: collector.headers[-1][name] for name in kept} == {"x-key": "sk-canary", "x-other": "b"}
    assert changed == await get_log_export(again(root))
    assert (changed.endpoint, changed.headers) == ("https://logs.example/in", dict.fromkeys(kept, "****"))
    told = [event for event in await events(INSTALLATION_ID) if event["type"] == "LogExportChanged"]
    assert told
    assert "canary" not in str(told) + str(changed)
    collector.away.append(True)
    assert (await try_log_export(again(root))).error == "No answer (ConnectError)"

    # When the key that sealed them is lost, everything but their values can be changed
    lost = Context(root.subject, replace(root.services, vault=Vault((new_vault_key(),))))
    for values in ({"headers": {**kept, "x-new": "c"}}, {"headers": {"x-key": "****"}}):
        with pytest.raises(DecryptionFailed):
            await update_log_export(again(lost), LogExportUpdate.of(**values))
    moved = await update_log_export(again(lost), LogExportUpdate.of(endpoint="https://logs.example"))
    assert moved.value.log_export == replace(changed, endpoint="https://logs.example")
    collector.away.clear()
    assert (await try_log_export(again(root))).success
    assert collector.headers[-1]["x-key"] == "sk-canary"
    await update_log_export(again(lost), LogExportUpdate.of(headers={"x-key": "new"}))
    assert (await try_log_export(again(lost))).success
    assert collector.headers[-1]["x-key"] == "new"
    await update_log_export(again(root), LogExportUpdate.of(headers=None))
    assert await collection(CredentialVersion).count_documents({"credential_id": LOG_HEADERS}) == 0


async def test_the_log_is_in_files_of_a_bounded_size_for_whoever_runs_the_installation(
    people: People, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    root = await root_of(people, Outbound())
    root = Context(root.subject, replace(root.services, log_dir=folder))
    assert (await list_log_files(again(root)), await read_log_files(again(root), LogFileSearch())) == ([], [])

    # Given lines of two processes in files of three lines each
    record = logging.LogRecord("orrery.trial", logging.WARNING, "f.py", 1, "step %d of %s", (0, "Acme"), None)
    size = 3 * len(orjson.dumps({"at": "2026-01-01T00:00:00.000Z", **shown_of(record)}) + b"\n")
    files = [LogFile(folder, size), LogFile(folder, size)]
    for number in range(20):
        record.args = (number % 10, "Acme")
        files[number % 2].write(entry_of(record))
    with (folder / NAMES[0]).open("ab") as cut_off:
        cut_off.write(b'{"at": "2026-')

    # Then the latest are there, the newest first, without what a tenant wrote, and nobody else may open them
    assert [file.name for file in await list_log_files(again(root))] == list(NAMES)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    found = await read_log_files(again(root), LogFileSearch())
    assert [line.message for line in found] == [f"step {number % 10} of …" for number in reversed(range(6, 20))]
    assert {(line.level, line.target, line.file in NAMES) for line in found} == {(LogLevel.WARN, "orrery.trial", True)}
    assert len(await read_log_files(again(root), LogFileSearch(search="STEP 9"))) == 2
    assert len(await read_log_files(again(root), LogFileSearch(limit=3))) == 3
    assert await read_log_files(again(root), LogFileSearch(level=LogLevel.INFO)) == []
    for ask in (list_log_files, lambda ctx: read_log_files(ctx, LogFileSearch())):
        with pytest.raises(Forbidden):
            await ask(again(await people.register("Oz")))

    # And what a gateway logs is written there
    keeper = LogKeeper(root.services, lambda _: None, pace=QUICK)
    await keeper.start()
    log.error("it breaks")
    await keeper.stop()
    assert (await read_log_files(again(root), LogFileSearch(limit=1)))[0].message == "it breaks"


def test_a_file_that_another_process_has_put_aside_meanwhile_makes_room_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a file that three lines fill
    record = logging.LogRecord("orrery.trial", logging.WARNING, "f.py", 1, "it is late", None, None)
    size = 3 * len(orjson.dumps({"at": "2026-01-01T00:00:00.000Z", **shown_of(record)}) + b"\n")
    mine, other = LogFile(tmp_path, size), LogFile(tmp_path, size)
    for _ in range(3):
        mine.write(entry_of(record))

    # When another process needs room at the same moment, and is the first to get it
    lock, waiting_for = fcntl.flock, [other]

    def meanwhile(file: int, how: int) -> None:
        if waiting_for:
            waiting_for.pop().write(entry_of(record))
        lock(file, how)

    monkeypatch.setattr("gateway.log_file.fcntl.flock", meanwhile)
    mine.write(entry_of(record))

    # Then both go on with the new file
    lines = {name: (tmp_path / name).read_text().count("\n") for name in NAMES if (tmp_path / name).exists()}
    assert lines == {NAMES[0]: 2, NAMES[1]: 3}


def shown_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a file tells of a line, without when it was."""
    entry = entry_of(record)
    return {name: entry[name] for name in ("level", "message", "target", "fields")}
