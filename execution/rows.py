"""Result objects from columns: as dicts, or as JSON."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from keyword import iskeyword
from sys import intern
from typing import Any

import orjson

Build = Callable[[list[list[Any]]], list[dict[str, Any]]]
Write = Callable[[list[list[Any]], Sequence[int | None]], list[list[orjson.Fragment] | None] | None]
"""From columns and the lengths of the lists that their rows make (None: null) to these lists.

A list is one of fragments, each with the JSON of many rows, comma between them; orjson does not look into it, and so
writes the list. None where orjson refuses a value, or a name cannot be an attribute."""

_SHARED_KEYS = 28
"""More names than this do not fit into the keys that the dicts of a class share in CPython."""


@lru_cache(1024)
def row_builder(names: tuple[str, ...]) -> Build:
    """A function from columns to one dict per row, compiled for these names: `dict(zip(names, row))` takes four times.

    Where the names can be attributes, the dicts are those of instances of one class, which share their keys.
    """
    cells = ", ".join(f"c{number}" for number in range(len(names)))
    if len(names) <= _SHARED_KEYS and all(map(_is_attribute, names)):
        sets = "".join(f"        row.{name} = c{number}\n" for number, name in enumerate(names))
        source = (
            f"def build(columns):\n    rows = []\n    add = rows.append\n    for {cells}, in zip(*columns):\n"
            f"        row = Row()\n{sets}        add(row.__dict__)\n    return rows\n"
        )
        # A class of its own, as another one's keys would be shared too.
        scope: dict[str, Any] = {"__builtins__": {}, "zip": zip, "Row": type("Row", (), {})}
        exec(source, scope)  # noqa: S102
        compiled: Build = scope["build"]
        return compiled
    # The names are quoted, so that none can be read as code.
    pairs = ", ".join(f"{name!r}: c{number}" for number, name in enumerate(names))
    source = f"lambda columns: [{{{pairs}}} for {cells}, in zip(*columns)]"
    build: Build = eval(source, {"__builtins__": {}, "zip": zip})  # noqa: S307
    return build


_SLATES = 32
"""Rows that are written at once: so few that they and their text stay in the nearest cache."""


class _Slate:
    """A row whose values are written and replaced by those of a later one: no dict is made per row.

    An attribute that is set again is found in the instance's dict by its place, without its hash.
    """


@lru_cache(1024)
def row_writer(names: tuple[str, ...]) -> Write:
    """A function that writes rows of these names, compiled: it takes two thirds of the time of dicts."""
    if not names or not all(map(_is_attribute, names)):
        return lambda _columns, _lengths: None
    # As those in the code are: an attribute is found by its place where that holds the same string.
    keys = list(map(intern, names))
    targets = "".join(f", row.{name}" for name in names)
    scope: dict[str, Any] = {"__builtins__": {}, "zip": zip}
    exec(f"def fill(slates, cells):\n    for row{targets} in zip(slates, *cells):\n        pass\n", scope)  # noqa: S102
    fill = scope["fill"]

    def write(columns: list[list[Any]], lengths: Sequence[int | None]) -> list[list[orjson.Fragment] | None] | None:
        slates = [_Slate() for _ in range(_SLATES)]
        dicts: list[dict[str, Any]] = []
        for slate in slates:
            slate.__dict__ = dict.fromkeys(keys)
            dicts.append(slate.__dict__)
        # In this order: once the slates are filled, no cell more is taken.
        cells = list(map(iter, columns))

        def texts(length: int) -> list[orjson.Fragment]:
            found: list[orjson.Fragment] = []
            for left in range(length, 0, -_SLATES):
                fill(slates[:left], cells)
                found.append(orjson.Fragment(orjson.dumps(dicts[:left])[1:-1]))
            return found

        try:
            return [None if length is None else texts(length) for length in lengths]
        except TypeError:
            return None

    return write


def _is_attribute(name: str) -> bool:
    """Whether setting the name on an instance only adds it to the instance's dict."""
    return name == "__typename" or (name.isidentifier() and not iskeyword(name) and not name.startswith("__"))
