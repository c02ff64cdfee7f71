"""What tools show of what operations return: what models declare for them, and beside an id the name it goes by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from bson import ObjectId
from pydantic.alias_generators import to_camel

from agents.tools.render import NAMES
from models.base import AnyRecord, timestamp
from models.errors import OrreryError
from models.facts import TOOL, Declared, declared
from models.ids import Kind, kind_of, portions
from resolvers.kit.access import is_within
from resolvers.kit.context import Context
from resolvers.kit.joined import JOINED
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import CUSTOM_FIELD, NOUNS, PROJECT

Shown = dict[str, Any]

_OUTSIDE = frozenset({Kind.USER, Kind.ORGANIZATION, Kind.WORKSPACE})
"""What is in no workspace: who is named there is known to all who read it."""


async def present(ctx: Context, found: Any, noun: Noun[Any] | None = None) -> Any:
    """What an operation returned, as JSON holds it: records by what their models declare, ids as `{id, name}`.

    `noun` is what records are whose ids do not tell. One query for each kind of what is named.
    """
    shown = _Shown(noun)
    value = shown.of(found)
    await _name(ctx, shown.named)
    return value


@dataclass(slots=True)
class _Shown:
    """Makes JSON, and keeps what is to be named in it: each id with where its name goes."""

    noun: Noun[Any] | None
    named: list[tuple[ObjectId, Shown]] = field(default_factory=list)

    def of(self, value: Any) -> Any:
        match value:
            case dict() if "_id" in value:
                return self._record(value)
            case dict():
                return self._mapping(value)
            case list() | tuple() | set() | frozenset():
                return [self.of(element) for element in value]
            case ObjectId():
                return self._reference(value)
            case datetime():
                return timestamp(value)
            case Enum():
                return getattr(value, "word", value.value)
            case OrreryError():
                return {"code": value.code, "message": value.message}
            case _ if is_dataclass(value) and not isinstance(value, type):
                return self._mapping({each.name: getattr(value, each.name) for each in fields(value)})
            case float():
                return round(value, 4)
            case str() | int() | None:
                return value
        return None

    def _record(self, record: AnyRecord) -> Shown:
        kind = kind_of(record["_id"]) if isinstance(record["_id"], ObjectId) else None
        noun = self.noun if kind is None else NOUNS.get(kind)
        shown: Shown = {"id": str(record["_id"])}
        if noun is None:
            return shown
        told = _told(noun)
        for key in [*(key for key in told if key in record), *_added(noun, record)]:
            shown[_client_name(key)] = self._value(told.get(key), record[key])
        return shown

    def _value(self, told: Declared | None, value: Any) -> Any:
        if told is not None and value is not None and isinstance(told.type, type) and issubclass(told.type, Enum):
            value = told.type(value)
        return self.of(value)

    def _mapping(self, values: Mapping[Any, Any]) -> Any:
        if values and all(_is_custom_field(key) for key in values):
            return [self._reference(ObjectId(key), value=self.of(value)) for key, value in values.items()]
        own = {"id": str(values["id"])} if isinstance(values.get("id"), ObjectId) else {}
        return own | {_client_name(str(key)): self.of(value) for key, value in values.items() if key not in own}

    def _reference(self, object_id: ObjectId, **beside: Any) -> Shown:
        shown: Shown = {"id": str(object_id), **beside}
        self.named.append((object_id, shown))
        return shown


def _is_custom_field(key: Any) -> bool:
    """Whether a key of a mapping leads to a custom field. Other ids in JSON are what somebody wrote: no names are
    looked up for them."""
    return isinstance(key, str) and ObjectId.is_valid(key) and kind_of(ObjectId(key)) is Kind.CUSTOM_FIELD


@cache
def _told(noun: Noun[Any]) -> Mapping[str, Declared]:
    """The fields of a noun's model that tools show, its name first."""
    found = declared(noun.model, TOOL)
    return {key: found[key] for key in dict.fromkeys([*(key for key in NAMES if key in found), *found])}


def _added(noun: Noun[Any], record: AnyRecord) -> Iterable[str]:
    """What operations add to a record: it is kept nowhere, and so is made to be shown."""
    return (key for key in record if key not in noun.model.model_fields and key not in ("_id", JOINED))


@cache
def _client_name(key: str) -> str:
    """`assignee_id` is shown as `assignee`, `label_ids` as `labels`: with more than the id."""
    name = f"{key[:-4]}s" if key.endswith("_ids") else key.removesuffix("_id").rstrip("_")
    return to_camel(name)


async def _name(ctx: Context, named: Sequence[tuple[ObjectId, Shown]]) -> None:
    """Put names beside ids, where the caller may read what they lead to."""
    by_kind: dict[Kind, set[ObjectId]] = {}
    for object_id, _ in named:
        if (kind := kind_of(object_id)) is not None and kind in NOUNS:
            by_kind.setdefault(kind, set()).add(object_id)
    names: dict[ObjectId, str] = {}
    for kind, ids in by_kind.items():
        names |= await _names(ctx, NOUNS[kind], ids)
    for object_id, shown in named:
        if (name := names.get(object_id)) is not None:
            shown["name"] = name


async def _names(ctx: Context, noun: Noun[Any], ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """The names of objects of workspaces whose doors this request has passed. An id outlives what it leads to, and may
    have been given to something else elsewhere. Whoever is bound to a project is told no name of another's."""
    key = next((key for key in NAMES if key in noun.model.model_fields), None)
    if key is None or noun.scope not in ctx.subject.scopes or not (noun.is_inside or noun.kind in _OUTSIDE):
        return {}
    wanted = frozenset({key, "workspace_id"} if noun.is_inside else {key})
    if noun.is_in_project and noun is not PROJECT:
        wanted |= {"project_id"}
    if noun is CUSTOM_FIELD:
        wanted |= {"options"}
    found = [record for some in portions(ids) for record in (await by_ids(noun.model, some, wanted)).values()]
    near = [record for record in found if not noun.is_inside or ctx.memberships.get(record["workspace_id"]) is not None]
    if noun.is_in_project:
        near = [record for record in near if is_within(ctx, noun, record)]
    options = {option["id"]: option["label"] for record in near for option in record.get("options", ())}
    return options | {record["_id"]: record[key] for record in near if record.get(key)}
