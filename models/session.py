"""Signed-in sessions: what a JWT and a session cookie both stand on, so that both end when it is revoked."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import Facts
from models.ids import Kind
from models.records import SessionRecord


@kind(0x12)
class Session(Stored[SessionRecord]):
    """One sign-in. `secret_hash` is the SHA-256 (hex) of the cookie's secret; the document goes when it is revoked.

    A `restricted` one reads the account alone, until the address is confirmed. `refresh_turn` is which of its refresh
    tokens is good (`auth.refresh`). Fields after `expires_at` were added
    later: a stored session may lack them.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SESSION))
    user_id: PydanticObjectId
    secret_hash: str
    csrf_token: str
    expires_at: Annotated[datetime, Facts("When it ends by itself.")]
    user_agent: Annotated[str | None, Facts("What the browser or program called itself at sign-in.")] = None
    created_at: Annotated[datetime, Facts("When the viewer signed in.")] = Field(default_factory=utc_now)
    last_used_at: Annotated[datetime | None, Facts("When it was last used, to the minute.")] = None
    restricted: bool = False
    refresh_turn: int = 0

    class Settings:
        name = "sessions"
        indexes = [
            IndexModel([("user_id", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]
