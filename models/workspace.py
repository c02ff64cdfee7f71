"""Workspaces, their members and the invitations to them: a workspace is the tenant of everything below it."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import PilotageRole, Role, Verdict
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.records import InvitationRecord, WorkspaceMemberRecord, WorkspaceRecord


@kind(0x31)
class Workspace(Stored[WorkspaceRecord]):
    """A workspace. `slug` is unique in its organization. `pilotage_cycle` counts the cycles of its pilotage from 1; a
    workspace of before that lacks it is in the first. `claims` counts what was claimed under `worker_count` or
    `max_concurrent`, so that claims from two of its queues meet."""

    added = {"my_role": Role, "my_pilotage_role": PilotageRole}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKSPACE))
    organization_id: Annotated[
        PydanticObjectId, Facts("The organization that it is part of.", refers=Kind.ORGANIZATION)
    ]
    owner_id: Annotated[PydanticObjectId, Facts("Whom it belongs to.")]
    name: Annotated[str, Facts("The name.")]
    slug: Annotated[str, Facts("The name in addresses, unique in the organization.")]
    is_personal: Annotated[bool, Facts("Whether it came with its owner's account.")] = False
    agent_ceiling: Annotated[
        dict[str, Verdict],
        Facts("The most that any agent in it may do by itself, by tools, groups or *."),
    ] = Field(default_factory=dict)
    proposals_expire_days: Annotated[
        int | None, Facts("After how many days a proposal that nobody decides on ends; null for never.")
    ] = None
    approvals_need_sign_in: Annotated[
        bool, Facts("Whether proposals are decided on by signed-in people alone, and not with their tokens.")
    ] = False
    default_agent_id: Annotated[
        PydanticObjectId | None, Facts("Who works on a card that no agent is assigned.", refers=Kind.AGENT)
    ] = None
    board_agent_id: Annotated[
        PydanticObjectId | None,
        Facts("Who works on the cards of its boards; null until it is first needed.", GRAPH, refers=Kind.AGENT),
    ] = None
    worker_count: Annotated[
        int | None, Facts("How many workers may hold jobs of its queues at a time; null for any number.", GRAPH)
    ] = None
    max_concurrent: Annotated[
        int | None, Facts("How many jobs of its queues may be held at a time; null for any number.", GRAPH)
    ] = None
    claims: int = 0
    updated_at: UpdatedAt = Field(default_factory=utc_now)
    pilotage_cycle: int = 1

    class Settings:
        name = "workspaces"
        indexes = [IndexModel([("organization_id", ASCENDING), ("slug", ASCENDING)], unique=True)]


@kind(0x32)
class WorkspaceMember(Stored[WorkspaceMemberRecord]):
    """A person's (or an agent's service user's) membership of a workspace."""

    added = {"user": Any}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKSPACE_MEMBER))
    workspace_id: PydanticObjectId
    organization_id: PydanticObjectId
    user_id: Annotated[PydanticObjectId, Facts("Who it is.", refers=Kind.USER)]
    role: Annotated[Role, Facts("What the member may do.")]
    pilotage_role: Annotated[PilotageRole, Facts("What the member may do in the cockpit.")]

    class Settings:
        name = "workspace_members"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("organization_id", ASCENDING)]),
        ]


@kind(0x33)
class Invitation(Stored[InvitationRecord]):
    """An invitation to a workspace or, without one, to an organization. `secret_hash` is the SHA-256 (hex) of the token
    in the link; it works once."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.INVITATION))
    workspace_id: Annotated[PydanticObjectId | None, Facts("Where it leads to.")]
    organization_id: Annotated[
        PydanticObjectId | None, Facts("The organization that it leads to, where that is no workspace.", GRAPH)
    ] = None
    team_id: Annotated[PydanticObjectId | None, Facts("The team of it that they join as well.", GRAPH)] = None
    email: Annotated[str, Facts("The address that it is for.")]
    role: Annotated[Role, Facts("What the person may do once they have joined.")]
    project_id: Annotated[
        PydanticObjectId | None, Facts("The project that they join as well.", refers=Kind.PROJECT)
    ] = None
    project_role: Annotated[Role | None, Facts("What they may do there.")] = None
    invited_by: Annotated[PydanticObjectId, Facts("Who invited.")]
    secret_hash: str
    expires_at: Annotated[datetime, Facts("When it ends, or has ended.")]
    accepted_at: datetime | None = None

    class Settings:
        name = "invitations"
        indexes = [
            IndexModel([("secret_hash", ASCENDING)], unique=True),
            IndexModel([("email", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("email", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("organization_id", ASCENDING), ("email", ASCENDING)]),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("team_id", ASCENDING)], partialFilterExpression={"team_id": {"$type": "objectId"}}),
        ]
