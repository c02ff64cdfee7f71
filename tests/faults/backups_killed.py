"""Kills what makes backups, or the gateway, while others write; then restores each backup that is listed.

    python -m tests.faults.backups_killed --kills 6

A backup is asked for while cards, attachments, files and credentials are written by several at once, and killed on its
way: nothing is listed then that was not read back. What is whole in the end is restored into a database of its own. It
is of one moment: every event up to the heads of the streams, the objects that those tell of and no others, what was
acknowledged before it was asked for, and nothing that was begun after it had ended; files have their bytes, and sealed
values open. At rest everything is the same byte for byte, and no bit of the archive can be another. It ends with 1
where anything is otherwise.
"""

import argparse
import asyncio
import hashlib
import itertools
import random
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from auth.vault import Vault, parse_vault_keys
from gateway.database import Database, open_unlimited, open_url
from gateway.dump.archive import reading
from gateway.dump.collections import LEFT_OUT
from gateway.dump.error import DumpError
from gateway.dump.restore import restore
from gateway.settings import Settings
from models import (
    Attachment,
    Card,
    Credential,
    CredentialVersion,
    FileChunk,
    LoggedEvent,
    StreamHead,
    WorkspaceFile,
    WorkspaceFileText,
)
from models.base import collection
from resolvers.credential.sealed import bound_to, sealed_in
from tests.agents.served import Served, served
from tests.gateway.day_of_agents import UnexpectedError, expect
from tests.gateway.day_of_board import FIRST
from tests.gateway.dump_lab import Bar, as_stored
from tests.gateway.large_backup import makers, script, until

PORT = 3985
ORKOSI = "/orkosi/api"
FILE = 100_000
LONGEST = 3.0
"""Seconds after which what makes a backup is killed, at most."""
WRITERS = 2
"""Of each kind."""
PATHS, KEYS, CARDS = 20, 5, 20
FLIPS = 300
SHOWN = 5
LOST = "done already"
"""What is said of a change whose answer a killed gateway took with it."""


@dataclass(slots=True)
class Written:
    """What was written: when each was begun, and acknowledged if it was, in seconds of the monotonic clock."""

    begun: dict[str, float] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)

    def by(self, moment: float) -> set[str]:
        """What was acknowledged before a moment."""
        return {name for name, at in self.acknowledged.items() if at < moment}

    def after(self, moment: float) -> set[str]:
        """What was begun after a moment."""
        return {name for name, at in self.begun.items() if at > moment}


@dataclass(slots=True)
class Report:
    """What is not as it should be."""

    contradictions: list[str] = field(default_factory=list)

    def expect_none(self, what: str, culprits: Any) -> None:
        """Note some of those that there are."""
        if found := sorted(map(str, culprits)):
            self.contradictions.append(f"{len(found)} {what}: {', '.join(found[:SHOWN])}")


@dataclass(slots=True)
class Writers:
    """Those who write; each tries again until its request is answered."""

    http: httpx.AsyncClient
    project: str
    cards_of_files: list[str]
    written: Written = field(default_factory=Written)
    numbers: Any = field(default_factory=itertools.count)

    async def send(self, name: str, method: str, path: str, **sent: Any) -> None:
        """One change, which is sent until it is answered: under the same key, but for files, which are another
        request each time and may come twice."""
        headers = {} if "files" in sent else {"idempotency-key": name}
        self.written.begun[name] = monotonic()
        while True:
            try:
                answer = await self.http.request(method, path, headers=headers, **sent)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
                continue
            if answer.status_code < 300 or (answer.status_code == 409 and LOST in answer.text):
                self.written.acknowledged[name] = monotonic()
                return
            if answer.status_code not in (409, 429, 503):
                raise UnexpectedError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(0.5)

    async def cards(self) -> None:
        name = f"card-{next(self.numbers)}"
        await self.send(name, "POST", f"{ORKOSI}/tasks", json={"title": name})

    async def attachments(self) -> None:
        number = next(self.numbers)
        name, card = f"attachment-{number}", self.cards_of_files[number % CARDS]
        path = f"/api/projects/{self.project}/cards/{card}/attachments"
        await self.send(name, "POST", path, files={"file": (name, secrets.token_bytes(FILE))})

    async def files(self) -> None:
        number = next(self.numbers)
        name = f"file-{number}"
        body = {"name": name, "path": f"notes/{number % PATHS}.md", "content": f"{name} " * 200}
        await self.send(name, "POST", f"{ORKOSI}/files", json=body)

    async def credentials(self) -> None:
        number = next(self.numbers)
        name = f"credential-{number}"
        await self.send(name, "POST", f"{ORKOSI}/credentials", json={"key": f"key-{number % KEYS}", "value": name})

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """All of them write while the block runs, and what they have begun is answered after it."""
        over = asyncio.Event()

        async def again(write: Callable[[], Awaitable[None]]) -> None:
            while not over.is_set():
                await write()
                await asyncio.sleep(0.1)

        kinds = (self.cards, self.attachments, self.files, self.credentials) * WRITERS
        tasks = [asyncio.create_task(again(kind)) for kind in kinds]
        try:
            yield
        finally:
            over.set()
            await asyncio.gather(*tasks)


