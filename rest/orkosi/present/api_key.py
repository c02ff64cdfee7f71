"""API keys of organizations, and what they were used for."""

from typing_extensions import TypedDict

import models
from models.base import timestamp
from models.records import ApiTokenRecord, KeyUseRecord
from resolvers.account.api_token import NewToken
from rest.orkosi.present.show import Timestamp, presents, shown
from rest.orkosi.scope_words import words_of
from rest.present import Id

MASK = "****"


@presents(models.ApiToken, only=("name", "created_at", "expires_at", "last_used_at"))
class ApiKeyData(TypedDict):
    """A key. `key` is how its text begins or, where it was just made, all of it, this once. `scopes` are all that it
    may be used for: what one of them opens, others may open too. Its text of before counts until
    `previous_key_valid_until`."""

    id: Id
    description: str | None
    key: str
    scopes: list[str]
    is_active: bool
    previous_key_valid_until: Timestamp | None
    revoked_at: Timestamp | None


@presents(models.KeyUse, only=("method", "route", "status"))
class KeyUseData(TypedDict):
    """A request that came with a key. `duration_ms` is how long it took until its answer began."""

    id: Id
    timestamp: Timestamp
    duration_ms: int


def api_key(record: ApiTokenRecord) -> ApiKeyData:
    return _shown(record, record["prefix"] + MASK)


def new_api_key(made: NewToken) -> ApiKeyData:
    """With its text."""
    return _shown(made.api_token, made.secret)


def _shown(record: ApiTokenRecord, key: str) -> ApiKeyData:
    until, revoked_at = record.get("previous_until"), record.get("revoked_at")
    return {
        **shown(ApiKeyData, record),
        "id": str(record["_id"]),
        "description": record.get("description"),
        "key": key,
        "scopes": words_of(record["scopes"]),
        "is_active": record.get("is_active", True),
        "previous_key_valid_until": None if until is None else timestamp(until),
        "revoked_at": None if revoked_at is None else timestamp(revoked_at),
    }


def key_use(record: KeyUseRecord) -> KeyUseData:
    return {
        **shown(KeyUseData, record),
        "id": str(record["_id"]),
        "timestamp": timestamp(record["created_at"]),
        "duration_ms": record["ms"],
    }
