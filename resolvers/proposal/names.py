"""Names in place of ids, as people and agents write them: of what is in the same project as the call is about."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from bson import ObjectId

from models import Column, Label, Scope
from models.base import AnyRecord, Recorded, collection
from models.errors import BadUserInput, Conflict
from models.ids import Kind
from models.text import canonical
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.contract import contract
from resolvers.kit.input import IdOf
from resolvers.kit.nouns import PROJECT
from resolvers.kit.operation import Operation

_NAMED: Mapping[Kind, type[Recorded[Any]]] = {Kind.COLUMN: Column, Kind.LABEL: Label, Kind.SCOPE: Scope}


async def with_ids(ctx: Context, operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call with the ids of the columns, labels and scopes that they name, in any case.

    Raises Conflict for a name that several have, BadUserInput for one that none has.
    """
    kinds = {alias: kind for alias, kind in _ids_in(operation) if kind in _NAMED}
    names = {alias: value for alias, value in arguments.items() if alias in kinds and _is_named(value)}
    if not names:
        return dict(arguments)
    around = await _around(ctx, operation, arguments)
    found = {alias: await _found(around, kinds[alias], alias, value) for alias, value in names.items()}
    return {**arguments, **found}


def _ids_in(operation: Operation) -> Iterator[tuple[str, Kind]]:
    """What an operation takes an id of, or some, by the names of its arguments."""
    input_ = contract(operation).input
    for name, info in ({} if input_ is None else input_.model_fields).items():
        for note in (*info.metadata, *_notes(info.annotation)):
            if isinstance(note, IdOf) and note.kind is not None:
                yield info.alias or name, note.kind


def _notes(annotation: Any) -> Iterator[Any]:
    for part in get_args(annotation):
        yield part
        yield from _notes(part)


def _is_named(value: Any) -> bool:
    """Whether something is not an id, or not all ids."""
    values = value if isinstance(value, list) else [value]
    return any(isinstance(item, str) and not ObjectId.is_valid(item) for item in values)


async def _around(ctx: Context, operation: Operation, arguments: Mapping[str, Any]) -> AnyRecord:
    """Where names are looked for: what the call opens, or the project that it names."""
    door = operation.door
    if door is not None and not operation.inside and "project_id" in door.noun.model.model_fields:
        fields = frozenset({"project_id", "scope_id"})
        record: AnyRecord = await access(ctx, door.noun, arguments.get("id", ""), door.noun.reads, fields=fields)
        return record
    project = await access(
        ctx, PROJECT, arguments.get("projectId", ""), PROJECT.reads, field="projectId", fields=frozenset()
    )
    return {"project_id": project["_id"]}


async def _found(around: AnyRecord, kind: Kind, alias: str, value: Any) -> Any:
    """The id that a name stands for, or the ids of several."""
    where = {"project_id": around["project_id"]}
    wanted = {"name": 1, "scope_id": 1} if kind is Kind.COLUMN else {"name": 1}
    records = await collection(_NAMED[kind]).find(where, wanted).to_list()
    if isinstance(value, list):
        return [_one(records, around, alias, item) for item in value]
    return _one(records, around, alias, value)


def _one(records: list[Any], around: AnyRecord, alias: str, name: Any) -> Any:
    if not isinstance(name, str) or ObjectId.is_valid(name):
        return name
    plain = canonical(name).casefold()
    found = [record for record in records if canonical(record["name"]).casefold() == plain]
    if len(found) > 1:  # columns of several boards may be called alike: a card's own come first
        found = [record for record in found if record.get("scope_id") == around.get("scope_id")] or found
    if not found:
        raise BadUserInput(f"is no id, and nothing of this project is called {name[:100]}", field=alias)
    if len(found) > 1:
        ids = [str(record["_id"]) for record in found]
        raise Conflict(f"{name[:100]} is the name of {len(found)}: say which, by its id", field=alias, ids=ids)
    return str(found[0]["_id"])
