"""What a client of the WebSocket says, and what it is answered beside events."""

from dataclasses import dataclass
from typing import Any

import orjson
from bson import ObjectId

from models.errors import BadUserInput
from models.ids import Kind, parse_id
from realtime.cursor import Cursor
from serving.body import parse_object

PONG = b'{"type":"pong","data":null}'


class Malformed(Exception):  # noqa: N818
    """What is no message: the socket ends."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a client."""

    type: str
    payload: dict[str, Any]

    def project_id(self) -> ObjectId:
        """The project that it is about; raises BadUserInput."""
        return parse_id(self.payload.get("projectId"), Kind.PROJECT, field="projectId")

    def after(self) -> str | None:
        """The cursor that it goes on after; raises BadUserInput."""
        after = self.payload.get("after")
        return None if after is None else str(Cursor.parse(after))


def read(text: str | None) -> Said:
    """A message out of a text frame; raises Malformed."""
    try:
        message = parse_object((text or "").encode(), "application/json")
    except BadUserInput as error:
        raise Malformed from error
    kind, payload = message.get("type"), message.get("payload")
    if not isinstance(kind, str) or not isinstance(payload, dict | None):
        raise Malformed
    return Said(kind, payload or {})


def refusal(code: str, message: str, project_id: object) -> bytes:
    """What is said of a message that is refused, or of a project that is followed no more."""
    named = project_id if isinstance(project_id, str) else None
    return orjson.dumps({"type": "error", "data": {"code": code, "message": message}, "projectId": named})
