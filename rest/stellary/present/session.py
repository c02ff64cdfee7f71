"""Sessions that are open."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from rest.present import presents, shown


@presents(models.Session)
class OpenSession(TypedDict):
    """Where the caller is signed in. `current` is the session that the request came with."""

    current: bool


class EndedSessions(TypedDict):
    """It is done; `count` sessions ended."""

    ok: Literal[True]
    count: int


def open_session(record: AnyRecord) -> OpenSession:
    return {**shown(OpenSession, record), "current": record["is_current"]}
