"""How long texts may be that clients write, and in which form they are kept."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from models.errors import BadUserInput
from models.json import check_text
from models.text import canonical

WITHOUT_NUL = r"^[^\x00]*$"


def _clean(text: Any) -> str:
    if not isinstance(text, str):
        raise PydanticCustomError("text", "must be text")
    try:
        return check_text(text, field="")
    except BadUserInput as error:
        raise PydanticCustomError("text", "{reason}", {"reason": error.message}) from error


def _clean_name(text: Any) -> str:
    return canonical(_clean(text))


@dataclass(frozen=True, slots=True)
class Text:
    """Annotates a str: `minimum` to `maximum` characters, without NUL and lone surrogates.

    One that is stripped is a name of some kind: it is kept in its canonical form, so that the same one is the same.
    """

    minimum: int
    maximum: int
    pattern: str | None = None
    strip: bool = True

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.chain_schema(
            [
                core_schema.no_info_plain_validator_function(_clean_name if self.strip else _clean),
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
        return {**shape, "pattern": self.pattern or WITHOUT_NUL}


NAME = Text(1, 100)
TITLE = Text(1, 500)
PATH = Text(1, 1000, strip=False)
SLUG = Text(2, 60, pattern=r"^[a-z0-9][a-z0-9-]*[a-z0-9]$")
TAGLINE = Text(0, 300)
DOMAIN = Text(1, 253, pattern=r"^[^\s/?#@\\]+$")
HEX_COLOR = Text(7, 7, pattern=r"^#[0-9a-fA-F]{6}$")
MARKDOWN = Text(0, 5000, strip=False)
"""What clients may show as Markdown."""
PROMPT = Text(0, 20_000, strip=False)
"""The same, where agents are told what to do by it: as much as a mission may be asked."""
