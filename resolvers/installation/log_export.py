"""Where the log of the gateway is sent: a collector of OpenTelemetry, by OTLP over HTTP, in JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson

from auth.vault import Vault
from models import Installation, LogEntry
from models.base import collection, to_record
from models.enums import ServerRole
from models.errors import BadUserInput, Conflict
from models.installation import INSTALLATION_ID, LOG_HEADERS
from models.installation_enums import LogLevel
from models.outbound import NotMade, Outbound
from models.records import InstallationRecord, LogEntryRecord
from realtime.events.installation import LogExportChanged
from realtime.log import Change, Committed
from resolvers.account.super_admin import touch_installation
from resolvers.inputs.installation import LogExportUpdate
from resolvers.installation.secret import LOST, keep_secret, open_secret
from resolvers.kit.context import Context, Services
from resolvers.kit.operation import Caller, operation
from resolvers.kit.server_role import require_server_role

SECONDS, MAX_ANSWER = 5.0, 64 * 1024
MASK = "****"
"""What is shown of a header's value; sent back, it stays what it is."""
DEFAULT_PATH = "/v1/logs"
NOWHERE = "The log is sent nowhere: say to which `endpoint`"
_SEVERITY = {LogLevel.INFO: 9, LogLevel.WARN: 13, LogLevel.ERROR: 17}


@dataclass(frozen=True, slots=True)
class LogExport:
    """Where the log is sent. Of headers, which may carry a credential, the names alone are shown."""

    enabled: bool = False
    endpoint: str | None = None
    level: LogLevel = LogLevel.INFO
    header_names: Sequence[str] = ()

    @property
    def headers(self) -> dict[str, str]:
        return dict.fromkeys(self.header_names, MASK)


FIRST = LogExport()
"""What it is at first."""


