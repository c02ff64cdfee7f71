"""Files in GraphQL requests, as the GraphQL multipart request specification has them.

`operations` and `map` come first, so the operation is known to be allowed before any file is received
(`serving.graph.file_fields`), and each file goes to one place. Files are spooled: a small one in memory, a larger one
on the disk, until the operation has run.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from models.errors import BadUserInput
from resolvers.kit.upload import MAX_FILE, Upload, spool
from resolvers.transfer.read import MAX_TEXT
from serving.body import parse_object
from serving.multipart import FRAMING, Multipart

MAX_OPERATIONS = 1024 * 1024
MAX_FILES = 5
JSON = "application/json"

Place = list[str]
"""Where a file goes in the variables: `["input", "file"]`."""


@dataclass(slots=True)
class Form:
    """A request with files on their way. `places` are by the name of the part that brings the file."""

    parts: Multipart
    sent: dict[str, Any]
    places: dict[str, Place]
    spooled: ExitStack = field(default_factory=ExitStack)

    async def receive(self, variables: dict[str, Any], limit: int = MAX_FILE) -> None:
        """Receive all files, and put each where it goes in `variables`.

        Raises BadUserInput where one is missing, PayloadTooLarge for one of more than `limit` bytes.
        """
        awaited = dict(self.places)
        while (part := await self.parts.next()) is not None:
            place = awaited.pop(part.name, None)
            if place is None or part.file_name is None:
                raise BadUserInput(f"The part {part.name[:100]!r} is no file of the map, or comes twice")
            upload = await spool(Upload(part.file_name, part.mime_type, self.parts.data), limit, self.spooled)
            _put(variables, place, upload)
        if awaited:
            raise BadUserInput(f"The file {next(iter(awaited))[:100]!r} of the map did not come")


@contextmanager
def spooling(form: Form) -> Iterator[Form]:
    """Gives up the files of a form with the block."""
    with form.spooled:
        yield form


async def read_form(request: Request) -> Form:
    """The operation of a multipart request, and which files are to come. Raises BadUserInput for one without."""
    parts = Multipart(request, max(MAX_FILES * MAX_FILE, MAX_TEXT) + MAX_OPERATIONS + FRAMING)
    sent = await _object(parts, "operations", MAX_OPERATIONS)
    places = _places(await _object(parts, "map", FRAMING))
    if not isinstance(sent.get("variables"), dict):
        raise BadUserInput("must be an object that files are put into", field="variables")
    for place in places.values():
        if _at(sent["variables"], place) is not None:
            raise BadUserInput(f"{'.'.join(place)[:100]!r} is not null in the variables", field="map")
    return Form(parts, sent, places)


async def _object(parts: Multipart, name: str, limit: int) -> dict[str, Any]:
    part = await parts.next()
    if part is None or part.name != name or part.file_name is not None:
        raise BadUserInput("must come first, then map, then the files: each a part of the body", field="operations")
    raw = await parts.read(limit, name)
    if raw.lstrip()[:1] == b"[":
        raise BadUserInput("must be one operation: batches are not taken", field=name)
    return parse_object(raw, JSON)


def _places(sent: dict[str, Any]) -> dict[str, Place]:
    if not 0 < len(sent) <= MAX_FILES:
        raise BadUserInput(f"must name 1 to {MAX_FILES} files", field="map")
    found: dict[str, Place] = {}
    for name, paths in sent.items():
        if not isinstance(paths, list) or len(paths) != 1:
            raise BadUserInput("must name one place of each file: send it once for each place", field="map")
        found[name] = _place(paths[0])
    if len(set(map(tuple, found.values()))) != len(found):
        raise BadUserInput("puts two files in one place", field="map")
    return found


def _place(path: Any) -> Place:
    root, *rest = path.split(".") if isinstance(path, str) else [""]
    if root != "variables" or not rest or len(rest) > 10:
        raise BadUserInput("must name places such as variables.input.file", field="map")
    return rest


def _at(value: Any, place: Place) -> Any:
    """What stands at a place; raises BadUserInput where there is none."""
    for key in place:
        try:
            value = value[_key(value, key)]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BadUserInput(f"{'.'.join(place)[:100]!r} is no place in the variables", field="map") from error
    return value


def _put(variables: dict[str, Any], place: Place, upload: Upload) -> None:
    *above, last = place
    holder = _at(variables, above)
    holder[_key(holder, last)] = upload


def _key(holder: Any, key: str) -> Any:
    if isinstance(holder, list):
        if not (key.isascii() and key.isdigit()):
            raise ValueError(key)
        return int(key[:9])
    return key
