"""Invitations."""

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.records import (
    InvitationRecord,
)
from resolvers.invitation.send import NewInvitation
from rest.present import Id, Timestamp, presents, shown
from rest.stellary.present.member import Role, role_word


@presents(models.Invitation)
class PendingInvitation(TypedDict):
    """An invitation that was not accepted yet."""

    workspaceId: Id
    role: Role


class Invitation(PendingInvitation):
    """An invitation with its link. `token` and `link` are null where the link goes to the invited person's mailbox."""

    token: str | None
    link: str | None


class InvitationPreview(TypedDict):
    """What the link of an invitation leads to."""

    email: str
    role: Role
    workspaceName: str
    organizationName: str | None
    inviterName: str | None
    expiresAt: Timestamp


def pending_invitation(record: InvitationRecord) -> PendingInvitation:
    inside = str(record["workspace_id"])
    return {**shown(PendingInvitation, record), "workspaceId": inside, "role": role_word(record["role"])}


def invitation(created: NewInvitation) -> Invitation:
    return {**pending_invitation(created.invitation), "token": created.token, "link": created.link}


def invitation_preview(record: AnyRecord) -> InvitationPreview:
    place = record["workspace_name"] or record["organization_name"]
    return {**shown(InvitationPreview, record), "workspaceName": place, "role": role_word(record["role"])}
