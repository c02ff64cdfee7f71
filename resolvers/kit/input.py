"""What the inputs of operations share: strict models whose failures name the field as the client wrote it.

GraphQL and REST both hand over plain mappings with camelCase keys; `read_input` is the one place that checks them.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from bson import ObjectId
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from models.enums import Priority, Verdict
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.json import join_path
from models.limits import MARKDOWN, NAME, SLUG, TITLE, Text
from resolvers.content.prose import links_to_script

M = TypeVar("M", bound="Input")

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

MAX_PROBLEMS = 20
MAX_RULES = 100

_OBJECT, _NUMBER, _BOOLEAN = "must be an object", "must be a whole number", "must be true or false"
_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this input",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "none_required": "must be null",
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "int_type": _NUMBER,
    "int_from_float": _NUMBER,
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "list_type": "must be a list",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
    "string_unicode": "is not valid Unicode text (a lone surrogate)",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


class Input(BaseModel):
    """The input of an operation. `given()` tells a field that was left out from one that was set to null."""

    # Built when it is first used: a command uses few of them, and what a model declares is added afterwards.
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,
    )

    @classmethod
    def of(cls, **values: Any) -> Self:
        """The input of these values, fields that a model declares (`resolvers.kit.fields`) among them."""
        return cls.model_validate(values, by_alias=False, by_name=True)

    def given(self) -> dict[str, Any]:
        """The fields that the client sent, by their names here."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def read_input(
    model: type[M], values: Mapping[str, Any], *, under: str = "", extra: Literal["forbid", "ignore"] = "forbid"
) -> M:
    """The checked input; raises BadUserInput that names the first field at fault, `under` the name of what it is in,
    and lists the first 20. Fields that are not declared are at fault, or ignored with `extra`."""
    # A model that takes any field keeps them.
    lenient = extra if extra == "ignore" and model.model_config.get("extra") == "forbid" else None
    try:
        return model.model_validate(values, by_alias=True, by_name=False, extra=lenient)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    problems = [{"field": _path(item["loc"], under), "message": sentence(item)} for item in found[:MAX_PROBLEMS]]
    index = next((part for part in found[0]["loc"] if isinstance(part, int)), None)
    where = {} if index is None else {"index": index}
    raise BadUserInput(problems[0]["message"], field=problems[0]["field"], problems=problems, **where)


def _path(loc: Sequence[int | str], under: str) -> str:
    return functools.reduce(join_path, loc, under) or "input"


def sentence(item: ErrorDetails) -> str:
    """What is wrong, without the names that pydantic's own sentences would tell of the models here."""
    known = _SENTENCES.get(item["type"])
    if known is None:
        return item["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return known.format(**item.get("ctx", {}))


def _prose(text: str) -> str:
    if links_to_script(text):
        raise PydanticCustomError("link", "has a link that would run a script")
    return text


def _date(value: Any) -> Any:
    """Dates as clients write them: ISO 8601, a day alone is its midnight in UTC; no numbers.

    The last day of all, 9999-12-31, is what many systems write for never.
    """
    if isinstance(value, datetime):
        parsed = value
    elif isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value.upper())  # RFC 3339 knows `t` and `z` as well
        except ValueError as error:
            raise PydanticCustomError("date", "must be an ISO 8601 date or date-time") from error
    else:
        raise PydanticCustomError("date", "must be an ISO 8601 date or date-time")
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    try:
        parsed = parsed.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("date", "must lie between the years 1970 and 9999") from error
    if parsed < EARLIEST:
        raise PydanticCustomError("date", "must lie between the years 1970 and 9999")
    return parsed.replace(microsecond=parsed.microsecond // 1000 * 1000)


def _priority(value: Any) -> Any:
    if isinstance(value, Priority):
        return value
    words = {priority.word: priority for priority in Priority}
    if not isinstance(value, str) or value.lower() not in words:
        raise PydanticCustomError("priority", "must be low, medium, high or critical")
    return words[value.lower()]


@dataclass(frozen=True, slots=True)
class IdOf:
    """Annotates an ObjectId: the id of an object of `kind`, or of any, as text or as it is."""

    kind: Kind | None

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: Any) -> ObjectId:
            try:
                return parse_id(value, self.kind, field="")
            except BadUserInput as error:
                raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error

        return core_schema.no_info_plain_validator_function(check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9a-f]{24}$"}


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """Annotates a field that the graph takes in another type than its own, where a route takes more."""

    type: type


Date = Annotated[
    datetime,
    BeforeValidator(_date),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "description": "ISO 8601; a day alone is its midnight, UTC"}
    ),
]
PriorityWord = Annotated[
    Priority,
    BeforeValidator(_priority),
    PlainSerializer(lambda priority: priority.word, when_used="json"),
    WithJsonSchema({"type": "string", "enum": [priority.word for priority in Priority]}),
]


def _verdict(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Policy = Annotated[
    dict[Annotated[str, Text(1, 100)], Annotated[Verdict, BeforeValidator(_verdict)]], Field(max_length=MAX_RULES)
]
"""What agents may do by themselves, by the names of tools, groups of them, or `*`."""


def _not_null(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("null", "must not be null")
    return value


NotNull = BeforeValidator(_not_null)
"""Annotates a field of an update that may be left out (None here), but not be sent as null."""

Flag = Annotated[bool, Field(strict=True)]
"""A JSON boolean: not 1, and not "yes"."""

Order = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
"""A place in a list, from 0; past the end is the end."""

Name = Annotated[str, NAME]
Title = Annotated[str, TITLE]
Prose = AfterValidator(_prose)
"""Annotates a text that clients may show as Markdown."""

Description = Annotated[str, MARKDOWN, Prose]
Slug = Annotated[str, SLUG]
Minutes = Annotated[int, Field(strict=True, ge=0, le=5_256_000)]
"""Ten years at most."""
Seconds = Annotated[int, Field(strict=True, ge=1, le=315_360_000)]
"""The same."""
Color = Annotated[str, Text(7, 7, pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]

AnyId = Annotated[ObjectId, IdOf(None)]
UserId = Annotated[ObjectId, IdOf(Kind.USER)]
OrganizationId = Annotated[ObjectId, IdOf(Kind.ORGANIZATION)]
WorkspaceId = Annotated[ObjectId, IdOf(Kind.WORKSPACE)]
ProjectId = Annotated[ObjectId, IdOf(Kind.PROJECT)]
ScopeId = Annotated[ObjectId, IdOf(Kind.SCOPE)]
ScriptId = Annotated[ObjectId, IdOf(Kind.SCRIPT)]
ColumnId = Annotated[ObjectId, IdOf(Kind.COLUMN)]
LabelId = Annotated[ObjectId, IdOf(Kind.LABEL)]
CardId = Annotated[ObjectId, IdOf(Kind.CARD)]
CredentialId = Annotated[ObjectId, IdOf(Kind.CREDENTIAL)]
MissionId = Annotated[ObjectId, IdOf(Kind.MISSION)]
AgentId = Annotated[ObjectId, IdOf(Kind.AGENT)]
