"""`python -m tests.gateway.large_backup`: a backup of a data folder of a gigabyte, through two SIGKILLs.

Files are attached by the agent board's interface, and a backup is asked for. While it is written the gateway is killed;
after the next start, the process that makes it. Then it is whole, alone in its folder, and restored into a new data
folder, whose gateway shows the same export and the same bytes. Somebody changes a card all the time while it is
made, and waits for less than two seconds. What is not as it should be ends it with 1.
"""

import argparse
import asyncio
import hashlib
import secrets
import signal
import stat
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import psutil

from gateway.client import Client
from tests.agents.model_server import Json, Turn
from tests.agents.served import Served, served
from tests.gateway.day_of_agents import UnexpectedError, expect
from tests.gateway.day_of_board import FIRST

PORT = 3981
MEGABYTE = 1024 * 1024
FILE = 8 * MEGABYTE
FILES_OF_A_CARD = 10
SECONDS = 600
PAUSE = 0.05
LONGEST_WAIT = 2.0
"""Seconds."""
CREATE = "mutation { backupCreate { backup { filename } } }"


@dataclass(slots=True)
class Board:
    """What somebody has at a gateway, with the digests of what they attached by the ids of the files."""

    http: httpx.AsyncClient
    project: str = ""
    files: dict[str, str] = field(default_factory=dict)

    async def data(self, method: str, path: str, **sent: Any) -> Any:
        """What an answer holds."""
        answer = await self.http.request(method, path, **sent)
        if answer.status_code >= 300:
            raise UnexpectedError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()["data"]

    async def fill(self, size: int) -> None:
        """Make a project with so many bytes of files."""
        made = (await self.data("POST", "/api/organizations", json={"name": "Large"}))["id"]
        body = {"name": "Archive", "path": "/archive", "organizationId": made}
        self.project = (await self.data("POST", "/api/projects", json=body))["id"]
        card = ""
        for number in range(-(-size // FILE)):
            if number % FILES_OF_A_CARD == 0:
                body = {"projectId": self.project, "title": f"Card {number}"}
                card = (await self.data("POST", "/api/cards", json=body))["id"]
            content = secrets.token_bytes(FILE)
            path = f"/api/projects/{self.project}/cards/{card}/attachments"
            attached = await self.data("POST", path, files={"file": (f"{number}.bin", content)})
            self.files[attached["id"]] = hashlib.sha256(content).hexdigest()

    async def export(self) -> Any:
        """The project, but for when it was exported."""
        exported = (await self.http.get(f"/api/projects/{self.project}/export")).raise_for_status().json()
        return {name: value for name, value in exported.items() if name != "exportedAt"}

    async def digests(self) -> dict[str, str]:
        """The digests of the files as they are now."""
        found = {}
        for file_id in self.files:
            answer = (await self.http.get(f"/api/attachments/{file_id}")).raise_for_status()
            found[file_id] = hashlib.sha256(answer.content).hexdigest()
        return found

    async def change(self, waits: list[float]) -> None:
        """Change a card beside the project again and again, and note how many seconds each change takes."""
        made = (await self.data("POST", "/api/organizations", json={"name": "Beside"}))["id"]
        body = {"name": "Beside", "path": "/beside", "organizationId": made}
        project = (await self.data("POST", "/api/projects", json=body))["id"]
        card = (await self.data("POST", "/api/cards", json={"projectId": project, "title": "Beside"}))["id"]
        while True:
            began = monotonic()
            title = {"title": f"{len(waits)} times changed"}
            await self.data("PATCH", f"/api/projects/{project}/cards/{card}", json=title)
            waits.append(monotonic() - began)
            await asyncio.sleep(PAUSE)

    async def backup(self) -> Json:
        """The newest backup."""
        found: Json = (await self.data("GET", "/api/backups"))[0]
        return found


def script(_request: Json, _before: int) -> Turn:
    """No model is asked."""
    return Turn("")


def sign_in(at: Served, token: str) -> Board:
    """Somebody at a gateway."""
    http = httpx.AsyncClient(base_url=at.client.url, headers={"authorization": f"Bearer {token}"}, timeout=60)
    return Board(http)


def makers(at: Served) -> list[psutil.Process]:
    """The processes that make a backup for a gateway."""
    assert at.gateway is not None
    children = psutil.Process(at.gateway.pid).children(recursive=True)
    return [child for child in children if is_maker(child)]


def is_maker(process: psutil.Process) -> bool:
    """Whether a process makes a backup, and goes on."""
    try:
        return "gateway.backup_process" in process.cmdline()
    except psutil.NoSuchProcess:  # or one that has ended, and of which nobody was told yet
        return False


async def until(is_so: Callable[[], Awaitable[bool]]) -> float:
    """Wait until something is so: how many seconds that took. Raises UnexpectedError where it is too many."""
    began = monotonic()
    while not await is_so():
        if monotonic() - began > SECONDS:
            raise UnexpectedError(f"it took longer than {SECONDS} s")
        await asyncio.sleep(0.2)
    return monotonic() - began


async def half_written(at: Served, folder: Path, size: int) -> tuple[psutil.Process, float]:
    """The process that makes a backup, once it has written a third of it; after how many seconds."""

    async def is_so() -> bool:
        return any(is_longer(folder, size // 3, maker.create_time()) for maker in makers(at))

    seconds = await until(is_so)
    return makers(at)[0], seconds


def is_longer(folder: Path, size: int, since: float) -> bool:
    """Whether what is written of a backup since a moment has more bytes."""
    found = [part.stat() for part in folder.glob("*.part")]
    return any(part.st_size > size and part.st_mtime > since for part in found)


async def killed_twice(at: Served, board: Board, size: int) -> Path:
    """A backup that is whole in the end; its file."""
    folder = at.folder / "data" / "backups"
    await asyncio.to_thread(at.client.signed_in(token_of(board)).graphql, CREATE, {})
    maker, seconds = await half_written(at, folder, size)
    print(f"  a third was written after {seconds:.0f} s")
    await at.end(signal.SIGKILL)
    gone, _ = await asyncio.to_thread(psutil.wait_procs, [maker], 10)
    expect("the process that made it ended with the gateway", len(gone), 1)
    await at.start()
    maker, seconds = await half_written(at, folder, size)
    print(f"  it was begun anew, and a third written, after {seconds:.0f} s")
    maker.kill()
    memory = 0

    async def has_ended() -> bool:
        nonlocal memory
        for maker in makers(at):
            try:
                memory = max(memory, maker.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        return bool((await board.backup())["status"] != "running")

    waits = list[float]()
    changing = asyncio.create_task(board.change(waits))
    try:
        seconds = await until(has_ended)
    finally:
        changing.cancel()
        await asyncio.wait([changing])
    backup = await board.backup()
    expect("the backup", backup["status"], "completed")
    print(f"  of {len(waits)} changes meanwhile the slowest took {max(waits):.2f} s")
    expect("none waits too long", max(waits) < LONGEST_WAIT, True)
    print(f"  whole {seconds:.0f} s after that: {backup['size'] // MEGABYTE} MB, by {memory // MEGABYTE} MB of memory")
    check(folder, backup)
    path: Path = folder / backup["filename"]
    return path


def check(folder: Path, backup: Json) -> None:
    """Look at the file of a backup that is whole."""
    expect("what is in its folder", [path.name for path in folder.iterdir()], [backup["filename"]])
    found = (folder / backup["filename"]).stat()
    expect("who may read it", oct(stat.S_IMODE(found.st_mode)), "0o600")
    expect("its size is what is told", found.st_size, backup["size"])


def token_of(board: Board) -> str:
    """The token of whoever asks."""
    return board.http.headers["authorization"].removeprefix("Bearer ")


async def restored(at: Served, path: Path) -> None:
    """Restore a backup into a new data folder, and serve that."""
    environment = {**at.environment, "ORRERY_DATA_DIR": str(at.folder / "restored")}
    began = monotonic()
    command = (sys.executable, "-m", "gateway", "restore", str(path))
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    expect("the restore ends with", await process.wait(), 0)
    print(f"  after {monotonic() - began:.0f} s")
    at.environment = environment
    at.client = Client(at.client.url)
    await at.start()


async def day(at: Served, size: int) -> None:
    """All of it."""
    first = Board(httpx.AsyncClient(base_url=at.client.url, timeout=60))
    token = (await first.data("POST", "/api/auth/setup", json=FIRST))["token"]
    board, began = sign_in(at, token), monotonic()
    await board.fill(size)
    print(f"  {len(board.files)} files were attached in {monotonic() - began:.0f} s")
    before = await board.export()
    path = await killed_twice(at, board, size)
    await at.end()
    await restored(at, path)
    body = {name: FIRST[name] for name in ("email", "password")}
    token = (await first.data("POST", "/api/auth/login", json=body))["token"]
    again = sign_in(at, token)
    again.project, again.files = board.project, board.files
    expect("the export is the same", await again.export() == before, True)
    expect("as are the files", await again.digests() == board.files, True)
    for client in (first, board, again):
        await client.http.aclose()


async def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000, help="Of files; by default 1,000.")
    size = parser.parse_args().megabytes * MEGABYTE
    async with served(script, PORT, is_new=True, ORRERY_STORAGE_QUOTA=str(2 * size)) as at:
        try:
            await day(at, size)
        except UnexpectedError as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
