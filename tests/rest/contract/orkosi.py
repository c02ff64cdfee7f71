"""Contracts of Orkosi's interface: what is around answers, and the probes."""

from typing import Any

from tests.rest.contract.contract import MALFORMED, Contract
from tests.rest.contract.shape import COUNT, FLAG, OBJECT, TEXT, one_of
from tests.world.paths import ORKOSI


def data(shape: Any, **meta: Any) -> dict[str, Any]:
    """The envelope around an answer."""
    return {"data": shape, "meta": meta or OBJECT}


def page(shape: Any) -> dict[str, Any]:
    """The envelope around a list."""
    return data(shape, total=COUNT, limit=COUNT, offset=COUNT, has_more=FLAG)


def gone(identity: Any) -> dict[str, Any]:
    """What a deletion answers."""
    return data({"id": identity, "deleted": True})


UP, ANY_STATUS = "up", one_of("up", "down", "off")
MACHINE = (
    "cpus",
    "peak_memory_bytes",
    "disk_bytes",
    "free_disk_bytes",
    "registrations_per_hour",
    "storage_quota_bytes",
)


def _probe(path: str, answers: Any, by: str | None = None) -> Contract:
    return Contract(method="GET", route=ORKOSI + path, by=by, answers=answers, bad=MALFORMED, denied=MALFORMED)


CONTRACTS = [
    _probe("/version", {"name": "orrery", "version": TEXT, "uptime": COUNT}),
    _probe(
        "/health",
        {"status": "ok", "version": TEXT, "uptime": COUNT, "db": "connected", "redis": "not_configured"},
    ),
    _probe("/ready", {"status": "ready"}),
    _probe(
        "/arch-health",
        {
            "status": "ok",
            "parts": {"database": UP, "bus": UP, "redis": "off", "mail": ANY_STATUS, "git": ANY_STATUS},
            "machine": dict.fromkeys(MACHINE, COUNT),
        },
        by="outsider",  # who runs the installation
    ),
]
