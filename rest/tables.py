"""The routes of an interface: those of all modules of its package, each of which says where it stands."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from operator import itemgetter
from types import ModuleType

from rest.routing import Route, Routes

LAST = 10_000
"""Behind all that have a place."""


def table_of(package: ModuleType) -> tuple[tuple[Route, ...], dict[str, str]]:
    """The routes of a package in the order in which the document shows them, and its tags with what they are.

    They stand by their places. Routes without one stand behind those before them in their module, or else behind all
    others; tags stand where the routes do that say what they are. What is at one place stands in the order of modules.
    """
    placed = sorted(_placed(package), key=itemgetter(0))
    told = [(place if part.tag_place is None else part.tag_place, part) for place, part in placed if part.about]
    tags = {part.title: part.about for _, part in sorted(told, key=itemgetter(0))}
    return tuple(route for _, part in placed for route in part.table), tags


def _placed(package: ModuleType) -> Iterator[tuple[int, Routes]]:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        place = LAST
        for part in vars(import_module(module.name)).values():
            if isinstance(part, Routes):
                place = place if part.place is None else part.place
                yield place, part
