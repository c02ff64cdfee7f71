"""What the keys of organizations were used for."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import Facts
from models.ids import Kind
from models.records import KeyUseRecord

KEPT_SECONDS = 90 * 24 * 3600


@kind(0xE6)
class KeyUse(Stored[KeyUseRecord]):
    """A request that came with a key. It tells the path of its route, and no id or text that the request held."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.KEY_USE))
    api_token_id: PydanticObjectId
    method: Annotated[str, Facts("The method of the request.")]
    route: Annotated[str, Facts("The path of what it called, with names in place of ids.")]
    status: Annotated[int, Facts("The status of the answer.")]
    ms: Annotated[int, Facts("Milliseconds until the answer began.")]
    created_at: Annotated[datetime, Facts("When it was answered.")] = Field(default_factory=utc_now)

    class Settings:
        name = "key_uses"
        indexes = [
            IndexModel([("api_token_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS),
        ]
