"""What is set for the installation, by whoever runs it."""

from typing import Annotated, Any, Literal, Required

from pydantic import Field
from typing_extensions import TypedDict

from models.base import timestamp
from models.installation_enums import LogLevel
from resolvers.inputs.installation import LOG_SIZE, MAX_LOG, LogExportUpdate, LogList
from resolvers.installation.installation import get_installation, set_auth
from resolvers.installation.log_entry import list_log_entries
from resolvers.installation.log_export import LogExport, Tried, get_log_export, try_log_export, update_log_export
from resolvers.kit.input import Flag, Input
from rest.agent_board.dialect import board_routes
from rest.parameters import at_most
from rest.present import Timestamp, plain, word
from rest.routing import Call

auth = board_routes(
    "installation", "/settings/auth", about="What is set for the installation, by whoever runs it.", place=300
)
logs = board_routes("logs", "/logs", about="What the gateway says of itself.")
log_export = board_routes("logs", "/settings/log-export")

LevelWord = Literal["info", "warn", "error"]


class AuthBody(Input):
    """Whether requests take a credential."""

    enabled: Flag


class AuthData(TypedDict):
    """Whether requests take a credential."""

    enabled: bool


@auth.get("", "Ask whether requests take a credential", runs=get_installation)
async def find_auth(call: Call) -> AuthData:
    return {"enabled": (await get_installation(call.ctx))["auth_enabled"]}


@auth.put("", "Turn authentication off, or on again", runs=set_auth, body=AuthBody)
async def update_auth(call: Call) -> AuthData:
    """For a super_admin; 409 unless the operator lets it be off, which lets in whoever comes from this machine."""
    changed = await set_auth(call.ctx, call.body(AuthBody).enabled)
    return {"enabled": changed.value.installation["auth_enabled"]}


class LogQuery(LogList):
    """Which entries of the log to list."""

    limit: Annotated[int, at_most(MAX_LOG)] = Field(
        LOG_SIZE, ge=1, le=MAX_LOG, description="How many to return, 100 by default, at most 500."
    )


class LogEntryData(TypedDict):
    """An entry of the log of the gateway: no secret, and nothing that a tenant wrote."""

    timestamp: Timestamp
    level: LevelWord
    message: str
    target: str
    fields: dict[str, Any]


class LogExportData(TypedDict):
    """Where the log is sent. The values of headers are not shown."""

    enabled: bool
    endpoint: str | None
    headers: dict[str, str]
    level: LevelWord


class TriedData(TypedDict, total=False):
    """What came of a try; `error` says what went wrong."""

    success: Required[bool]
    latencyMs: Required[int]
    error: str


@logs.get("", "Read the log of the gateway", runs=list_log_entries, query=LogQuery)
async def find_logs(call: Call) -> list[LogEntryData]:
    """The newest first; for a super_admin. `search` is a part of the message."""
    found = await list_log_entries(call.ctx, call.query(LogQuery))
    return [
        {
            "timestamp": timestamp(entry["created_at"]),
            "level": word(LogLevel(entry["level"])),
            "message": entry["message"],
            "target": entry["target"],
            "fields": plain(entry["fields"]),
        }
        for entry in found
    ]


@log_export.get("", "Read where the log is sent", runs=get_log_export)
async def find_log_export(call: Call) -> LogExportData:
    return _log_export(await get_log_export(call.ctx))


@log_export.put("", "Say where the log is sent", runs=update_log_export)
async def change_log_export(call: Call) -> LogExportData:
    """To a collector of OpenTelemetry (OTLP over HTTP). What is left out stays; a header of `****` stays what it is."""
    return _log_export((await update_log_export(call.ctx, call.body(LogExportUpdate))).value.log_export)


@log_export.post("/test", "Try where the log is sent", runs=try_log_export, body=None, status=200)
async def test_log_export(call: Call) -> TriedData:
    """Nowhere is 409."""
    return tried(await try_log_export(call.ctx))


def tried(came: Tried) -> TriedData:
    """What came of a try."""
    told: TriedData = {"success": came.success, "latencyMs": came.latency_ms}
    return told if came.error is None else {**told, "error": came.error}


def _log_export(export: LogExport) -> LogExportData:
    return {
        "enabled": export.enabled,
        "endpoint": export.endpoint,
        "headers": export.headers,
        "level": word(export.level),
    }
