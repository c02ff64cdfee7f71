"""The packages in the file that `ORRERY_PLANS` names: what people buy once, beside the plans.

[packages.tokens-1m]
name = "1,000,000 tokens"
tokens = 1_000_000                # or `cents`, of the credit of a person
price = 9_000                     # in cents of a US dollar
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.plan_file import SLUG
from gateway.toml_file import BadPlaceError, known, read_toml, read_values, text, whole
from models.billing import Package
from models.wallet import WalletUnit

MAX_PACKAGES = 50
MOST = 10**12
CHEAPEST, DEAREST = 50, 99_999_999
"""What Stripe takes at a time, in cents of a US dollar."""

_READERS = {"name": ("name", text), "price": ("price", whole(DEAREST, least=CHEAPEST))}
_AMOUNTS = {unit.value: (unit.value, whole(MOST)) for unit in WalletUnit}


def packages_at(name: str) -> Mapping[str, Package]:
    """The packages of the file that a setting names. Raises ValueError."""
    return read_packages(Path(name).expanduser())


def read_packages(path: Path) -> Mapping[str, Package]:
    """The packages of a file, in its order. Raises ValueError, with a sentence that begins with the place."""
    return read_toml(path, _packages)


def _packages(data: Mapping[str, Any]) -> Mapping[str, Package]:
    tables = data.get("packages", {})
    if not isinstance(tables, dict) or len(tables) > MAX_PACKAGES:
        raise BadPlaceError("packages", f"must be at most {MAX_PACKAGES} tables such as [packages.small]")
    return {slug: _package(slug, table) for slug, table in tables.items()}


def _package(slug: str, table: Any) -> Package:
    place = f"packages.{slug}"
    if not SLUG.fullmatch(slug):
        raise BadPlaceError(place, "must have a name of 1 to 60 of a-z, 0-9 and -")
    known(table, place, _READERS.keys() | _AMOUNTS.keys())
    amounts = read_values(table, place, _AMOUNTS)
    named = {"name": slug, **read_values(table, place, _READERS)}
    if len(amounts) != 1 or "price" not in named:
        raise BadPlaceError(place, "must have a price, and either tokens or cents")
    [(unit, amount)] = amounts.items()
    return Package(slug, named["name"], WalletUnit(unit), amount, named["price"])
