"""The files that the gateway writes its log to, for whoever runs it. `gateway.log_file` writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from models.enums import ServerRole
from models.installation_enums import LogLevel
from models.pool import Pool
from resolvers.inputs.log_line import LogFileSearch
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

NAMES = ("gateway.log", *(f"gateway.{number}.log" for number in range(1, 5)))
"""The files, the newest first."""
LOGS = Pool("logs being read", threads=2, at_once=1, of_one=10, in_all=50)
MAX_READ = 4 * 1024 * 1024
"""Bytes that are searched for lines, the latest."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file, its size in bytes."""

    name: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class LogFileLine:
    """A line of a file."""

    file: str
    at: datetime
    level: LogLevel
    message: str
    target: str
    fields: dict[str, Any]


@operation("logFiles", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def list_log_files(ctx: Context) -> list[LogFile]:
    """The files of the log of the gateway, the newest first."""
    return await LOGS.run(_files, ctx.services.log_dir)


@operation("logFileLines", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def read_log_files(ctx: Context, values: LogFileSearch) -> list[LogFileLine]:
    """Lines of the files of the log of the gateway, the newest first: out of the latest 4 MiB."""
    return await LOGS.run(_found, ctx.services.log_dir, values)


def _files(folder: Path | None) -> list[LogFile]:
    found = []
    for path in () if folder is None else (folder / name for name in NAMES):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found.append(LogFile(path.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)))
    return found


def _found(folder: Path | None, values: LogFileSearch) -> list[LogFileLine]:
    found: list[LogFileLine] = []
    part = values.search.lower()
    for line in () if folder is None else _lines(folder):
        if (values.level is None or line.level is values.level) and part in line.message.lower():
            found.append(line)
            if len(found) == values.limit:
                break
    return found


def _lines(folder: Path) -> Iterator[LogFileLine]:
    """The lines, the newest first. What a process wrote in part when it died is passed over."""
    left = MAX_READ
    for name in NAMES:
        if left <= 0:
            return
        try:
            with (folder / name).open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - left))
                lines = file.read(left).splitlines()
        except FileNotFoundError:  # put aside in between
            continue
        left -= size
        for line in reversed(lines):
            if (told := _read(name, line)) is not None:
                yield told


def _read(name: str, line: bytes) -> LogFileLine | None:
    try:
        told = orjson.loads(line)
        at = datetime.fromisoformat(told["at"])
        return LogFileLine(name, at, LogLevel(told["level"]), told["message"], told["target"], told["fields"])
    except (ValueError, TypeError, KeyError):
        return None
