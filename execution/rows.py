"""Result objects from columns."""

from collections.abc import Callable
from functools import lru_cache
from keyword import iskeyword
from typing import Any

Build = Callable[[list[list[Any]]], list[dict[str, Any]]]

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
        build: Build = scope["build"]
        return build
    # The names are quoted, so that none can be read as code.
    pairs = ", ".join(f"{name!r}: c{number}" for number, name in enumerate(names))
    build = eval(f"lambda columns: [{{{pairs}}} for {cells}, in zip(*columns)]", {"__builtins__": {}, "zip": zip})  # noqa: S307
    return build


def _is_attribute(name: str) -> bool:
    """Whether setting the name on an instance only adds it to the instance's dict."""
    return name == "__typename" or (name.isidentifier() and not iskeyword(name) and not name.startswith("__"))