async def data(http: httpx.AsyncClient, method: str, path: str, **sent: Any) -> Any:
    """What an answer holds. Raises UnexpectedError for a refusal."""
    answer = await http.request(method, path, **sent)
    if answer.status_code >= 300:
        raise UnexpectedError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()["data"]


async def begun(at: Served) -> Writers:
    """Somebody who runs the installation, with a project and cards that files are attached to."""
    http = httpx.AsyncClient(base_url=at.client.url, timeout=60)
    token = (await data(http, "POST", "/api/auth/setup", json=FIRST))["token"]
    http.headers["authorization"] = f"Bearer {token}"
    organization = (await data(http, "POST", "/api/organizations", json={"name": "Acme"}))["id"]
    body = {"name": "Archive", "path": "/archive", "organizationId": organization}
    project = (await data(http, "POST", "/api/projects", json=body))["id"]
    body = {"projectId": project, "title": "Files"}
    cards = [(await data(http, "POST", "/api/cards", json=body))["id"] for _ in range(CARDS)]
    return Writers(http, project, cards)


async def check_list(at: Served, http: httpx.AsyncClient, report: Report) -> list[Path]:
    """What is listed is whole; the files, the newest first."""
    folder = at.folder / "data" / "backups"
    found = await data(http, "GET", f"{ORKOSI}/backups")
    files = [folder / backup["filename"] for backup in found]
    for backup, file in zip(found, files, strict=True):
        content = file.read_bytes() if file.exists() else b""
        if (len(content), hashlib.sha256(content).hexdigest()) != (backup["size"], backup["sha256"]):
            report.contradictions.append(f"{file.name} is listed, and not whole")
    return files


async def backed_up(at: Served, writers: Writers, report: Report, kill: Callable[[], Awaitable[None]] | None) -> Path:
    """Ask for a backup, kill what makes it, and wait until it is whole; its file."""
    http = writers.http
    name = (await data(http, "POST", f"{ORKOSI}/backups/trigger"))["filename"]
    if kill is not None:
        await kill()
        if name in [file.name for file in await check_list(at, http, report)]:
            print("  it was whole before that")

    async def is_over() -> bool:
        try:
            return not (await data(http, "GET", f"{ORKOSI}/backups/stats"))["running"]
        except httpx.HTTPError:
            return False

    await until(is_over)
    [newest, *_] = await check_list(at, http, report)
    if newest.name != name:
        raise UnexpectedError(f"{name} has failed: {await data(http, 'GET', f'{ORKOSI}/backups/logs')}")
    return newest


def killer(at: Served, chance: random.Random, number: int) -> Callable[[], Awaitable[None]]:
    """Kills the process that makes a backup after a while, or each third time the gateway with it."""

    async def kill() -> None:
        async def is_made() -> bool:
            return bool(makers(at))

        await until(is_made)
        seconds = chance.uniform(0.2, LONGEST)
        await asyncio.sleep(seconds)
        if number % 3 == 2:
            await at.end(signal.SIGKILL)
            await at.start()
        else:
            for maker in makers(at):
                maker.kill()
        print(f"  {'the gateway' if number % 3 == 2 else 'what makes it'} was killed after {seconds:.1f} s")

    return kill


@asynccontextmanager
async def restored(path: Path) -> AsyncIterator[Database]:
    """A database of its own into which an archive was restored."""
    with tempfile.TemporaryDirectory(prefix="orrery-restored-") as folder:
        settings = Settings(secret_key="-" * 32, data_dir=Path(folder))
        async with open_url(settings) as url, open_unlimited(settings, url) as opened:
            await restore(opened.db, path, lambda _name, _content: None, Bar())
            yield opened


async def check_moment(report: Report, vault: Vault, written: Written, asked: float, ended: float) -> None:
    """The documents are of one moment between two."""
    created: set[Any] = set()
    heads = await collection(StreamHead).find({}).to_list()
    for head in heads:
        events = await collection(LoggedEvent).find({"stream_id": head["_id"]}).sort("seq", 1).to_list()
        expected = list(range(head["floor"] + 1, head["seq"] + 1))
        report.expect_none("streams with holes", [head["_id"]] if [e["seq"] for e in events] != expected else [])
        created |= {event["data"]["card"]["_id"] for event in events if event["type"] == "CardCreated"}
    cards = await collection(Card).find({}).to_list()
    report.expect_none("cards or events without the other", created ^ {card["_id"] for card in cards})
    attachments = await collection(Attachment).find({}).to_list()
    for attachment in attachments:
        chunks = await collection(FileChunk).find({"files_id": attachment["_id"]}).sort("n", 1).to_list()
        digest = hashlib.sha256(b"".join(chunk["data"] for chunk in chunks)).hexdigest()
        report.expect_none("files with other bytes", [attachment["name"]] if digest != attachment["sha256"] else [])
    there = {card["title"] for card in cards} | {attachment["name"] for attachment in attachments}
    lasting = {name for name in written.by(asked) if name.startswith(("card", "attachment"))}
    report.expect_none("acknowledged and missing", lasting - there)
    report.expect_none("begun later and there", there & written.after(ended))
    await _check_texts(report)
    await _check_sealed(report, vault)


