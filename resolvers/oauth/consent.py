"""A person agrees: what they were asked, and the code by which the application comes for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from auth.counting import count_attempt
from auth.secrets import hash_secret, new_secret
from auth.subject import Credential
from models import OAuthCode
from models.base import collection, to_record, utc_now
from models.enums import TokenScope
from models.errors import BadUserInput, Forbidden
from models.records import OAuthCodeRecord
from resolvers.kit.context import Context
from resolvers.kit.operation import check_scope

CODE_LIFETIME = timedelta(seconds=60)
KNOWN_FOR = timedelta(days=1)
"""How long a code that comes twice is known as one."""
MAX_CONSENTS = 60
"""Of one person, an hour."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application asks a person for, once it is known who it is and that the answer may go to
    `redirect_uri`, which it has given itself or, not `redirect_uri_given`, left out. `challenge` is that of PKCE."""

    client_id: str
    client_name: str
    client_host: str | None
    scopes: tuple[TokenScope, ...]
    redirect_uri: str
    redirect_uri_given: bool
    challenge: str
    state: str | None = None


async def agree(ctx: Context, asked: Asked, scopes: Collection[TokenScope]) -> str:
    """The code for what the signed-in person agrees to: some of the scopes that were asked for, good for a minute and
    for once. It is no operation of the catalogue: only the page gives it, to a browser's own session.

    Raises Forbidden for any other credential and for what an account may not give yet, BadUserInput for no scope or one
    that was not asked for, RateLimited.
    """
    if ctx.subject.credential is not Credential.SESSION:
        raise Forbidden("Only a person who is signed in in a browser gives access")
    await count_attempt("oauth-consent", str(ctx.user_id), limit=MAX_CONSENTS, window=timedelta(hours=1))
    if not scopes or not set(scopes) <= set(asked.scopes):
        raise BadUserInput("Choose at least one of the things that the application asks for")
    for scope in scopes:
        check_scope(ctx, scope, "Giving access")
    code, now = new_secret(), utc_now()
    kept = OAuthCode(
        code_hash=hash_secret(code),
        user_id=ctx.user_id,
        client_id=asked.client_id,
        client_name=asked.client_name,
        client_host=asked.client_host,
        scopes=[scope for scope in asked.scopes if scope in scopes],
        redirect_uri=asked.redirect_uri,
        redirect_uri_given=asked.redirect_uri_given,
        challenge=asked.challenge,
        valid_until=now + CODE_LIFETIME,
        goes_at=now + KNOWN_FOR,
    )
    await collection(OAuthCode).insert_one(to_record(kept))
    return code


async def find_code(code: str) -> OAuthCodeRecord | None:
    """What was agreed to, by the code; None for one that was never given, or long ago."""
    return await collection(OAuthCode).find_one({"code_hash": hash_secret(code)})