@dataclass(frozen=True, slots=True)
class ChangedLogExport:
    """Where the log is sent, as it is now."""

    log_export: LogExport


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try."""

    success: bool
    latency_ms: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Exporting:
    """What sends the log: an address, the least level, and headers with their values."""

    endpoint: str
    level: LogLevel
    headers: Mapping[str, str] = field(repr=False)

    def takes(self, entry: LogEntryRecord) -> bool:
        return _SEVERITY[LogLevel(entry["level"])] >= _SEVERITY[self.level]


@operation("logExport", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def get_log_export(ctx: Context) -> LogExport:
    """Where the log of the gateway is sent."""
    return log_export_of(await collection(Installation).find_one({"_id": INSTALLATION_ID}))


@operation("logExportUpdate", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def update_log_export(ctx: Context, values: LogExportUpdate) -> Committed[ChangedLogExport]:
    """Say where the log of the gateway is sent.

    Raises BadUserInput for an address that no request is made to, Conflict for sending it nowhere; DecryptionFailed
    and NotConfigured for headers that are to stay beside others, where their key is lost.
    """
    given = values.given()
    if given.get("endpoint"):
        try:
            ctx.services.outbound.check(given["endpoint"])
        except NotMade as error:
            raise BadUserInput(str(error), field="endpoint") from error

    async def body(change: Change) -> ChangedLogExport:
        await require_server_role(ctx.user_id, ServerRole.SUPER_ADMIN, "logExportUpdate", change.session)
        found = await collection(Installation).find_one({"_id": INSTALLATION_ID}, session=change.session)
        before = log_export_of(found)
        changes = {name: getattr(FIRST, name) if value is None else value for name, value in given.items()}
        now = replace(before, **{name: value for name, value in changes.items() if name != "headers"})
        if now.enabled and now.endpoint is None:
            raise Conflict(NOWHERE)
        wanted: dict[str, str] = given.get("headers") or {}
        kept = await _kept_headers(ctx.services.vault, before, wanted, change)
        headers = kept
        if "headers" in given:
            stay = {name: value for name, value in (kept or {}).items() if wanted.get(name) == MASK}
            headers = {**wanted, **stay}
            now = replace(now, header_names=tuple(sorted(headers)))
        if (now, headers) != (before, kept):
            stored = {"enabled": now.enabled, "endpoint": now.endpoint, "level": now.level.value}
            await touch_installation(change, {"log_export": {**stored, "header_names": list(now.header_names)}})
            if headers != kept:
                await keep_secret(ctx.services.vault, change, LOG_HEADERS, json.dumps(headers) if headers else None)
            change.append(INSTALLATION_ID, LogExportChanged(enabled=now.enabled, level=now.level))
        return ChangedLogExport(now)

    return await ctx.write(INSTALLATION_ID, body)


@operation("logExportTest", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def try_log_export(ctx: Context) -> Tried:
    """Send one entry to where the log of the gateway goes, whether it is enabled or not.

    Raises Conflict where that is nowhere.
    """
    export = await exporting(ctx.services, is_try=True)
    if export is None:
        raise Conflict(NOWHERE)
    began = monotonic()
    entry = LogEntry(level=LogLevel.INFO, message="The export of the log was tried", target="orrery.log")
    error = await send_entries(ctx.services.outbound, export, [to_record(entry)])
    return Tried(error is None, round((monotonic() - began) * 1000), error)


def log_export_of(installation: InstallationRecord | None) -> LogExport:
    """What is set of it."""
    found = None if installation is None else installation.get("log_export")
    if found is None:
        return FIRST
    return LogExport(found["enabled"], found["endpoint"], LogLevel(found["level"]), tuple(found["header_names"]))


async def exporting(services: Services, *, is_try: bool = False) -> Exporting | None:
    """What sends the log; None where it is not to be sent. A try is sent wherever it would go."""
    export = log_export_of(await collection(Installation).find_one({"_id": INSTALLATION_ID}))
    if export.endpoint is None or not (export.enabled or is_try):
        return None
    headers = await open_headers(services.vault, export)
    return Exporting(_address(export.endpoint), export.level, headers)


async def send_entries(outbound: Outbound, to: Exporting, entries: Sequence[LogEntryRecord]) -> str | None:
    """Send entries; what went wrong, in words that tell of no network, or None."""
    headers = {**to.headers, "content-type": "application/json", "user-agent": "Orrery"}
    body = orjson.dumps(otlp(entries))
    try:
        answer = await outbound.request(
            "POST", to.endpoint, headers=headers, body=body, timeout=SECONDS, max_bytes=MAX_ANSWER
        )
    except httpx2.TransportError as error:
        return str(error) if isinstance(error, NotMade) else f"No answer ({type(error).__name__})"
    return None if 200 <= answer.status < 300 else f"The answer was {answer.status}"


def otlp(entries: Sequence[LogEntryRecord]) -> dict[str, Any]:
    """Entries as the protocol has them (ExportLogsServiceRequest)."""
    targets: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        targets.setdefault(entry["target"], []).append(_record(entry))
    scopes = [{"scope": {"name": target}, "logRecords": records} for target, records in targets.items()]
    service = {"key": "service.name", "value": {"stringValue": "orrery"}}
    return {"resourceLogs": [{"resource": {"attributes": [service]}, "scopeLogs": scopes}]}


def _record(entry: LogEntryRecord) -> dict[str, Any]:
    level, nanos = LogLevel(entry["level"]), round(entry["created_at"].timestamp() * 1000) * 1_000_000
    return {
        "timeUnixNano": str(nanos),
        "severityNumber": _SEVERITY[level],
        "severityText": level.name,
        "body": {"stringValue": entry["message"]},
        "attributes": [{"key": key, "value": {"stringValue": str(value)}} for key, value in entry["fields"].items()],
    }


async def open_headers(vault: Vault, export: LogExport, change: Change | None = None) -> dict[str, str]:
    """The headers with their values. Raises DecryptionFailed and NotConfigured."""
    if not export.header_names:
        return {}
    headers: dict[str, str] = json.loads(await open_secret(vault, LOG_HEADERS, change))
    return headers


async def _kept_headers(
    vault: Vault, export: LogExport, wanted: Mapping[str, str], change: Change
) -> dict[str, str] | None:
    """The headers with their values; None where those are lost and none of them is wanted."""
    try:
        return await open_headers(vault, export, change)
    except LOST:
        if MASK in wanted.values():
            raise
        return None


def _address(endpoint: str) -> str:
    """Where entries are posted: a collector that is named by its host alone has its usual path."""
    return endpoint if urlsplit(endpoint).path.strip("/") else endpoint.rstrip("/") + DEFAULT_PATH
