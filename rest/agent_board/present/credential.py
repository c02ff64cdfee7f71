"""Credentials, and what models have cost with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from bson import ObjectId
from typing_extensions import TypedDict

import models
from models.base import timestamp
from models.enums import CredentialAuthorization
from models.records import CredentialRecord
from resolvers.credential.authorization import authorization_of
from resolvers.credential.credential import holds
from rest.present import Id, Timestamp, presents, shown

MICRO = 1_000_000


@presents(models.Credential, only=("provider", "created_at", "updated_at", "verified_at"))
class CredentialData(TypedDict):
    """A credential. `apiKey` is the family of what it holds, and null while it holds nothing."""

    name: str
    apiKey: str | None
    organizationId: Id
    isDefault: bool


AuthorizationWord = Literal["pending", "authorized", "expired", "failed"]


class AuthorizationData(TypedDict):
    """A sign-in that is to happen at `authUrl`."""

    credentialId: Id
    authUrl: str
    expiresAt: Timestamp


class AuthorizationStatusData(TypedDict):
    """How far a sign-in is. `expiresAt` is when that ends, if it does by itself."""

    credentialId: Id
    status: AuthorizationWord
    expiresAt: Timestamp | None


class VerifiedData(TypedDict):
    """Whether a provider lets a credential in; `error` is why not."""

    valid: bool
    error: str | None


class UsageData(TypedDict):
    """Calls of models, and what they cost in US dollars."""

    calls: int
    inputTokens: int
    cachedTokens: int
    outputTokens: int
    costUsd: float


class CredentialUsageData(TypedDict):
    """What models have cost with a credential: in all, in the last five hours, and in the last seven days."""

    total: UsageData
    fiveHours: UsageData
    sevenDays: UsageData


def credential(record: CredentialRecord, *, is_default: bool) -> CredentialData:
    return {
        **shown(CredentialData, record),
        "name": record.get("name") or record["key"],
        "apiKey": record.get("mask", "****"),
        "organizationId": str(record["organization_id"]),
        "isDefault": is_default,
    }


def authorization(credential_id: ObjectId, url: str, expires_at: datetime) -> AuthorizationData:
    return {"credentialId": str(credential_id), "authUrl": url, "expiresAt": timestamp(expires_at)}


def authorization_status(record: CredentialRecord) -> AuthorizationStatusData:
    """A key that was given by hand lets in as well."""
    by_hand = CredentialAuthorization.AUTHORIZED if holds(record) else CredentialAuthorization.PENDING
    word = authorization_of(record) or by_hand
    until = record.get("authorization_expires_at")
    return {
        "credentialId": str(record["_id"]),
        "status": cast("AuthorizationWord", word.value),
        "expiresAt": None if until is None else timestamp(until),
    }


def usage(record: Mapping[str, Any]) -> CredentialUsageData:
    return {
        "total": _total(record["total"]),
        "fiveHours": _total(record["five_hours"]),
        "sevenDays": _total(record["seven_days"]),
    }


def _total(counted: Mapping[str, Any]) -> UsageData:
    return {
        "calls": counted["calls"],
        "inputTokens": counted["input_tokens"],
        "cachedTokens": counted["cached_tokens"],
        "outputTokens": counted["output_tokens"],
        "costUsd": counted["cost"] / MICRO,
    }
