"""Every route of Orkosi's interface, in the order in which the document shows them."""

from rest.orkosi import probes
from rest.routing import Route

BASE = "/api"
"""Below the prefix of the interface."""
SCOPED = "/w/{orgSlug}/{wsSlug}" + BASE
"""The same, for requests about one workspace."""

TAGS = {
    f"Orkosi: {name}": text
    for name, text in {
        "health": "Whether the gateway answers, and what it is made of.",
    }.items()
}

_PARTS = (probes.routes,)

TABLE: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.table)
