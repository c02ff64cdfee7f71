"""What the inputs of operations share: strict models whose failures name the field as the client wrote it.

GraphQL and REST both hand over plain mappings with camelCase keys; `read_input` is the one place that checks them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from bson import ObjectId
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

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
        raise BadUserInput(first["message"], field=first["field"], problems=problems) from error


def _message(text: str) -> str:
    return text.removeprefix("Value error, ")


def _clean(text: str) -> str:
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


def id_of(kind: Kind) -> Any:
    """The type of an id of `kind` in an input."""

    def check(value: Any) -> ObjectId:
        try:
            return parse_id(value, kind, field="")
        except BadUserInput as error:
            raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error

    return Annotated[
        ObjectId,
        BeforeValidator(check),
        WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$", "description": "24-character hexadecimal id"}),
    ]


def text(minimum: int, maximum: int, *, pattern: str | None = None, strip: bool = True) -> Any:
    """The type of a text of `minimum` to `maximum` characters, without NUL and lone surrogates."""
    return Annotated[
        str,
        StringConstraints(strict=True, min_length=minimum, max_length=maximum, pattern=pattern, strip_whitespace=strip),
        AfterValidator(_clean),
    ]


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

Name = text(1, 100)
Title = text(1, 500)
Slug = text(2, 60, pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])$")
Color = text(7, 7, pattern=r"^#[0-9a-fA-F]{6}$")
