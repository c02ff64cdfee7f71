"""Events of accounts, sessions and tokens."""

from datetime import datetime
from typing import Annotated

from models.enums import ServerRole
from models.records import UserRecord
from realtime.events.base import Carried, Event, Id


class UserCreated(Event):
    """The account was registered, or made for an agent; `user` never carries the password's hash."""

    user: Annotated[UserRecord, Carried()]


class UserUpdated(Event):
    """The account changed; `user` never carries the password's hash."""

    user: Annotated[UserRecord, Carried()]


class PasswordChanged(Event):
    """Every other session of the user ended with it."""


class SessionStarted(Event):
    session_id: Id


class SessionRenewed(Event):
    """It goes on, by its refresh token, which another has taken the place of."""

    session_id: Id
    expires_at: datetime


class SessionEnded(Event):
    session_id: Id


class ApiTokenCreated(Event):
    token_id: Id
    name: str


class ApiTokenRevoked(Event):
    token_id: Id


class SessionsEnded(Event):
    """Every session but one ended, as the person asked."""

    kept_id: Id | None


class EmailVerified(Event):
    email: str


class PasswordReset(Event):
    """A new password by a link in a mail. Every session of the user ended with it."""


class PasswordGenerated(Event):
    """Whoever manages accounts had another password made. Every session of the user ended with it."""


class TwoFactorEnabled(Event):
    pass


class TwoFactorDisabled(Event):
    pass


class RecoveryCodesRenewed(Event):
    """The earlier recovery codes are worth nothing any more."""


class RecoveryCodeUsed(Event):
    left: int


class ConsentGiven(Event):
    subject: str
    version: str


class ServerRoleChanged(Event):
    """What the person may do with the installation has changed."""

    role: ServerRole


class InstallationSetUp(Event):
    """The person was the first one here, and has set the installation up."""


class IdentityLinked(Event):
    """The person signs in with the identity provider from now on, too."""


class IdentityUnlinked(Event):
    """Whoever signed in to the account with the identity provider does so no more."""


class UserDeleted(Event):
    """The account was deleted: what remains of the user has no name and no address."""

    deleted_id: Id