async def _check_texts(report: Report) -> None:
    texts = {text["_id"]: text["content"] for text in await collection(WorkspaceFileText).find({}).to_list()}
    files = await collection(WorkspaceFile).find({}).to_list()
    report.expect_none("files or texts without the other", texts.keys() ^ {file["_id"] for file in files})
    wrong = [file["path"] for file in files if texts.get(file["_id"], "").split()[:1] != [file["name"]]]
    report.expect_none("files with another text", wrong)


async def _check_sealed(report: Report, vault: Vault) -> None:
    versions = await collection(CredentialVersion).find({}).to_list()
    sealed = {version["credential_id"]: version for version in versions}
    for credential in await collection(Credential).find({}).to_list():
        version = sealed[credential["_id"]]
        value = vault.open(bound_to(version), sealed_in(version))
        number = int(value.removeprefix("credential-"))
        fits = (version["version"], f"key-{number % KEYS}") == (credential["version"], credential["key"])
        report.expect_none("credentials with another value", [] if fits else [credential["key"]])


async def check_rest(at: Served, writers: Writers, report: Report) -> Path:
    """While nobody writes, what is restored is what was there, byte for byte; the archive."""
    left_out = {model.Settings.name for model in LEFT_OUT} | {StreamHead.Settings.name}
    async with at.database() as database:
        before = await as_stored(database, *left_out)
        path = await backed_up(at, writers, report, None)
        after = await as_stored(database, *left_out)
    async with restored(path) as opened:
        found = await as_stored(opened, *left_out)
    same = 0
    for name in before.keys() | after.keys() | found.keys():
        sides = [set(side.get(name, ())) for side in (before, after, found)]
        report.expect_none(f"{name} that are not as they were", (sides[0] & sides[1]) - sides[2])
        report.expect_none(f"{name} out of nowhere", sides[2] - sides[0] - sides[1])
        same += len(sides[0] & sides[1] & sides[2])
    print(f"  {same} documents of {len(found)} collections are the same byte for byte")
    return path


def check_bits(path: Path, chance: random.Random, report: Report) -> None:
    """An archive in which a bit is another is refused, or that bit says nothing of what it holds."""
    content, harmless = path.read_bytes(), 0
    with tempfile.TemporaryDirectory(prefix="orrery-flipped-") as folder:
        file = Path(folder) / path.name
        whole = _documents(path)
        for _ in range(FLIPS):
            place = chance.randrange(len(content))
            flipped = bytes([content[place] ^ (1 << chance.randrange(8))])
            file.write_bytes(content[:place] + flipped + content[place + 1 :])
            try:
                same = _documents(file) == whole
            except DumpError:
                continue
            harmless += 1
            report.expect_none("bits that change an archive unseen", [] if same else [place])
    print(f"  of {FLIPS} flipped bits {FLIPS - harmless} were refused; the others are in no document")


def _documents(path: Path) -> list[tuple[str, str]]:
    """What an archive holds, once it was verified as it is before it is restored. Raises DumpError."""
    with reading(path) as archive:
        parts = [*archive.manifest.collections, *archive.manifest.files]
        for part in parts:
            archive.verify(part)
        return [(part.name, part.sha256) for part in parts]


async def day(at: Served, kills: int, chance: random.Random, report: Report) -> None:
    """All of it."""
    writers = await begun(at)
    vault = Vault(parse_vault_keys((at.folder / "data" / "vault_keys").read_text()))
    for number in range(kills):
        async with writers.writing():
            await asyncio.sleep(chance.uniform(1, 3))
            asked = monotonic()
            path = await backed_up(at, writers, report, killer(at, chance, number))
            ended = monotonic()
            await asyncio.sleep(1)
        async with restored(path):
            await check_moment(report, vault, writers.written, asked, ended)
        print(f"  {path.name}: whole after {ended - asked:.0f} s; {len(writers.written.acknowledged)} were written")
    path = await check_rest(at, writers, report)
    await asyncio.to_thread(check_bits, path, chance, report)
    left = {file.name for file in (at.folder / "data" / "backups").iterdir()}
    files = {file.name for file in await check_list(at, writers.http, report)}
    expect("what is in the folder and not listed", left - files, set())
    await writers.http.aclose()


async def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    report = Report()
    async with served(script, PORT, is_new=True, ORRERY_BACKUPS_KEPT="100") as at:
        try:
            await day(at, arguments.kills, random.Random(arguments.seed), report)
        except UnexpectedError as error:
            report.contradictions.append(str(error))
    for contradiction in report.contradictions:
        print(f"FAILED: {contradiction}")
    return 1 if report.contradictions else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
