"""Events of the API keys of organizations, in their history. None carries the text of a key, or a hash of it."""

from typing import Annotated

from models.records import ApiTokenRecord
from realtime.events.base import Carried, Event, Id


class ApiKeyCreated(Event):
    api_token: Annotated[ApiTokenRecord, Carried()]


class ApiKeyUpdated(Event):
    api_token: Annotated[ApiTokenRecord, Carried()]


class ApiKeyRotated(Event):
    api_token: Annotated[ApiTokenRecord, Carried()]


class ApiKeyRevoked(Event):
    api_token: Annotated[ApiTokenRecord, Carried()]


class ApiKeyDeleted(Event):
    deleted_id: Id
