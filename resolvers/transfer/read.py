"""Reads the file of an import entry by entry: a card that is read and checked is all that is held of its text.

The text may be mapped from a disk. Where its lists, objects and strings begin is found by one pattern, so that what
is in them counts before anything is made of it, and other threads get their turn in between.
"""

import mmap
import re
from collections.abc import Iterator
from typing import Any

import orjson

from models.errors import BadUserInput
from resolvers.inputs.transfer import (
    MAX_DOCUMENTS,
    WHOLE_CARDS,
    WHOLE_RELATIONS,
    ImportedCard,
    ImportedDocument,
    ImportedRelation,
    WholeImport,
)
from resolvers.kit.input import Input, read_input
from resolvers.transfer.mend import mended
from resolvers.transfer.notes import Notes
from resolvers.transfer.settle import read_mended

MAX_TEXT = 64 * 1024 * 1024
MAX_ENTRY = 16 * 1024 * 1024
MAX_PARTS = 1_000_000
"""Objects and lists of a file: 50,000 cards with fifteen steps each."""

LISTS: dict[str, tuple[type[Input], int]] = {
    "cards": (ImportedCard, WHOLE_CARDS),
    "relations": (ImportedRelation, WHOLE_RELATIONS),
    "documents": (ImportedDocument, MAX_DOCUMENTS),
}
"""The lists that are read entry by entry: of what, and how many."""

Text = bytes | mmap.mmap

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_PLAIN = re.compile(rb"[^\[\]{},:\"\s]++")
_MARK = re.compile(rb'[\[\]{}]|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BOM = b"\xef\xbb\xbf"


def read_import(text: Text, notes: Notes | None = None) -> WholeImport:
    """The checked file; raises BadUserInput that names the first place at fault.

    With `notes` what is odd in an entry is mended, and told there.
    """
    walk = _Walk(text)
    whole: dict[str, Any] = {}
    lists: dict[str, list[Input]] = {}
    for name in walk.members():
        if name in whole or name in lists:
            raise BadUserInput("comes twice", field=name[:60])
        if name not in LISTS:
            whole[name] = walk.value()
            continue
        model, limit = LISTS[name]
        found = lists[name] = []
        for index, entry in enumerate(walk.entries(name)):
            if index >= limit:
                raise BadUserInput(f"must have at most {limit} entries", field=name)
            one = _checked(model, entry, name, index) if notes is None else mended(name, index, entry, notes)
            if one is not None:
                found.append(one)
    if notes is not None:
        return read_mended(WholeImport, whole, notes, lists)
    return read_input(WholeImport, whole).model_copy(update=lists)


def _checked(model: type[Input], entry: Any, name: str, index: int) -> Input:
    try:
        return read_input(model, entry)
    except BadUserInput as error:
        inner = "" if error.field in (None, "input") else f".{error.field}"
        reason = error.message.removeprefix(f"{error.field}: ")
        raise BadUserInput(reason, field=f"{name}.{index}{inner}", index=index) from error


class _Walk:
    """Where the reading of a text stands."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._at = len(_BOM) if text[: len(_BOM)] == _BOM else 0
        self._parts = 0

    def members(self) -> Iterator[str]:
        """The names of the outermost object; the value of each is to be read before the next."""
        yield from (orjson.loads(self._slice(*span)) for span in self._between(b"{", b"}", keys=True))
        if self._next():
            raise self._wrong()

    def entries(self, name: str) -> Iterator[Any]:
        """The entries of the list that comes next."""
        if (first := self._next()) != b"[":
            if not first:
                raise self._wrong()
            raise BadUserInput("must be a list", field=name)
        for span in self._between(b"[", b"]", keys=False):
            yield self._load(*span)

    def value(self) -> Any:
        """The value that comes next."""
        return self._load(*self._span())

    def _between(self, opening: bytes, closing: bytes, *, keys: bool) -> Iterator[tuple[int, int]]:
        self._expect(opening)
        if self._next() == closing:
            self._at += 1
            return
        while True:
            if keys:
                self._next()
                key = _STRING.match(self._text, self._at)
                if key is None:
                    raise self._wrong()
                self._at = key.end()
                self._expect(b":")
                yield key.span()
            else:
                yield self._span()
            if self._next() == closing:
                self._at += 1
                return
            self._expect(b",")

    def _span(self) -> tuple[int, int]:
        """Where the next value begins and ends; it is passed."""
        first, start = self._next(), self._at
        if first in (b"{", b"["):
            depth = 0
            for mark in _MARK.finditer(self._text, start):
                kind = mark[0][:1]
                if kind in (b"{", b"["):
                    depth += 1
                    self._parts += 1
                    if self._parts > MAX_PARTS:
                        raise BadUserInput(f"The file holds more than {MAX_PARTS} objects and lists")
                elif kind != b'"':
                    depth -= 1
                if not depth or mark.end() - start > MAX_ENTRY:
                    self._at = mark.end()
                    break
            else:
                self._at = len(self._text)
                raise self._wrong()
        else:
            plain = (_STRING if first == b'"' else _PLAIN).match(self._text, start)
            if plain is None:
                raise self._wrong()
            self._at = plain.end()
        if self._at - start > MAX_ENTRY:
            raise BadUserInput(f"The file holds an entry of more than {MAX_ENTRY} bytes")
        return start, self._at

    def _next(self) -> bytes:
        """The next byte that is no space; none where the text has ended."""
        if space := _SPACE.match(self._text, self._at):
            self._at = space.end()
        return bytes(self._text[self._at : self._at + 1])

    def _expect(self, wanted: bytes) -> None:
        if self._next() != wanted:
            raise self._wrong()
        self._at += 1

    def _slice(self, start: int, end: int) -> bytes:
        return bytes(self._text[start:end])

    def _load(self, start: int, end: int) -> Any:
        try:
            return orjson.loads(self._slice(start, end))
        except orjson.JSONDecodeError as error:
            raise BadUserInput(f"The file is not valid JSON: {error.msg} in what begins at byte {start}") from error

    def _wrong(self) -> BadUserInput:
        return BadUserInput(f"The file is not valid JSON at byte {self._at}")
