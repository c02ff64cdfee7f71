"""What a browser or a client sends as a form, and as a query: bounded, and each name once."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from models.errors import BadUserInput
from serving.body import read_bytes
from serving.errors import UnsupportedMediaTypeError

MAX_FIELDS = 50

Fields = list[tuple[str, str]]


async def read_form(request: Request, limit: int) -> Fields:
    """The fields of a form. Raises BadUserInput for what is none, PayloadTooLarge, UnsupportedMediaTypeError."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise UnsupportedMediaTypeError("The body must be application/x-www-form-urlencoded")
    raw = await read_bytes(request, limit)
    try:
        return read_fields(raw.decode("ascii"))
    except UnicodeDecodeError as error:
        raise BadUserInput("The body is no form") from error


def read_fields(text: str) -> Fields:
    """The fields of a query. Raises BadUserInput."""
    try:
        found = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, encoding="utf-8", errors="strict")
    except ValueError as error:
        raise BadUserInput("There is something in it that is no text, or too much") from error
    if any("\0" in part for field in found for part in field):
        raise BadUserInput("There is something in it that is no text")
    return found


def one_each(fields: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The fields by their names; raises BadUserInput where one is there twice, as two readers would take one each."""
    found: dict[str, str] = {}
    for name, value in fields:
        if name in found:
            raise BadUserInput("is there more than once", field=name[:50])
        found[name] = value
    return found
