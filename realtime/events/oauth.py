"""Events of what people let applications do."""

from datetime import datetime

from realtime.events.base import Event, Id


class OAuthGrantCreated(Event):
    """The person agreed, and the application has come for it."""

    grant_id: Id
    client_id: str
    client_name: str


class OAuthGrantRenewed(Event):
    """The application has come with the refresh token, and has the next ones."""

    grant_id: Id
    expires_at: datetime


class OAuthGrantRevoked(Event):
    """The tokens of the grant are worth nothing any more."""

    grant_id: Id
    reason: str
