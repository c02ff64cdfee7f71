"""Invitations to workspaces and to organizations."""

from datetime import datetime

import strawberry

import models
from models.enums import Role
from resolvers.invitation import invitation as edges
from resolvers.invitation import organization_invitation as organization_edges
from resolvers.invitation.invitation import inviter_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.references import OrganizationRef, UserRef, WorkspaceRef


@shows(
    models.Invitation,
    "An invitation of an e-mail address to a workspace or to an organization that was not accepted yet.",
)
class Invitation:
    id: strawberry.ID = strawberry.field(description="The id.")
    inviter: UserRef | None = edge(inviter_of, needs=("invited_by",), description="Who invited.")


@strawberry.type(description="What the link of an invitation leads to.")
class InvitationPreview:
    email: str = strawberry.field(description="The address that it is for.")
    role: Role = strawberry.field(description="What the person may do once they have joined.")
    workspace_name: str | None = strawberry.field(
        description="The workspace; null where it leads to an organization alone."
    )
    organization_name: str | None = strawberry.field(
        description="The organization, or the one that the workspace is part of."
    )
    inviter_name: str | None = strawberry.field(description="Who invited.")
    expires_at: datetime = strawberry.field(description="When it ends.")


@extends(WorkspaceRef, after="health")
class OfWorkspace:
    invitations: Connection[Invitation] = edge(
        edges.invitations_of,
        arguments=window,
        description="Invitations that were not accepted, oldest first: for those who may invite.",
    )


@extends(OrganizationRef, after="default_workspace")
class OfOrganization:
    invitations: Connection[Invitation] = edge(
        organization_edges.invitations_of,
        arguments=window,
        description="Invitations to it that were not accepted, oldest first: for those who may invite.",
    )
