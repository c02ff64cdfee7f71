"""What a call would change: it is made, and undone."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, TypeVar

import bson
import orjson
from bson import ObjectId

from models.base import Record, collection
from models.facts import facts_of
from models.ids import among, kind_of
from models.records import ProposalRecord
from realtime.events import Event
from realtime.log import Change
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import NOUNS

T = TypeVar("T")

MAX_CHANGES = 50
"""Objects of which a proposal says what it would change. Of a larger one the others are not compared."""
MAX_VALUE = 4_000
"""Bytes of a value that is kept as it is; of a longer one, its hash."""
MAX_SHOWN = 256 * 1024
"""Bytes of all that a proposal keeps of what it would change; of what goes beyond, the hashes."""

_FOLLOWS = frozenset({"updated_at", "version", "field_versions"})
"""What changes with everything, and would tell of changes elsewhere in the object."""


class _Undone(Exception):  # noqa: N818
    """Ends a change that was made to be looked at."""


class Rehearsal:
    """A mark that undoes each change, and keeps what that would have done."""

    def __init__(self) -> None:
        self.reveals = False
        self.changes: list[Record] = []

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        async def undone(change: Change) -> T:
            await body(change)
            self.changes = await _changes(change)
            raise _Undone

        return undone


async def rehearse(ctx: Context, operation: str, arguments: Mapping[str, Any]) -> list[Record]:
    """What a call would change, of whoever asks; raises what the call would."""
    rehearsal = Rehearsal()
    trying = Context(ctx.subject, ctx.services, marks=(rehearsal,), is_decided=True)
    with suppress(_Undone):
        await call(trying, operation, arguments)
    return rehearsal.changes


async def has_stale_base(change: Change | None, proposal: ProposalRecord) -> bool:
    """Whether something that a proposal would change is not as it was."""
    base = {told["id"]: told for told in proposal["changes"] if told["before"] is not None}
    now = await _records(base, change)
    return any(object_id not in now or _has_changed(now[object_id], told) for object_id, told in base.items())


def _has_changed(record: Record, told: Record) -> bool:
    versions = record.get("field_versions") or {}
    return any(versions.get(key) != version for key, version in told.get("marks", {}).items()) or not all(
        _is_kept(record.get(key), value) for key, value in told["before"].items()
    )


def digest_of(tool: str, arguments: Mapping[str, Any]) -> str:
    """What a decision is bound to: the SHA-256 (hex) of a call in canonical JSON."""
    return sha256(orjson.dumps([tool, arguments], option=orjson.OPT_SORT_KEYS)).hexdigest()


async def _changes(change: Change) -> list[Record]:
    """What the events of a change tell of objects: the fields of each before and after."""
    after: dict[ObjectId, Record | None] = {}
    for events in change.events.values():
        for event in events:
            after |= _told(event)
    shown = dict(list(after.items())[:MAX_CHANGES])
    before = await _records(shown, None)
    found: list[Record] = []
    left = MAX_SHOWN
    for object_id, record in shown.items():
        limit = MAX_VALUE if left > 0 else 0
        if (told := _difference(object_id, before.get(object_id), record, limit)) is not None:
            found.append(told)
            left -= len(bson.encode(told))
    return found


def _told(event: Event) -> dict[ObjectId, Record | None]:
    """The objects that an event carries as they are then, and the one that it says is gone (None)."""
    found: dict[ObjectId, Record | None] = {}
    for name in type(event).model_fields:
        value = getattr(event, name)
        if isinstance(value, dict) and _is_known(value.get("_id")):
            found[value["_id"]] = value
        elif name == "deleted_id" and _is_known(value):
            found[value] = None
    return found


def _is_known(object_id: Any) -> bool:
    return isinstance(object_id, ObjectId) and kind_of(object_id) in NOUNS


def _difference(object_id: ObjectId, before: Record | None, after: Record | None, limit: int) -> Record | None:
    model: Any = _noun_of(object_id).model
    keys = [key for key in facts_of(model) if key not in _FOLLOWS]
    marks: Record = {}
    if before is not None and after is not None:
        keys = [key for key in keys if key in after and before.get(key) != after[key]]
        marks = _marks(before.get("field_versions") or {}, after.get("field_versions") or {})
    if not (keys or marks) or before is after is None:
        return None
    told = {"id": object_id, "before": _values(before, keys, limit), "after": _values(after, keys, limit)}
    return {**told, "marks": marks} if marks else told


def _marks(before: Mapping[str, Any], after: Mapping[str, Any]) -> Record:
    """The versions that fields have before they are changed, also of those whose value is kept elsewhere, as a text."""
    return {key: before.get(key) for key, version in after.items() if before.get(key) != version}


def _values(record: Record | None, keys: Sequence[str], limit: int) -> Record | None:
    return None if record is None else {key: _kept(record.get(key), limit) for key in keys}


async def _records(ids: Iterable[ObjectId], change: Change | None) -> dict[ObjectId, Record]:
    """The objects of some ids as they stand, in a query for each kind."""
    by_noun: dict[Noun[Any], list[ObjectId]] = {}
    for object_id in ids:
        by_noun.setdefault(_noun_of(object_id), []).append(object_id)
    found: dict[ObjectId, Record] = {}
    for noun, wanted in by_noun.items():
        these = collection(noun.model).find({"_id": among(wanted)}, session=None if change is None else change.session)
        found |= {record["_id"]: record for record in await these.to_list()}
    return found


def _noun_of(object_id: ObjectId) -> Noun[Any]:
    kind = kind_of(object_id)
    assert kind is not None  # noqa: S101  (`_is_known`)
    return NOUNS[kind]


def _kept(value: Any, limit: int) -> Any:
    """A value as a proposal keeps it."""
    encoded = bson.encode({"": value})
    return value if len(encoded) <= limit else {"sha256": sha256(encoded).hexdigest(), "bytes": len(encoded)}


def _is_kept(value: Any, kept: Any) -> bool:
    """Whether a value is the one that a proposal has kept, or its hash."""
    return bool(value == kept) or kept == _kept(value, 0)
