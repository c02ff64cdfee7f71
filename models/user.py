"""People and the service users of agents."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class User(Stored):
    """An account. `email` is stored lower-case; `password_hash` is an argon2 hash, null for an agent's service user.

    Fields after it were added later: a stored user may lack them.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.USER))
    email: str
    name: str | None = None
    job_title: str | None = None
    is_agent: bool = False
    password_hash: str | None = None
    email_verified_at: datetime | None = None

    class Settings:
        name = "users"
        indexes = [IndexModel([("email", ASCENDING)], unique=True)]
