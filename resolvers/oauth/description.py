"""The document by which an application describes itself, at the address that it is called by (client-id metadata)."""

import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, Field, ValidationError

from auth.counting import count_attempt
from models.admission import Admission
from models.errors import BadUserInput
from models.outbound import Refused
from resolvers.kit.context import Context

MAX_URL = 500
MAX_BYTES = 16 * 1024
SECONDS = 5.0
MAX_NAME = 100
KEPT_SECONDS = (60, 3600, 24 * 3600)
"""How long a document is kept: at least, where it says nothing of that, and at most."""
MAX_FETCHED = 60
"""An hour, of one person."""
MAX_FETCHED_OF_HOST = 300
"""An hour, of one host, by everybody together: nobody's server is flooded through this one."""
FETCHING = Admission("descriptions of applications on their way", of_one=2, in_all=20)

NO_SECRET = "none"  # noqa: S105  (the name of a method)
"""How a client proves itself that has no secret."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)


class Description(BaseModel):
    """What is read of a document; whatever else it says is not looked at."""

    client_id: str
    client_name: str | None = None
    redirect_uris: Annotated[list[str], Field(min_length=1)]
    token_endpoint_auth_method: str = NO_SECRET
    client_secret: Any = None


def is_described(client_id: str) -> bool:
    """Whether an application is called by an address."""
    return "://" in client_id


def names_host(url: str) -> str:
    """The host of an address, with its port where it has one."""
    return urlsplit(url).netloc.lower()


def name_of(text: str | None, otherwise: str) -> str:
    """What an application calls itself, as it may be shown: one line of visible characters."""
    shown = "".join(character for character in (text or "")[: 4 * MAX_NAME] if character.isprintable())
    return " ".join(shown.split())[:MAX_NAME] or otherwise


async def fetch(ctx: Context, url: str) -> tuple[Description, int]:
    """What the document at a client id says, and for how many seconds it may be kept. Raises BadUserInput where it is
    not to be had or does not fit, RateLimited for too many of a person or of a host."""
    _check_url(ctx, url)
    hour = timedelta(hours=1)
    await count_attempt("oauth-description", str(ctx.user_id), limit=MAX_FETCHED, window=hour)
    await count_attempt("oauth-description-host", names_host(url), limit=MAX_FETCHED_OF_HOST, window=hour)
    try:
        with FETCHING.one(ctx.user_id):
            answer = await ctx.services.outbound.request(
                "GET", url, headers={"accept": "application/json"}, timeout=SECONDS, max_bytes=MAX_BYTES
            )
    except httpx2.TransportError as error:
        raise _unfit(str(error) if isinstance(error, Refused) else "it could not be read") from error
    if answer.status != 200:
        raise _unfit(f"its server answers {answer.status}")
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise _unfit("it is no JSON")
    try:
        found = Description.model_validate_json(answer.body)
    except ValidationError as error:
        raise _unfit("it lacks client_id or redirect_uris") from error
    if found.client_id != url:
        raise _unfit("it is of another application")
    if found.client_secret is not None or found.token_endpoint_auth_method != NO_SECRET:
        raise _unfit("it has to say that the application has no secret (token_endpoint_auth_method: none)")
    return found, _seconds(answer.headers.get("cache-control", ""))


def _check_url(ctx: Context, url: str) -> None:
    try:
        parts = urlsplit(url)
        ctx.services.outbound.check(url)
    except (ValueError, Refused) as error:
        raise _unfit("its address is none that is called") from error
    segments = parts.path.lower().replace("%2e", ".").split("/")
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    if not plain or "#" in url or parts.path in ("", "/") or {".", ".."} & {*segments}:
        raise _unfit("its address must have a path and no fragment")


def _seconds(cache_control: str) -> int:
    least, usual, most = KEPT_SECONDS
    found = _MAX_AGE.search(cache_control)
    if "no-store" in cache_control.lower() or "no-cache" in cache_control.lower():
        return least
    return usual if found is None else max(least, min(most, int(found[1])))


def _unfit(why: str) -> BadUserInput:
    return BadUserInput(f"The description of this application cannot be used: {why}")
