"""From a request's credential to a Subject: Bearer first, then the session cookie."""

import hmac
from datetime import timedelta
from typing import Any

from auth.jwt import JwtSigner
from auth.oauth import is_access_token, read_access_token
from auth.secrets import TOKEN_PREFIX, hash_secret
from auth.sessions import find_session, find_session_of_cookie
from auth.standing import API_TOKEN, is_outdated, is_shut, refusal
from auth.subject import ALL_SCOPES, ANONYMOUS, MAX_USER_AGENT, RESTRICTED_SCOPES, Credential, Subject
from models import Agent, ApiToken, OAuthGrant, Session
from models.base import Recorded, collection, utc_now
from models.enums import TokenScope
from models.errors import Forbidden, Unauthenticated
from models.records import ApiTokenRecord, OAuthGrantRecord, SessionRecord

SESSION_COOKIE = "orrery_session"
CSRF_COOKIE = "orrery_csrf"
CSRF_HEADER = "x-csrf-token"

_USED_EVERY = timedelta(minutes=1)
_RATE = {"rate_limit": 1}


async def authenticate(
    signer: JwtSigner,
    *,
    authorization: str | None,
    cookie: str | None,
    user_agent: str | None = None,
    audience: str | None = None,
) -> Subject:
    """The subject of a request.

    No credential at all is ANONYMOUS; one that is wrong, expired or revoked raises Unauthenticated rather than
    passing as anonymous. A cookie's subject carries the CSRF token that an unsafe request has to repeat. `audience` is
    what the access tokens of OAuth are for that count here; without it none does.
    """
    agent = _printable(user_agent)
    if authorization:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("The Authorization header must be: Bearer <token>")
        token = token.strip()
        if token.startswith(TOKEN_PREFIX):
            return await _by_token(token)
        if audience is not None and is_access_token(token):
            return await _by_grant(signer, token, audience, agent)
        return await _by_jwt(signer, token, agent)
    if cookie:
        found = await find_session_of_cookie(cookie)
        if found is None:
            return _nobody(agent)  # a browser keeps an old cookie: it must still reach the sign-in page
        return await _of_session(found, Credential.SESSION, agent)
    return _nobody(agent)


async def still_valid(subject: Subject) -> bool:
    """Whether a subject's credential, recognised earlier, has neither expired nor been revoked since."""
    if subject.credential is Credential.TOKEN:
        wanted = dict.fromkeys(API_TOKEN.fields, 1)
        found = await collection(ApiToken).find_one({"_id": subject.credential_id}, wanted)
        return refusal(API_TOKEN, found, None) is None and not is_outdated(subject, found)
    if subject.credential is Credential.OAUTH:
        granted = await collection(OAuthGrant).find_one({"_id": subject.credential_id}, {"expires_at": 1})
        return granted is not None and min(granted["expires_at"], subject.expires_at or utc_now()) > utc_now()
    if subject.credential_id is None:
        return subject.credential is Credential.NONE
    return await find_session(subject.credential_id) is not None


def check_csrf(subject: Subject, sent: str | None) -> None:
    """Raise Forbidden for an unsafe request that came with the cookie alone."""
    if subject.credential is Credential.SESSION and not hmac.compare_digest(
        (subject.csrf_token or "").encode(), (sent or "").encode()
    ):
        raise Forbidden(f"The {CSRF_HEADER} header is missing or wrong")


async def _by_jwt(signer: JwtSigner, token: str, agent: str | None) -> Subject:
    claims = signer.read(token)
    found = await find_session(claims.session_id)
    if found is None or found["user_id"] != claims.user_id:
        raise Unauthenticated("The session has ended: sign in again")
    return await _of_session(found, Credential.JWT, agent)


async def _of_session(found: SessionRecord, credential: Credential, agent: str | None) -> Subject:
    await _used(Session, found)
    restricted = found.get("restricted", False)
    return Subject(
        user_id=found["user_id"],
        credential=credential,
        scopes=RESTRICTED_SCOPES if restricted else ALL_SCOPES,
        credential_id=found["_id"],
        csrf_token=found["csrf_token"],
        expires_at=found["expires_at"],
        restricted=restricted,
        user_agent=agent,
    )


def _nobody(agent: str | None) -> Subject:
    return ANONYMOUS if agent is None else Subject(user_agent=agent)


def _printable(user_agent: str | None) -> str | None:
    """What a client calls itself, as it may be stored and shown."""
    if user_agent is None:
        return None
    return "".join(character for character in user_agent[:MAX_USER_AGENT] if character.isprintable()).strip() or None


async def _used(model: type[Recorded[Any]], found: SessionRecord | ApiTokenRecord | OAuthGrantRecord) -> None:
    """Note, once a minute at most, that a credential was used."""
    now = utc_now()
    last = found.get("last_used_at")
    if last is None or now - last > _USED_EVERY:
        await collection(model).update_one({"_id": found["_id"]}, {"$set": {"last_used_at": now}})


async def _by_grant(signer: JwtSigner, token: str, audience: str, agent: str | None) -> Subject:
    access = read_access_token(signer.key, token, audience)
    found = await collection(OAuthGrant).find_one({"_id": access.grant_id})
    if found is None or found["user_id"] != access.user_id or found["expires_at"] <= utc_now():
        raise Unauthenticated("What the token stands on was revoked")
    await _used(OAuthGrant, found)
    return Subject(
        user_id=found["user_id"],
        credential=Credential.OAUTH,
        scopes=access.scopes & frozenset(map(TokenScope, found["scopes"])),
        credential_id=found["_id"],
        expires_at=min(access.expires_at, found["expires_at"]),
        user_agent=agent,
    )


async def _by_token(token: str) -> Subject:
    digest, until = hash_secret(token), None
    found = await collection(ApiToken).find_one({"secret_hash": digest})
    if found is None:  # a key may have been given another text, and this one still count
        of_before = {"previous_hash": digest, "previous_until": {"$gt": utc_now()}}
        found = await collection(ApiToken).find_one(of_before)
        until = None if found is None else found["previous_until"]
    if found is None or is_shut(found):
        raise Unauthenticated("The token is not valid, or was revoked")
    if _expired(found):
        raise Unauthenticated("The token has expired")
    await _used(ApiToken, found)
    agent = None if found["agent_id"] is None else await collection(Agent).find_one({"_id": found["agent_id"]}, _RATE)
    return Subject(
        user_id=found["user_id"],
        credential=Credential.TOKEN,
        scopes=frozenset(TokenScope(scope) for scope in found["scopes"]),
        credential_id=found["_id"],
        agent_id=found["agent_id"],
        workspace_id=found["workspace_id"],
        organization_id=found.get("organization_id"),
        expires_at=min(filter(None, (found["expires_at"], until)), default=None),
        calls_a_minute=None if agent is None else agent.get("rate_limit"),
        rotations=found.get("rotations", 0) - (until is not None),
    )


def _expired(token: ApiTokenRecord) -> bool:
    return token["expires_at"] is not None and token["expires_at"] <= utc_now()


__all__ = ["CSRF_COOKIE", "CSRF_HEADER", "SESSION_COOKIE", "authenticate", "check_csrf", "still_valid"]
