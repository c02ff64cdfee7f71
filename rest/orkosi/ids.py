"""What the interface calls things by: a number, or the id that every interface knows, of 24 hexadecimal digits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from models.errors import BadUserInput
from models.ids import Kind, parse_id
from resolvers.kit.noun import Noun
from resolvers.kit.numbered import find_numbered
from rest.routing import Call

LARGEST = 9_999_999_999
NUMBER_PATTERN = "[1-9][0-9]{0,9}"
_NUMBER = re.compile(NUMBER_PATTERN)
NUMBER_OR_ID: Mapping[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": LARGEST},
        {"type": "string", "pattern": f"^({NUMBER_PATTERN}|[0-9a-f]{{24}})$"},
    ]
}
"""The JSON schema of either."""


def read_number_or_id(value: Any, kind: Kind, *, field: str) -> int | ObjectId:
    """What a client's value calls something by. Raises BadUserInput for what is neither a number nor an id of the
    kind."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST:
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    try:
        return parse_id(value, kind, field=field)
    except BadUserInput as error:
        raise BadUserInput("must be a number, or the 24-character hexadecimal id of one", field=field) from error


@dataclass(frozen=True, slots=True)
class NumberOrId:
    """Annotates an `int | ObjectId`: what calls an object of a kind by its number or its id."""

    kind: Kind

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: Any) -> int | ObjectId:
            try:
                return read_number_or_id(value, self.kind, field="")
            except BadUserInput as error:
                raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error

        return core_schema.no_info_plain_validator_function(check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(NUMBER_OR_ID)


async def found_id(value: int | ObjectId, noun: Noun[Any], inside: ObjectId | None = None) -> ObjectId:
    """The id of what is called so, where a number counts `inside` a workspace or an organization.

    Raises NotFound for a number that nothing there has; of an id, its door says whether it leads anywhere.
    """
    return value if isinstance(value, ObjectId) else await find_numbered(noun, value, inside)


async def path_id(call: Call, name: str, noun: Noun[Any], inside: ObjectId | None = None) -> ObjectId:
    """The id of what a parameter of the path calls by its number or its id. Raises BadUserInput for what is neither."""
    return await found_id(read_number_or_id(call.path[name], noun.kind, field=name), noun, inside)
