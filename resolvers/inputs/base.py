"""What the inputs of operations share: strict models whose failures name the field as the client wrote it.

GraphQL and REST both hand over plain mappings with camelCase keys; `read_input` is the one place that checks them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from bson import ObjectId
from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from models.enums import Priority
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.json import check_text

M = TypeVar("M", bound="Input")

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)


class Input(BaseModel):
    """The input of an operation. `given()` tells a field that was left out from one that was set to null."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, arbitrary_types_allowed=True
    )

    def given(self) -> dict[str, Any]:
        """The fields that the client sent, by their names here."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def read_input(model: type[M], values: Mapping[str, Any]) -> M:
    """The checked input; raises BadUserInput that names the first field at fault, and lists them all."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [
            {"field": ".".join(str(part) for part in item["loc"]) or "input", "message": _message(item["msg"])}
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        first = problems[0]
        index = next((part for part in error.errors()[0]["loc"] if isinstance(part, int)), None)
        where = {} if index is None else {"index": index}
        raise BadUserInput(first["message"], field=first["field"], problems=problems, **where) from error


def _message(text: str) -> str:
    return text.removeprefix("Value error, ")


def _clean(text: Any) -> str:
    if not isinstance(text, str):
        raise PydanticCustomError("text", "must be text")
    try:
        return check_text(text, field="")
    except BadUserInput as error:
        raise PydanticCustomError("text", "{reason}", {"reason": error.message}) from error


def _date(value: Any) -> Any:
    """Dates as clients write them: ISO 8601, a day alone is its midnight in UTC; no numbers."""
    if isinstance(value, datetime):
        parsed = value
    elif isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
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
    if not EARLIEST <= parsed < LATEST:
        raise PydanticCustomError("date", "must lie between the years 1970 and 9999")
    return parsed.replace(microsecond=parsed.microsecond // 1000 * 1000)


def _priority(value: Any) -> Any:
    if isinstance(value, Priority):
        return value
    words = {priority.word: priority for priority in Priority}
    if not isinstance(value, str) or value.lower() not in words:
        raise PydanticCustomError("priority", "must be low, medium or high")
    return words[value.lower()]


@dataclass(frozen=True, slots=True)
class IdOf:
    """Annotates an ObjectId: the id of an object of `kind`, as text or as it is."""

    kind: Kind

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
class Text:
    """Annotates a str: `minimum` to `maximum` characters, without NUL and lone surrogates."""

    minimum: int
    maximum: int
    pattern: str | None = None
    strip: bool = True

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.chain_schema(
            [
                core_schema.no_info_plain_validator_function(_clean),
                core_schema.str_schema(
                    strict=True,
                    min_length=self.minimum,
                    max_length=self.maximum,
                    pattern=self.pattern,
                    strip_whitespace=self.strip,
                ),
            ]
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        shape: dict[str, Any] = {"type": "string", "minLength": self.minimum, "maxLength": self.maximum}
        return {**shape, "pattern": self.pattern} if self.pattern else shape


Date = Annotated[
    datetime,
    BeforeValidator(_date),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "description": "ISO 8601; a day alone is its midnight, UTC"}
    ),
]
PriorityWord = Annotated[
    Priority, BeforeValidator(_priority), WithJsonSchema({"type": "string", "enum": ["low", "medium", "high"]})
]

Name = Annotated[str, Text(1, 100)]
Title = Annotated[str, Text(1, 500)]
Description = Annotated[str, Text(0, 5000, strip=False)]
Slug = Annotated[str, Text(2, 60, pattern=r"^[a-z0-9][a-z0-9-]*[a-z0-9]$")]
Color = Annotated[str, Text(7, 7, pattern=r"^#[0-9a-fA-F]{6}$")]

UserId = Annotated[ObjectId, IdOf(Kind.USER)]
OrganizationId = Annotated[ObjectId, IdOf(Kind.ORGANIZATION)]
WorkspaceId = Annotated[ObjectId, IdOf(Kind.WORKSPACE)]
ProjectId = Annotated[ObjectId, IdOf(Kind.PROJECT)]
ScopeId = Annotated[ObjectId, IdOf(Kind.SCOPE)]
ColumnId = Annotated[ObjectId, IdOf(Kind.COLUMN)]
LabelId = Annotated[ObjectId, IdOf(Kind.LABEL)]
CardId = Annotated[ObjectId, IdOf(Kind.CARD)]
AgentId = Annotated[ObjectId, IdOf(Kind.AGENT)]
