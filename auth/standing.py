"""Whether what a caller was let in with still stands: a session, a token, a membership; asked for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from auth.policies.permission import Permission
from auth.subject import Credential, Subject
from models import ApiToken, OAuthGrant, Session, WorkspaceMember
from models.base import AnyRecord, Record, Recorded, collection, utc_now
from models.errors import NotFound, OrreryError, Unauthenticated
from models.ids import IDS_PER_QUERY


@dataclass(frozen=True, slots=True)
class Ground:
    """A kind of record that reading stands on, and the fields of it that say whether it still does."""

    model: type[Recorded[Any]]
    fields: tuple[str, ...]

    async def find(self, ids: Sequence[ObjectId]) -> dict[ObjectId, Record]:
        """Those of at most `IDS_PER_QUERY` records that are there, in one query on the primary index."""
        wanted = {"_id": {"$in": list(ids)}}
        found = collection(self.model).find(wanted, dict.fromkeys(self.fields, 1), batch_size=IDS_PER_QUERY + 1)
        return {record["_id"]: record for record in await found.to_list()}


SESSION = Ground(Session, ("expires_at",))
API_TOKEN = Ground(
    ApiToken, ("expires_at", "scopes", "is_active", "revoked_at", "deleted_at", "rotations", "previous_until")
)
OAUTH_GRANT = Ground(OAuthGrant, ("expires_at",))
MEMBERSHIP = Ground(WorkspaceMember, ("role", "pilotage_role"))
GROUNDS = (SESSION, API_TOKEN, OAUTH_GRANT, MEMBERSHIP)

_OF_CREDENTIAL = {Credential.TOKEN: API_TOKEN, Credential.OAUTH: OAUTH_GRANT}


def credential_of(subject: Subject) -> tuple[Ground, ObjectId] | None:
    """What a subject was recognised by; None for an anonymous one."""
    if subject.credential_id is None:
        return None
    return _OF_CREDENTIAL.get(subject.credential, SESSION), subject.credential_id


def refusal(ground: Ground, found: AnyRecord | None, permission: Permission | None) -> OrreryError | None:
    """Why whoever stands on a record may read no more; None where they may."""
    if ground is MEMBERSHIP:
        if found is None:
            return NotFound("Workspace")
        return None if permission is None else permission.refusal(found, "workspace")
    if found is None or is_shut(found) or ((end := expiry(found)) is not None and end <= utc_now()):
        return has_ended()
    return None


def is_shut(found: AnyRecord) -> bool:
    """Whether a key lets nobody in, whatever its time."""
    return not found.get("is_active", True) or bool(found.get("revoked_at") or found.get("deleted_at"))


def is_outdated(subject: Subject, found: AnyRecord | None) -> bool:
    """Whether a key was given another text since the one that a subject came with, which counts no more, or may be
    used for less."""
    if found is None or "scopes" not in found:
        return False
    behind, until = found.get("rotations", 0) - subject.rotations, found.get("previous_until")
    is_of_before = behind > 1 or (behind == 1 and (until is None or until <= utc_now()))
    return is_of_before or not subject.scopes <= set(found["scopes"])


def has_ended() -> Unauthenticated:
    """Why whoever was let in by a credential that is no more may read no more."""
    return Unauthenticated("The session or token has expired or was revoked")


def expiry(found: AnyRecord) -> datetime | None:
    """When a credential ends by itself."""
    end: datetime | None = found.get("expires_at")
    return end
