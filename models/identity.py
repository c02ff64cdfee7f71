"""Who somebody is at an identity provider."""

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.ids import Kind
from models.records import IdentityRecord


@kind(0xE2)
class Identity(Stored[IdentityRecord]):
    """That a `subject` of an `issuer` is the owner of an account. Addresses change; these two do not."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.IDENTITY))
    issuer: str
    subject: str
    user_id: PydanticObjectId

    class Settings:
        name = "identities"
        indexes = [
            IndexModel([("issuer", ASCENDING), ("subject", ASCENDING)], unique=True),
            IndexModel([("user_id", ASCENDING)]),
        ]
