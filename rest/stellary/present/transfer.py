"""The export format, which is what the import takes, written piece by piece."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NotRequired

import orjson
from typing_extensions import TypedDict

import models
from models.facts import TRANSFER
from models.records import ProjectRecord
from resolvers.transfer.export import SECTIONS, Piece
from rest.present import Timestamp, presents
from rest.stellary.present.base import timestamp
from rest.stellary.present.project import Project, project
from rest.stellary.present.transfer_job import ImportNote

CHUNK = 64 * 1024


@presents(models.Project, door=TRANSFER)
class ExportedDetails(TypedDict):
    pass


@presents(models.Scope, door=TRANSFER)
class ExportedScope(TypedDict):
    pass


@presents(models.Column, door=TRANSFER)
class ExportedColumn(TypedDict):
    """`scopeIndex` points into `scopes`; the project's own columns have none."""

    scopeIndex: NotRequired[int]


@presents(models.Label, door=TRANSFER)
class ExportedLabel(TypedDict):
    pass


@presents(models.CustomField, door=TRANSFER)
class ExportedField(TypedDict):
    options: list[dict[str, str]]


class ExportedItem(TypedDict):
    title: str
    done: bool


class ExportedValue(TypedDict):
    """Options are told by their labels."""

    field: str
    value: Any


class ExportedComment(TypedDict):
    """`author` is an e-mail address, or what an imported file told."""

    content: str
    author: str | None
    createdAt: Timestamp


class ExportedStep(TypedDict):
    columnIndex: int
    enabled: bool
    prompt: str | None


@presents(models.Card, door=TRANSFER)
class ExportedCard(TypedDict):
    """`columnIndex` points into `columns`; null for a card that stands in none. Labels go by name.

    `pipeline` is null where it follows from the board.
    """

    columnIndex: int | None
    pipeline: list[ExportedStep] | None
    checklist: list[ExportedItem]
    labels: list[str]
    customFields: list[ExportedValue]
    assignee: str | None
    comments: list[ExportedComment]


class ExportedRelation(TypedDict):
    """`source` and `target` point into `cards`."""

    type: str
    source: int
    target: int


@presents(models.Document, door=TRANSFER)
class ExportedDocument(TypedDict):
    """`content` is text for Markdown, an object for TipTap; `parentIndex` points to a document before this one."""

    content: Any
    contentFormat: str
    scopeIndex: int | None
    parentIndex: int | None
    cardIndexes: list[int]


class ExportedProject(TypedDict):
    """A whole project: its own columns come first, then those of its scopes."""

    format: str
    version: int
    project: ExportedDetails
    members: list[str]
    scopes: list[ExportedScope]
    columns: list[ExportedColumn]
    labels: list[ExportedLabel]
    customFields: list[ExportedField]
    cards: list[ExportedCard]
    relations: list[ExportedRelation]
    documents: list[ExportedDocument]


class Mended(TypedDict, total=False):
    """The first 500 notes about what was mended, where that was wished, and how many more there would be."""

    notes: list[ImportNote]
    notesOmitted: int


class ProjectWithWarnings(Project, Mended):
    """The new project; `warnings` tell what of the file was left out, such as an unknown assignee."""

    warnings: list[str]


def imported_project(record: ProjectRecord, *, mends: bool) -> ProjectWithWarnings:
    mended: Mended = {"notes": record["notes"], "notesOmitted": record["notes_omitted"]} if mends else {}
    return {**project(record), **mended, "warnings": record["warnings"]}


async def written(pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
    """The file as JSON, one entry a line, in chunks of some 64 kB."""
    text = bytearray(b"{")
    sections = iter(SECTIONS)
    current: str | None = None
    async for name, value in pieces:
        if name not in SECTIONS:
            text += _key(name, first=len(text) == 1) + _json(value)
        else:
            while current != name:
                text += b"" if current is None else b"]"
                current = next(sections)
                text += _key(current) + b"[" + (b"\n" if current == name else b"")
                fresh = True
            text += (b"" if fresh else b",\n") + _json(value)
            fresh = False
        if len(text) >= CHUNK:
            yield bytes(text)
            text.clear()
    text += b"" if current is None else b"]"
    for section in sections:
        text += _key(section) + b"[]"
    yield bytes(text) + b"\n}\n"


def _key(name: str, *, first: bool = False) -> bytes:
    return (b"\n" if first else b",\n") + _json(name) + b": "


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    raise TypeError(f"{type(value).__name__} has no place in a file")
