"""Results as text that a model reads: compact, at most 20 kB, and saying how much of the whole they are and how to go
on.

Text that people wrote stands in one line, or behind `> `, so that it cannot be taken for what the gateway says.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

MAX_BYTES = 20_000
"""Of any result, in UTF-8."""

_HEAD = 300
"""Bytes that the first line may take."""
_INLINE = 160
"""Characters of a text among others."""
_ROW = 2_000
"""Bytes of one row."""
NAMES = ("title", "name", "label", "objective")
"""What an object is called by."""
_BACKSTAGE = frozenset({"createdAt", "updatedAt", "createdBy", "version", "workspace"})
"""What is left out where many are listed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: the rows from the `start`-th on of `total`, where these are known. `next_of` tells how to go on
    after the n-th of these rows; `more` that something follows the last of them."""

    rows: Sequence[Any]
    start: int | None
    total: int | None
    more: bool
    next_of: Callable[[int], str]


def size_of(text: str) -> int:
    return len(text.encode())


def render_list(name: str, part: Part) -> str:
    """Rows of a list, as many as fit."""
    same, rows = _in_common(part.rows)
    lines: list[str] = []
    left = MAX_BYTES - _HEAD - size_of(same)
    for row in rows:
        line = _cut("- " + inline(row, among_others=True), _ROW)
        left -= size_of(line) + 1
        if left < 0:
            break
        lines.append(line)
    more = part.more or len(lines) < len(rows)
    return "\n".join([_told(name, part, len(lines), more), *([same] if same else []), *lines])


def _in_common(rows: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """What all rows refer to alike, in a line of its own, and the rows without it."""
    if len(rows) < 2 or not all(isinstance(row, dict) for row in rows):
        return "", rows
    same = {
        key: value
        for key, value in rows[0].items()
        if _is_reference(value) and key not in _BACKSTAGE and all(row.get(key) == value for row in rows)
    }
    left = [{key: value for key, value in row.items() if key not in same} for row in rows]
    return f"all of them: {inline(same)}" if same else "", left


def _told(name: str, part: Part, shown: int, more: bool) -> str:
    of = "" if part.total is None else f" of {part.total}"
    if not shown and not more:
        return f"{name}: none{of}"
    where = f"{shown}{of}" if part.start is None else f"{part.start + 1}-{part.start + shown}{of}"
    return f"{name}: {where}, next: {part.next_of(shown)}" if more else f"{name}: {where}, no more"


def render_object(value: Any, offset: int = 0) -> str:
    """An object line by line; a long one from its `offset`-th character on, as far as it fits."""
    whole = "\n".join(_lines(value, "")) if isinstance(value, Mapping | list) else str(value)
    if not offset and size_of(whole) <= MAX_BYTES:
        return whole
    rest = whole[offset:]
    part = rest.encode()[: MAX_BYTES - _HEAD].decode(errors="ignore")
    if len(part) < len(rest) and "\n" in part:
        part = part[: part.rindex("\n") + 1]
    end = min(offset, len(whole)) + len(part)
    told = f"characters {min(offset, len(whole))}-{end} of {len(whole)}"
    return f"{told}, next: offset={end}\n{part}" if end < len(whole) else f"{told}, no more\n{part}"


def inline(value: Any, *, among_others: bool = False) -> str:
    """A value in one line."""
    match value:
        case {"id": object_id, **rest} if not among_others and rest.keys() <= {"name", "title"}:
            name = " ".join(_one_line(str(text)) for text in rest.values())
            return f"{name} [{object_id}]" if name else f"[{object_id}]"
        case dict():
            return " · ".join(_entries(value, among_others=among_others))
        case list():
            return ", ".join(map(inline, value))
        case bool():
            return "yes" if value else "no"
        case None:
            return "none"
        case str():
            return _day(value) if _MOMENT.fullmatch(value) else _one_line(value)
    return str(value)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def _day(moment: str) -> str:
    """A moment to the second, a midnight as its day."""
    return moment[:10] if moment[11:] == "00:00:00.000Z" else f"{moment[:19]}Z"


def _entries(value: Mapping[str, Any], *, among_others: bool) -> Iterator[str]:
    """An object's id with its name, then what else it has."""
    own = _called(value)
    if "id" in value:
        yield f"{_one_line(value[own])} [{value['id']}]" if own else f"[{value['id']}]"
    for key, child in value.items():
        if key == "id" or (key == own and "id" in value) or (among_others and _is_aside(key, child)):
            continue
        if not _is_empty(child):
            yield f"{key}: {_beside(child)}"
        elif child is None and "id" not in value:
            yield f"{key}: none"


