"""Workspaces, their members and the invitations to them: a workspace is the tenant of everything below it."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.enums import PilotageRole, Role
from models.ids import Kind


class Workspace(Stored):
    """A workspace. `slug` is unique in its organization."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKSPACE))
    organization_id: PydanticObjectId
    owner_id: PydanticObjectId
    name: str
    slug: str
    is_personal: bool = False
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "workspaces"
        indexes = [IndexModel([("organization_id", ASCENDING), ("slug", ASCENDING)], unique=True)]


class WorkspaceMember(Stored):
    """A person's (or an agent's service user's) membership of a workspace."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKSPACE_MEMBER))
    workspace_id: PydanticObjectId
    organization_id: PydanticObjectId
    user_id: PydanticObjectId
    role: Role
    pilotage_role: PilotageRole

    class Settings:
        name = "workspace_members"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("organization_id", ASCENDING)]),
        ]


class Invitation(Stored):
    """An invitation to a workspace. `secret_hash` is the SHA-256 (hex) of the token in the link; it works once."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.INVITATION))
    workspace_id: PydanticObjectId
    email: str
    role: Role
    invited_by: PydanticObjectId
    secret_hash: str
    expires_at: datetime
    accepted_at: datetime | None = None

    class Settings:
        name = "invitations"
        indexes = [
            IndexModel([("secret_hash", ASCENDING)], unique=True),
            IndexModel([("email", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("email", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
