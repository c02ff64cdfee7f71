"""The applications that ask for access: they register themselves, or are described by a document of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.counting import count_attempt
from models import OAuthClient
from models.base import collection, to_record, utc_now
from models.errors import BadUserInput
from models.ids import Kind, kind_of
from models.records import OAuthClientRecord
from resolvers.kit.context import Context
from resolvers.oauth.description import fetch, is_described, name_of, names_host
from resolvers.oauth.redirect import check_redirect

UNUSED_FOR = timedelta(days=1)
"""How long an application that registered itself is kept before anybody has agreed to anything."""
USED_FOR = timedelta(days=90)
"""How long after it was last used: longer than what stands on it."""
MAX_REGISTRATIONS = 30
"""An hour, of one address."""
MAX_REGISTRATIONS_IN_ALL = 1_000
"""A day, of all addresses: as unused ones go after one, there are never many."""
MAX_REDIRECTS = 10
MAX_ASKED = 120
"""How often one person may begin to give access, an hour."""


@dataclass(frozen=True, slots=True)
class Client:
    """An application. `host` is the one whose document describes it; None where all that is known is what it says."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    host: str | None = None


async def register(ctx: Context, name: str | None, redirect_uris: Sequence[str]) -> OAuthClientRecord:
    """Keep an application that registers itself. Raises RateLimited for too many of one address, or in all, and
    BadUserInput for what it may not be sent back to."""
    await count_attempt("oauth-register", ctx.source or "", limit=MAX_REGISTRATIONS, window=timedelta(hours=1))
    await count_attempt("oauth-register-all", "", limit=MAX_REGISTRATIONS_IN_ALL, window=timedelta(days=1))
    kept = to_record(
        OAuthClient(
            name=name_of(name, "An application without a name"),
            redirect_uris=checked_redirects(redirect_uris),
            expires_at=utc_now() + UNUSED_FOR,
        )
    )
    await collection(OAuthClient).insert_one(kept)
    return kept


def checked_redirects(uris: Sequence[str]) -> list[str]:
    """Raises BadUserInput."""
    if not 0 < len(uris) <= MAX_REDIRECTS:
        raise BadUserInput(f"must be one to {MAX_REDIRECTS}", field="redirect_uris")
    return [check_redirect(uri) for uri in uris]


async def is_known(client_id: str) -> bool:
    """Whether an application may come for tokens: what it is given stands on the code or the token that it sends."""
    return is_described(client_id) or await _registered(client_id) is not None


async def find_client(ctx: Context, client_id: str) -> Client | None:
    """An application that a signed-in person was sent by; None for one that is not known.

    Raises BadUserInput where the document that describes it is not to be had, or does not fit, and RateLimited.
    """
    await count_attempt("oauth-authorize", str(ctx.user_id), limit=MAX_ASKED, window=timedelta(hours=1))
    if not is_described(client_id):
        found = await _registered(client_id)
        return None if found is None else Client(client_id, found["name"], tuple(found["redirect_uris"]))
    kept = await collection(OAuthClient).find_one({"url": client_id})
    if kept is None or kept["expires_at"] <= utc_now():
        kept = await _described(ctx, client_id)
    return Client(client_id, kept["name"], tuple(kept["redirect_uris"]), names_host(client_id))


async def keep_in_use(client_id: str) -> None:
    """Note that an application that registered itself is used, once in a month at most."""
    if (wanted := _id_of(client_id)) is not None:
        soon = {"_id": wanted, "expires_at": {"$lt": utc_now() + USED_FOR - timedelta(days=30)}}
        await collection(OAuthClient).update_one(soon, {"$set": {"expires_at": utc_now() + USED_FOR}})


async def _described(ctx: Context, url: str) -> OAuthClientRecord:
    """Read the document of an application anew, and keep what it says for as long as it may be kept."""
    found, seconds = await fetch(ctx, url)
    uris = checked_redirects(found.redirect_uris)
    name = name_of(found.client_name, names_host(url))
    values = {"name": name, "redirect_uris": uris, "expires_at": utc_now() + timedelta(seconds=seconds)}
    clients = collection(OAuthClient)
    if not (await clients.update_one({"url": url}, {"$set": values})).matched_count:
        try:
            await clients.insert_one(to_record(OAuthClient.model_validate({"url": url, **values})))
        except DuplicateKeyError:  # somebody else has read it meanwhile
            await clients.update_one({"url": url}, {"$set": values})
    return cast(OAuthClientRecord, {"url": url, **values})


async def _registered(client_id: str) -> OAuthClientRecord | None:
    wanted = _id_of(client_id)
    found = None if wanted is None else await collection(OAuthClient).find_one({"_id": wanted, "url": None})
    return found if found is not None and found["expires_at"] > utc_now() else None


def _id_of(client_id: str) -> ObjectId | None:
    if len(client_id) != 24 or not ObjectId.is_valid(client_id):
        return None
    return wanted if kind_of(wanted := ObjectId(client_id)) is Kind.OAUTH_CLIENT else None
