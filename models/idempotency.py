"""What became of requests that named a key, so that sending one again does nothing twice."""

from datetime import datetime
from enum import StrEnum

from beanie import PydanticObjectId
from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import IdempotencyKeyRecord


class KeyState(StrEnum):
    """How far the request of an idempotency key has come; `committed`: its change is, its answer is not kept yet."""

    PENDING = "pending"
    COMMITTED = "committed"
    DONE = "done"


class IdempotencyKey(Recorded[IdempotencyKeyRecord]):
    """`id` is a hash of the caller and the key, `fingerprint` one of the request.

    `holder` names the attempt that may change something, until `lease_until` or until it has. `body` is None for an
    answer that is not kept.
    """

    id: str  # type: ignore[assignment]
    fingerprint: str
    state: KeyState
    holder: str
    lease_until: datetime
    user_id: PydanticObjectId | None
    status: int | None = None
    media_type: str | None = None
    body: bytes | None = None
    expires_at: datetime

    class Settings:
        name = "idempotency_keys"
        indexes = [
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
            IndexModel([("user_id", ASCENDING)]),
        ]
