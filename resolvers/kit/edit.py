"""What changes of one object share: it still has its parent, and nothing is written where nothing differs."""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from pydantic.alias_generators import to_camel

from models.base import AnyRecord, R, Recorded, collection, sort_keys, with_changes
from models.errors import BadUserInput, Conflict, NotFound
from realtime.log import Change


async def set_fields(
    change: Change, model: type[Recorded[R]], object_id: ObjectId, values: Mapping[str, Any]
) -> tuple[R, bool]:
    """The object as it is then, and whether it differs from what it was. Raises NotFound for one that was deleted."""
    before = await collection(model).find_one({"_id": object_id}, session=change.session)
    if before is None:
        raise NotFound(model.__name__)
    changes = {name: value for name, value in values.items() if before.get(name) != value}
    if not changes:
        return before, False
    changes |= sort_keys(model, changes)
    if "updated_at" in before:
        changes["updated_at"] = change.at
    await collection(model).update_one({"_id": object_id}, {"$set": changes}, session=change.session)
    return with_changes(before, changes), True


async def require_parent(change: Change, model: type[Recorded[Any]], parent_id: ObjectId) -> None:
    """Raise NotFound for a parent that was deleted after the door was passed."""
    if await collection(model).find_one({"_id": parent_id}, {"_id": 1}, session=change.session) is None:
        raise NotFound(model.__name__)


def check_version(
    before: AnyRecord,
    changed: Iterable[str],
    expected: int | None,
    *,
    noun: str,
    client_names: Mapping[str, str] | None = None,
) -> None:
    """Refuse an update of what has changed since the version that the client saw.

    Raises Conflict where one of the `changed` fields has changed since `expected`, with their names for clients in
    `fields`; BadUserInput for a version that the object has not reached.
    """
    if expected is None:
        return
    if expected > before["version"]:
        raise BadUserInput(f"is newer than the {noun}, which is at {before['version']}", field="expectedVersion")
    changed_since = (name for name in changed if before["field_versions"].get(name, 1) > expected)
    stale = list(dict.fromkeys((client_names or {}).get(name) or to_camel(name) for name in changed_since))
    if stale:
        raise Conflict(
            f"{', '.join(stale)} changed since version {expected}", fields=stale, currentVersion=before["version"]
        )
