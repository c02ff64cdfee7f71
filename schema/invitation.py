"""Invitations to workspaces and to organizations."""

from datetime import datetime

import strawberry

import models
from models.enums import Role
from resolvers.invitation.invitation import inviter_of
from schema.fields import shows
from schema.loading import edge
from schema.references import UserRef


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
