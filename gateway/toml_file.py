"""Files of settings in TOML: read, and told what is wrong with them by its place."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_SIZE = re.compile(r"([1-9][0-9]{0,11}) ?([KMGT]B)?")
_SIZES = ("", "KB", "MB", "GB", "TB")


class BadPlaceError(ValueError):
    """What is at a place of a file cannot be."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}")


def read_toml(path: Path, read: Callable[[Mapping[str, Any]], T]) -> T:
    """What `read` makes of a file. Raises ValueError, with a sentence that begins with the place in the file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"names {path}, which cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"names {path}, which is not TOML: {error}") from error
    try:
        return read(data)
    except BadPlaceError as error:
        raise ValueError(f"names {path}, where {error}") from error


def known(table: Any, place: str, keys: Collection[str]) -> None:
    """Raise BadPlaceError for what is no table, or one with other keys."""
    if not isinstance(table, dict):
        raise BadPlaceError(place, "must be a table")
    if unknown := table.keys() - set(keys):
        raise BadPlaceError(place, f"knows no {min(unknown)}; there are {', '.join(sorted(keys))}")


def parse_size(size: str) -> int:
    """A number of bytes, with a unit `KB`, `MB`, `GB` or `TB` or without one. Raises ValueError."""
    match = _SIZE.fullmatch(size.upper())
    if match is None:
        raise ValueError(f"must be a number of bytes such as 500MB or 2GB, not {size!r}")
    return int(match[1]) << 10 * _SIZES.index(match[2] or "")


def text(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise ValueError("must be a text of 1 to 200 characters")
    return value


def whole(most: int, least: int = 1) -> Callable[[Any], int]:
    """What reads a whole number."""

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return read


def read_values(table: Mapping[str, Any], place: str, readers: Mapping[str, tuple[str, Callable[[Any], Any]]]) -> Any:
    """What `readers` make of the keys of a table that are there, by their attributes. Raises BadPlaceError."""
    found: dict[str, Any] = {}
    for key, (attribute, read) in readers.items():
        if key in table:
            try:
                found[attribute] = read(table[key])
            except (TypeError, ValueError) as error:
                raise BadPlaceError(f"{place}.{key}", str(error)) from error
    return found
