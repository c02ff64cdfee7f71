"""Every route of Orkosi's interface, in the order in which the document shows them."""

from rest.orkosi import (
    api_keys,
    auth,
    files,
    probes,
    rules,
)
from rest.routing import Route

BASE = "/api"
"""Below the prefix of the interface."""
SCOPED = "/w/{orgSlug}/{wsSlug}" + BASE
"""The same, for requests about one workspace."""

TAGS = {
    f"Orkosi: {name}": text
    for name, text in {
        "api keys": "What programs of an organization sign in with: for its admins, signed in.",
        "auth": "Registering, signing in, and what a session goes on by.",
        "files": "Texts that a workspace keeps by their paths.",
        "health": "Whether the gateway answers, and what it is made of.",
        "rules": "What agents always keep to.",
    }.items()
}

_PARTS = (
    probes.routes,
    auth.routes,
    files.routes,
    rules.routes,
    api_keys.routes,
)

TABLE: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.table)
