"""How the gateway is: what it is made of answers or does not, and what it runs with."""

import asyncio
import os
import resource
import shutil
from pathlib import Path
from time import monotonic

from models import User
from models.base import Record, collection
from models.installation_enums import GatewayPart, PartStatus
from models.reach import is_unreachable
from resolvers.kit.context import Context, Services
from resolvers.kit.operation import Caller, operation
from resolvers.kit.server_role import runs_installation

PING_SECONDS = 2.0


@operation("health", caller=Caller.ANYONE, read_only=True)
async def get_health(ctx: Context) -> Record:
    """How the gateway is: its version, for how long it runs, and which of its parts answer.

    What it runs with is for those who run the installation, and None for all others.
    """
    services = ctx.services
    parts = {
        GatewayPart.DATABASE: await _database(),
        GatewayPart.BUS: _is(services.hub.bus.is_connected),
        GatewayPart.REDIS: _is(services.hub.bus.is_connected) if services.hub.bus.is_redis else PartStatus.OFF,
        GatewayPart.VAULT: _is_set_up(bool(services.vault.keys)),
        GatewayPart.MAIL: _is_set_up(not services.shows_links),
        GatewayPart.MODELS: _is_set_up(bool(services.models)),
        GatewayPart.GIT: _is_set_up(shutil.which("git") is not None),
    }
    return {
        "version": services.version,
        "uptime_seconds": int(monotonic() - services.started),
        "parts": [{"name": part, "status": status} for part, status in parts.items()],
        "machine": _machine(services) if await runs_installation(ctx) else None,
    }


async def _database() -> PartStatus:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await collection(User).database.command("ping")
    except Exception as error:
        if isinstance(error, TimeoutError) or is_unreachable(error):
            return PartStatus.DOWN
        raise
    return PartStatus.UP


def _is(up: bool) -> PartStatus:
    return PartStatus.UP if up else PartStatus.DOWN


def _is_set_up(there: bool) -> PartStatus:
    return PartStatus.UP if there else PartStatus.OFF


def _machine(services: Services) -> Record:
    """What the process has and is bounded by; bytes all of them."""
    disk = shutil.disk_usage(_there(services.worktrees.absolute()))
    return {
        "cpus": os.cpu_count() or 1,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "disk_bytes": disk.total,
        "free_disk_bytes": disk.free,
        "registrations_per_hour": services.registrations_per_hour,
        "storage_quota_bytes": services.storage_quota,
    }


def _there(path: Path) -> Path:
    """The nearest folder above that is there."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
