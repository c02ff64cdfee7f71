"""Events of credentials, in the history of their organization. None carries what a credential holds."""

from typing import Annotated

from models.records import CredentialRecord
from realtime.events.base import Carried, Event, Id


class CredentialCreated(Event):
    credential: Annotated[CredentialRecord, Carried()]


class CredentialUpdated(Event):
    credential: Annotated[CredentialRecord, Carried()]


class CredentialRotated(Event):
    credential: Annotated[CredentialRecord, Carried()]


class CredentialVerified(Event):
    credential: Annotated[CredentialRecord, Carried()]


class CredentialRevealed(Event):
    credential: Annotated[CredentialRecord, Carried()]


class CredentialDeleted(Event):
    deleted_id: Id
