"""Sessions: what a JWT and a session cookie stand on."""

import hmac
import secrets
from datetime import timedelta

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from auth.secrets import hash_secret, new_secret
from models import Session
from models.base import collection, to_record, utc_now
from models.ids import Kind, kind_of
from models.records import SessionRecord


async def start_session(
    user_id: ObjectId,
    lifetime: timedelta,
    session: AsyncClientSession,
    *,
    user_agent: str | None = None,
    restricted: bool = False,
) -> tuple[SessionRecord, str]:
    """A new session's record, and the value of its cookie (shown once)."""
    secret = new_secret()
    now = utc_now()
    record = to_record(
        Session(
            user_id=user_id,
            secret_hash=hash_secret(secret),
            csrf_token=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + lifetime,
            user_agent=user_agent,
            last_used_at=now,
            restricted=restricted,
        )
    )
    await collection(Session).insert_one(record, session=session)
    return record, f"{record['_id']}.{secret}"


async def find_session(session_id: ObjectId) -> SessionRecord | None:
    """A session that has neither ended nor expired."""
    found = await collection(Session).find_one({"_id": session_id})
    return found if found is not None and found["expires_at"] > utc_now() else None


async def find_session_of_cookie(value: str) -> SessionRecord | None:
    """The session of a cookie, or None where the cookie is not one that we made or its session has ended."""
    head, _, secret = value.partition(".")
    if len(head) != 24 or not ObjectId.is_valid(head) or kind_of(ObjectId(head)) is not Kind.SESSION:
        return None
    found = await find_session(ObjectId(head))
    if found is None or not hmac.compare_digest(found["secret_hash"], hash_secret(secret)):
        return None
    return found