def _called(value: Mapping[str, Any]) -> str | None:
    """The key of what an object is called by."""
    return next((key for key in NAMES if isinstance(value.get(key), str)), None)


def _beside(value: Any) -> str:
    """A value in the line of what it belongs to: an object that has a name by that alone."""
    if isinstance(value, dict) and "id" in value and (own := _called(value)) is not None:
        return inline({"id": value["id"], "name": value[own]})
    return f"({inline(value, among_others=True)})" if _is_compound(value) else inline(value)


def _lines(value: Any, indent: str) -> Iterator[str]:
    """An object in lines: what is in it stands below it, further in."""
    if isinstance(value, list):
        same, elements = _in_common(value)
        if same:
            yield f"{indent}{same}"
        for element in elements:
            yield from _element(element, indent)
        return
    for key, child in value.items():
        if _is_empty(child):
            continue
        if isinstance(child, str) and ("\n" in child or len(child) > _INLINE):
            yield f"{indent}{key}:"
            yield from (f"{indent}> {line}" for line in child.splitlines())
        elif _is_compound(child):
            yield f"{indent}{key} ({len(child)}):" if isinstance(child, list) else f"{indent}{key}:"
            yield from _lines(child, indent + "  ")
        else:
            yield f"{indent}{key}: {inline(child)}"


def _element(element: Any, indent: str) -> Iterator[str]:
    """An element of a list; lists in it stand below it."""
    below = {
        key: child
        for key, child in (element.items() if isinstance(element, dict) else ())
        if _is_compound(child) and isinstance(child, list) and child
    }
    first = {key: child for key, child in element.items() if key not in below} if below else element
    yield f"{indent}- {inline(first, among_others=isinstance(first, dict))}"
    for key, child in below.items():
        yield f"{indent}  {key} ({len(child)}):"
        yield from _lines(child, indent + "    ")


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() <= {"id", "name", "title"}


def _is_compound(value: Any) -> bool:
    """Whether a value is more than what one line says of it: an object that is no reference, or a list of those."""
    if isinstance(value, list):
        return any(map(_is_compound, value))
    return isinstance(value, dict) and not _is_reference(value)


def _is_aside(key: str, value: Any) -> bool:
    """Whether a list of many leaves out what an object has under a key."""
    return key in _BACKSTAGE or (value == 0 and key.endswith("Count"))


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def _one_line(text: str) -> str:
    return _cut(" ".join(text.split()), _INLINE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def fitted(value: dict[str, Any]) -> dict[str, Any]:
    """An object as a structured result of at most 20 kB: of the longest lists the beginnings alone, as `cut` tells."""
    found, whole = dict(value), {key: len(child) for key, child in value.items() if isinstance(child, list)}
    while len(orjson.dumps(found)) > MAX_BYTES - _HEAD and any(found[key] for key in whole):
        longest = max(whole, key=lambda key: len(orjson.dumps(found[key])))
        found[longest] = found[longest][: len(found[longest]) // 2]
    cut = {key: f"{len(found[key])} of {size}" for key, size in whole.items() if len(found[key]) < size}
    return {**found, "cut": cut} if cut else found


def shorten(value: Any) -> Any:
    """What a structured result shows of an object that was written: its texts cut, nothing that is empty."""
    match value:
        case dict():
            return {key: shorten(child) for key, child in value.items() if not _is_empty(child)}
        case list():
            return [shorten(child) for child in value]
        case str():
            return _cut(value, _INLINE)
    return value
