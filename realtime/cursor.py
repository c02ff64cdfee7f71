"""Cursors: where a subscriber stands in a stream. Opaque to clients; as text, ordered within one stream."""

import re
from dataclasses import dataclass

from models.errors import BadUserInput

_TEXT = re.compile(r"[0-9a-f]{8}[0-9a-f]{12}\Z")


@dataclass(frozen=True, slots=True)
class Cursor:
    """`epoch` names the incarnation of the stream (8 hex digits), `seq` the last event seen (0: none)."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}{self.seq:012x}"

    @classmethod
    def parse(cls, text: str, *, field: str = "after") -> "Cursor":
        """The cursor that a client sent back; raises BadUserInput for anything else."""
        if not isinstance(text, str) or not _TEXT.match(text):
            raise BadUserInput("is not a cursor of this server", field=field)
        return cls(epoch=text[:8], seq=int(text[8:], 16))
