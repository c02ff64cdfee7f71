"""Events of invitations."""

from realtime.events.base import Event, Id


class InvitationCreated(Event):
    invitation_id: Id
    email: str


class InvitationResent(Event):
    invitation_id: Id
    email: str


class InvitationRevoked(Event):
    invitation_id: Id
    email: str


class InvitationAccepted(Event):
    invitation_id: Id
    user_id: Id
