"""One id everywhere: the 24-hex ObjectId, with the kind of object in its fifth byte.

Four bytes are the seconds, as in any ObjectId, and byte 4 is the kind, so `kind_of` finds the collection from the id
alone and REST clients keep plain Mongo ids. The other seven are 20 bits of microseconds and 36 random bits: ids sort by
their creation, and nobody can say what the next one will be (decision 32).
"""

import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from itertools import count
from operator import attrgetter
from secrets import randbits, token_bytes
from threading import Lock
from typing import Any

from bson import ObjectId

from models.errors import BadUserInput

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


class Kind(IntEnum):
    """The type code that an id carries. Codes are stored in ids: never renumber, never reuse."""

    USER = 0x11
    SESSION = 0x12
    API_TOKEN = 0x13
    KEY_USE = 0xE6
    ORGANIZATION = 0x21
    ORGANIZATION_MEMBER = 0x22
    TEAM = 0xE8
    TEAM_MEMBER = 0xE9
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
    PROPOSAL = 0x74
    MISSION_STEP = 0x75
    MISSION_CALL = 0x76
    AGENT_TEMPLATE = 0xEA
    AGENT_AUTOMATION = 0xF6
    DISCOVERY_ENGINE = 0xF4
    EVENT = 0x81
    MAIL = 0x91
    MAIL_LINK = 0x92
    OBJECTIVE = 0xA1
    PILOTAGE_PRIORITY = 0xA2
    TODO = 0xA3
    DECISION = 0xA4
    PILOTAGE_DOCUMENT = 0xA5
    STANDING_ORDER = 0xA6
    PROJECT_DRAFT = 0xB3
    PIPELINE = 0xB4
    PLUGIN = 0xB5
    SKILL = 0xB6
    REMOTE_CALL = 0xDF
    CREDENTIAL = 0xC1
    CREDENTIAL_VERSION = 0xC2
    USAGE_RECORD = 0xC3
    BUDGET = 0xC4
    JOB = 0xC5
    WORKER = 0xF5
    QUEUE = 0xC6
    SCHEDULE = 0xC7
    PREFERENCES = 0xD4
    INSTALLATION = 0xD5
    LOG_ENTRY = 0xDE
    BACKUP = 0xE1
    IDENTITY = 0xE2
    PANEL_STATE = 0xD7
    SEEN_MARK = 0xD6
    CONVERSATION = 0xD8
    MESSAGE = 0xD9
    AUTOMATION = 0xB1
    AUTOMATION_TRACE = 0xB2
    WORKTREE = 0xDB
    SCRIPT = 0xDC
    SCRIPT_RUN = 0xDD
    OAUTH_CLIENT = 0xD1
    OAUTH_GRANT = 0xD2
    OAUTH_CODE = 0xD3
    WORKSPACE_FILE = 0xEC
    CHANGELOG_ENTRY = 0xED
    WALLET = 0xF2
    LEDGER_ENTRY = 0xF3
    LOG_LINE = 0xF7

    @property
    def title(self) -> str:
        """What an error calls an object of the kind."""
        return self.name.capitalize().replace("_", " ")


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
