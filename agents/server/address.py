"""Addresses of resources: `orrery://card/{id}`, and `orrery://card/{id}/events` for what has happened to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from bson import ObjectId

from models.errors import BadUserInput, NotFound
from models.ids import Kind, parse_id
from realtime.told import ToldEvent

KINDS: Mapping[str, Kind] = {
    kind.name.lower(): kind for kind in (Kind.WORKSPACE, Kind.PROJECT, Kind.CARD, Kind.DOCUMENT, Kind.MISSION)
}
MAX_LENGTH = 500

_ADDRESS = re.compile(r"orrery://([a-z]+)/([0-9a-f]{24})(/events)?(?:\?(.*))?")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address leads to: an object, or its events. `offset` goes on in a long text, `after` in events."""

    uri: str
    kind: Kind
    id: ObjectId
    is_history: bool = False
    offset: int = 0
    after: str | None = None

    @classmethod
    def read(cls, uri: str) -> "Address":
        """Raises NotFound for what is no address of this gateway."""
        found = _ADDRESS.fullmatch(uri[:MAX_LENGTH])
        if found is None or found[1] not in KINDS:
            raise NotFound("Resource")
        kind = KINDS[found[1]]
        try:
            object_id = parse_id(found[2], kind)
        except BadUserInput as error:
            raise NotFound("Resource") from error
        asked = parse_qs(found[4] or "")
        offset, after = asked.get("offset", ["0"])[0], asked.get("after", [None])[0]
        return cls(uri, kind, object_id, found[3] is not None, int(offset) if offset.isdecimal() else 0, after)

    def concerns(self, event: ToldEvent) -> bool:
        """Whether an event of its workspace is about it."""
        data = event["data"]
        match self.kind:
            case Kind.WORKSPACE:
                return True
            case Kind.PROJECT:
                return self.id in (event.get("project_id"), *data.get("project_ids", ()))
            case Kind.CARD:
                return self.id in (event.get("card_id"), data.get("deleted_id"), *data.get("card_ids", ()))
            case Kind.MISSION:
                return event.get("mission_id") == self.id
        told = data.get("document", {}).get("_id"), data.get("document_id"), data.get("deleted_id")
        return self.id in told


def uri_of(kind: Kind, object_id: ObjectId) -> str:
    """The address of an object."""
    return f"orrery://{kind.name.lower()}/{object_id}"
