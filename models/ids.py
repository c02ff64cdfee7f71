"""One id everywhere: the 24-hex ObjectId, with the kind of object in its first "random" byte.

An ObjectId is 4 bytes of time, 5 bytes that are random per process and 3 bytes of counter. Byte 4 carries the kind,
so `kind_of` finds the collection from the id alone and REST clients keep plain Mongo ids.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from hashlib import sha256
from itertools import count
from typing import Any

from bson import ObjectId

from models.errors import BadUserInput

_KIND_BYTE = 4

IDS_PER_QUERY = 100
"""The embedded database takes a time for `$in` that grows with the square of the list: 20 ms for 100 ids, and more than
two seconds for 1,000."""


class Kind(IntEnum):
    """The type code that an id carries. Codes are stored in ids: never renumber, never reuse."""

    USER = 0x11
    SESSION = 0x12
    API_TOKEN = 0x13
    ORGANIZATION = 0x21
    ORGANIZATION_MEMBER = 0x22
    WORKSPACE = 0x31
    WORKSPACE_MEMBER = 0x32
    INVITATION = 0x33
    PROJECT = 0x41
    PROJECT_MEMBER = 0x42
    SCOPE = 0x43
    COLUMN = 0x44
    LABEL = 0x45
    CUSTOM_FIELD = 0x46
    TEMPLATE = 0x47
    TRANSFER_JOB = 0x48
    CUSTOM_FIELD_OPTION = 0x4F
    CARD = 0x51
    CHECKLIST_ITEM = 0x52
    COMMENT = 0x53
    RELATION = 0x54
    ATTACHMENT = 0x55
    DOCUMENT = 0x56
    DOCUMENT_VERSION = 0x57
    DOCUMENT_LINK = 0x58
    ACTIVITY = 0x61
    NOTIFICATION = 0x62
    READ_MARK = 0x63
    AGENT = 0x71
    MISSION = 0x72
    MISSION_ACTIVITY = 0x73
    EVENT = 0x81
    MAIL = 0x91
    MAIL_LINK = 0x92


def new_id(kind: Kind) -> ObjectId:
    """A fresh id of `kind`; ids of one process sort in the order of their creation."""
    raw = bytearray(ObjectId().binary)
    raw[_KIND_BYTE] = kind
    return ObjectId(bytes(raw))


def ids_from(seed: ObjectId) -> Callable[[Kind], ObjectId]:
    """What makes fresh ids that follow from `seed`: whoever makes them in the same order makes the same ones."""
    time, mark, counter = seed.binary[:_KIND_BYTE], sha256(seed.binary).digest()[:4], count()

    def make(kind: Kind) -> ObjectId:
        return ObjectId(time + bytes([kind]) + mark + next(counter).to_bytes(3))

    return make


def id_of(kind: Kind, first: ObjectId, *others: ObjectId) -> ObjectId:
    """The one id of `kind` that follows from others. It has the time of the first."""
    mark = sha256(b"".join(one.binary for one in (first, *others))).digest()[: 12 - _KIND_BYTE - 1]
    return ObjectId(first.binary[:_KIND_BYTE] + bytes([kind]) + mark)


def kind_of(value: ObjectId) -> Kind | None:
    """The kind that an id carries, or None for an id that was not made by `new_id`."""
    try:
        return Kind(value.binary[_KIND_BYTE])
    except ValueError:
        return None


def portions(ids: Iterable[ObjectId]) -> Iterator[list[ObjectId]]:
    """Lists of ids that one query each takes."""
    given = list(ids)
    for start in range(0, len(given), IDS_PER_QUERY):
        yield given[start : start + IDS_PER_QUERY]


def parse_id(value: Any, kind: Kind | None = None, *, field: str = "id") -> ObjectId:
    """The ObjectId that a client's text names.

    Raises BadUserInput where it is no 24-hex text or, with `kind`, an id of another kind.
    """
    if isinstance(value, ObjectId):
        parsed = value
    elif isinstance(value, str) and len(value) == 24 and ObjectId.is_valid(value):
        parsed = ObjectId(value)
    else:
        raise BadUserInput("must be a 24-character hexadecimal id", field=field)
    if kind is not None and kind_of(parsed) is not kind:
        raise BadUserInput(f"is not the id of {_article(kind)}", field=field)
    return parsed


def _article(kind: Kind) -> str:
    name = kind.name.lower().replace("_", " ")
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
