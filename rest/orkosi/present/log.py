"""Lines of logs: those of agents, and those of the files of the gateway's own."""

from typing import Any, Literal

from typing_extensions import TypedDict

from models.base import timestamp
from models.installation_enums import LogLevel
from models.records import LogLineRecord
from resolvers.installation.log_file import LogFile, LogFileLine
from rest.orkosi.present.show import Timestamp, word
from rest.present import Id, plain

LevelName = Literal["error", "warn", "info"]


class OrkosiLogData(TypedDict):
    """A line. Of one from a file there is no `id` and no `agent`; `target` is the part of the gateway that says so."""

    id: Id | None
    source: Literal["db", "file"]
    agent: str | None
    level: LevelName
    message: str
    meta: dict[str, Any] | None
    target: str | None
    created_at: Timestamp


class OrkosiLogFileData(TypedDict):
    """A file of the log of the gateway; its size is in bytes."""

    name: str
    size: int
    modified_at: Timestamp


def log_line(record: LogLineRecord) -> OrkosiLogData:
    return {
        "id": str(record["_id"]),
        "source": "db",
        "agent": record["agent_name"],
        "level": word(LogLevel(record["level"])),
        "message": record["message"],
        "meta": record["meta"],
        "target": None,
        "created_at": timestamp(record["created_at"]),
    }


def file_line(line: LogFileLine) -> OrkosiLogData:
    return {
        "id": None,
        "source": "file",
        "agent": None,
        "level": word(line.level),
        "message": line.message,
        "meta": plain(line.fields),
        "target": line.target,
        "created_at": timestamp(line.at),
    }


def log_file(file: LogFile) -> OrkosiLogFileData:
    return {"name": file.name, "size": file.size, "modified_at": timestamp(file.modified_at)}
