"""The file that `ORRERY_PLANS` names: the plans that organizations may be on, in TOML. Packages stand there too
(`gateway.package_file`).

[plans.free]
members = 5                       # what is left out is not limited
agents = 2
projects = 10
storage = "1GB"

[plans.team]
name = "Team"
price = "price_…"                 # Stripe's id; a plan without one costs nothing
cost = 2900                       # what that comes to a month, as people are told: in cents of a US dollar
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gateway.toml_file import BadPlaceError, known, parse_size, read_toml, read_values, text, whole
from models.billing import Plan, PlanLimits

MAX_PLANS = 20
MOST = 1_000_000
MOST_COST = 100_000_000

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def plans_at(name: str) -> Mapping[str, Plan]:
    """The plans of the file that a setting names. Raises ValueError."""
    return read_plans(Path(name).expanduser())


def read_plans(path: Path) -> Mapping[str, Plan]:
    """The plans that a file declares, in its order. Raises ValueError, with a sentence that begins with the place."""
    return read_toml(path, _plans)


def _plans(data: Mapping[str, Any]) -> Mapping[str, Plan]:
    known(data, "the file", {"plans", "packages"})
    tables = data.get("plans")
    if not isinstance(tables, dict) or not 1 <= len(tables) <= MAX_PLANS:
        raise BadPlaceError("plans", f"must be 1 to {MAX_PLANS} tables such as [plans.free]")
    plans = {slug: _plan(slug, table) for slug, table in tables.items()}
    prices = [plan.price for plan in plans.values() if plan.price is not None]
    if len(set(prices)) < len(prices):
        raise BadPlaceError("plans", "must each have a price of its own")
    return plans


def _plan(slug: str, table: Any) -> Plan:
    place = f"plans.{slug}"
    if not SLUG.fullmatch(slug):
        raise BadPlaceError(place, "must have a name of 1 to 60 of a-z, 0-9 and -")
    known(table, place, _READERS.keys() | _LIMITS.keys())
    return Plan(slug, limits=PlanLimits(**read_values(table, place, _LIMITS)), **_named(slug, table, place))


def _named(slug: str, table: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"name": slug, **read_values(table, place, _READERS)}


def _size(value: Any) -> int:
    return parse_size(text(value))


_READERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", text),
    "price": ("price", text),
    "cost": ("cost", whole(MOST_COST, least=0)),
}
_LIMITS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "members": ("members", whole(MOST)),
    "agents": ("agents", whole(MOST, least=0)),
    "projects": ("projects", whole(MOST)),
    "storage": ("storage", _size),
}
