"""Organizations and their members: the top of the tenancy."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.enums import Role
from models.ids import Kind


class Organization(Stored):
    """An organization. `slug` is unique in the whole installation."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ORGANIZATION))
    name: str
    slug: str
    owner_id: PydanticObjectId
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "organizations"
        indexes = [IndexModel([("slug", ASCENDING)], unique=True)]


class OrganizationMember(Stored):
    """A person's membership of an organization; exactly one member is its owner."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ORGANIZATION_MEMBER))
    organization_id: PydanticObjectId
    user_id: PydanticObjectId
    role: Role

    class Settings:
        name = "organization_members"
        indexes = [
            IndexModel([("organization_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
        ]
