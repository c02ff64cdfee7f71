"""Events of accounts, sessions and tokens."""

from models.base import Record
from realtime.events.base import Event, Id


class UserCreated(Event):
    """The account was registered, or made for an agent; `user` never carries the password's hash."""

    user: Record


class UserUpdated(Event):
    """The account changed; `user` never carries the password's hash."""

    user: Record


class PasswordChanged(Event):
    """Every other session of the user ended with it."""


class SessionStarted(Event):
    session_id: Id


class SessionEnded(Event):
    session_id: Id


class ApiTokenCreated(Event):
    token_id: Id
    name: str


class ApiTokenRevoked(Event):
    token_id: Id
