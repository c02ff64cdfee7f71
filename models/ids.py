"""One id everywhere: the 24-hex ObjectId, with the kind of object in its fifth byte.

Four bytes are the seconds, as in any ObjectId, and byte 4 is the kind, so `kind_of` finds the collection from the id
alone and REST clients keep plain Mongo ids. The other seven are 20 bits of microseconds and 36 random bits: ids sort by
their creation, and nobody can say what the next one will be (decision 32).
"""

import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from operator import attrgetter
from secrets import randbits, token_bytes
from threading import Lock
from typing import Any

from bson import ObjectId

from models.errors import BadUserInput
from models.kinds import Kind as Kind

_KIND_BYTE = 4
_PARENT_BYTES = slice(5, 9)
_RANDOM_BITS = 36
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

IDS_PER_QUERY = 100
"""The embedded database takes a time for `$in` that grows with the square of the list: 20 ms for 100 ids, and more than
two seconds for 1,000."""


raw: Callable[[ObjectId], bytes] = attrgetter("_ObjectId__id" if hasattr(ObjectId(), "_ObjectId__id") else "binary")
"""The bytes of an id, found without a call in Python: `binary`, which is one, takes three times as long, and to hash or
to compare an ObjectId five times. For columns of many."""


class _Clock:
    """Microseconds that are never told twice, and never less than before, whatever the system's clock does."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def tick(self) -> int:
        with self._lock:
            self._last = max(time.time_ns() // 1000, self._last + 1)
            return self._last


_clock = _Clock()


def new_id(kind: Kind) -> ObjectId:
    """A fresh id of `kind`; ids of one process sort in the order of their creation, those of others by the clock."""
    seconds, micros = divmod(_clock.tick(), 1_000_000)
    rest = micros << _RANDOM_BITS | randbits(_RANDOM_BITS)
    return ObjectId(seconds.to_bytes(4) + bytes([kind]) + rest.to_bytes(7))


def inner_id() -> ObjectId:
    """A fresh id without a kind, of what no client is shown, or of nothing at all.

    That of `ObjectId()` has the fifth byte of its process, which is that of some kind in one process of a few.
    """
    return ObjectId(int(time.time()).to_bytes(4) + b"\0" + token_bytes(7))


def id_inside(kind: Kind, parent: ObjectId) -> ObjectId:
    """A fresh id as a client may make it: it names the parent, whose last four bytes follow the kind."""
    seconds = int(time.time())
    return ObjectId(seconds.to_bytes(4) + bytes([kind]) + parent.binary[8:] + token_bytes(3))


def check_inside(value: ObjectId | None, parent: ObjectId, *, field: str = "id") -> None:
    """Raise BadUserInput for an id of a client's making that does not name its parent.

    So whether it is taken is a question about that parent alone, and the answer tells nothing of what others have.
    """
    if value is not None and value.binary[_PARENT_BYTES] != parent.binary[8:]:
        digits = parent.binary[8:].hex()
        raise BadUserInput(f"must have {digits}, the last 8 digits of its parent's id, as digits 11 to 18", field=field)


def ids_from(seed: ObjectId, secret: str) -> Callable[[Kind], ObjectId]:
    """What makes ids that follow from `seed` and `secret`: whoever makes them in the same order makes the same ones.

    They sort in that order. Who knows the seed and some of them cannot tell the others.
    """
    counter = count()

    def make(kind: Kind) -> ObjectId:
        place = next(counter).to_bytes(3)
        mark = hmac.digest(secret.encode(), seed.binary + place, "sha256")[:4]
        return ObjectId(seed.binary[:_KIND_BYTE] + bytes([kind]) + place + mark)

    return make


def id_of(kind: Kind, first: ObjectId, *others: ObjectId) -> ObjectId:
    """The one id of `kind` that follows from others. It has the time of the first."""
    mark = sha256(b"".join(other.binary for other in (first, *others))).digest()[: 12 - _KIND_BYTE - 1]
    return ObjectId(first.binary[:_KIND_BYTE] + bytes([kind]) + mark)


def id_at(kind: Kind, moment: datetime, mark: bytes) -> ObjectId:
    """The one id of `kind` of what happened at a moment, which `mark` tells from others of that: it sorts with those
    that were made then."""
    seconds, micros = divmod((moment - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    rest = micros << _RANDOM_BITS | int.from_bytes(mark[:5]) & (1 << _RANDOM_BITS) - 1
    return ObjectId(min(max(seconds, 0), 2**32 - 1).to_bytes(4) + bytes([kind]) + rest.to_bytes(7))


def texts_of(ids: Iterable[ObjectId]) -> list[str]:
    """Many ids as text."""
    return list(map(bytes.hex, map(raw, ids)))


def kind_of(value: ObjectId) -> Kind | None:
    """The kind that an id carries, or None for an id that was not made by `new_id`."""
    try:
        return Kind(value.binary[_KIND_BYTE])
    except ValueError:
        return None


def portions(ids: Iterable[ObjectId], size: int = IDS_PER_QUERY) -> Iterator[list[ObjectId]]:
    """Lists of ids that one query each takes."""
    given = list(ids)
    for start in range(0, len(given), size):
        yield given[start : start + size]


def among(ids: Sequence[ObjectId]) -> Any:
    """The condition that a key is one of some ids; the embedded database finds a single one in half the time."""
    return ids[0] if len(ids) == 1 else {"$in": list(ids)}


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
    return f"an {name}" if name[0] in "aeio" else f"a {name}"
