"""Whether the gateway answers, what it is, and what of it is there; for anybody."""

from typing import Any, Literal

from typing_extensions import TypedDict

from models.errors import Unavailable
from models.installation_enums import GatewayPart, PartStatus
from resolvers.installation.health import get_health
from rest.orkosi.dialect import FLAT, orkosi_routes
from rest.present import shown, word
from rest.routing import Call

routes = orkosi_routes("health", about="Whether the gateway answers, and what it is made of.", place=10, tag_place=190)

_REDIS: dict[PartStatus, Literal["connected", "disconnected", "not_configured"]] = {
    PartStatus.UP: "connected",
    PartStatus.DOWN: "disconnected",
    PartStatus.OFF: "not_configured",
}


class VersionData(TypedDict):
    """What the gateway is. `uptime` is in seconds."""

    name: Literal["orrery"]
    version: str
    uptime: int


class OrkosiHealthData(TypedDict):
    """The gateway answers, and so does its database. `uptime` is in seconds."""

    status: Literal["ok"]
    version: str
    uptime: int
    db: Literal["connected"]
    redis: Literal["connected", "disconnected", "not_configured"]


class ReadyData(TypedDict):
    """The gateway takes requests."""

    status: Literal["ready"]


class MachineData(TypedDict):
    """What the gateway runs with, and how much it lets in."""

    cpus: int
    peak_memory_bytes: float
    disk_bytes: float
    free_disk_bytes: float
    registrations_per_hour: int
    storage_quota_bytes: float


class ArchHealthData(TypedDict):
    """What the gateway is made of. What it runs with is told to whoever runs the installation, and null for others."""

    status: Literal["ok"]
    version: str
    uptime: int
    parts: dict[str, Literal["up", "down", "off"]]
    machine: MachineData | None


@routes.get("/version", "Read what the gateway is", runs=get_health, dialect=FLAT)
async def get_version(call: Call) -> VersionData:
    health = await get_health(call.ctx)
    return {"name": "orrery", "version": health["version"], "uptime": health["uptime_seconds"]}


@routes.get("/health", "Ask whether the gateway and its database answer", runs=get_health, dialect=FLAT)
async def get(call: Call) -> OrkosiHealthData:
    """503 where the database does not."""
    health, parts = await _with_database(call)
    return {
        "status": "ok",
        "version": health["version"],
        "uptime": health["uptime_seconds"],
        "db": "connected",
        "redis": _REDIS[parts[GatewayPart.REDIS]],
    }


@routes.get("/ready", "Ask whether the gateway takes requests", runs=get_health, dialect=FLAT)
async def get_ready(call: Call) -> ReadyData:
    """503 where it does not."""
    await _with_database(call)
    return {"status": "ready"}


@routes.get("/arch-health", "Read what the gateway is made of", runs=get_health, dialect=FLAT)
async def get_arch_health(call: Call) -> ArchHealthData:
    """503 where the database does not answer."""
    health, parts = await _with_database(call)
    machine = health["machine"]
    return {
        "status": "ok",
        "version": health["version"],
        "uptime": health["uptime_seconds"],
        "parts": {part.value: word(status) for part, status in parts.items()},
        "machine": None if machine is None else shown(MachineData, machine),
    }


async def _with_database(call: Call) -> tuple[dict[str, Any], dict[GatewayPart, PartStatus]]:
    health = await get_health(call.ctx)
    parts = {GatewayPart(part["name"]): PartStatus(part["status"]) for part in health["parts"]}
    if parts[GatewayPart.DATABASE] is not PartStatus.UP:
        raise Unavailable
    return health, parts
