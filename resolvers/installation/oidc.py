"""Single sign-on: which identity provider says who people are, as whoever runs the installation has set it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx2
import orjson

from auth.oidc import Provider, provider_of
from models import Installation
from models.base import collection
from models.enums import ServerRole
from models.errors import BadUserInput, Conflict
from models.installation import INSTALLATION_ID, OIDC_SECRET
from models.outbound import NotMade, Outbound
from models.records import InstallationRecord
from realtime.events.installation import OidcChanged
from realtime.log import Change, Committed
from resolvers.account.super_admin import touch_installation
from resolvers.inputs.installation import OidcSet
from resolvers.installation.log_export import MASK, Tried
from resolvers.installation.secret import LOST, keep_secret, open_secret
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.kit.server_role import require_server_role

SECONDS, MAX_ANSWER = 5.0, 64 * 1024
DISCOVERY = "/.well-known/openid-configuration"
NOT_SET = "There is no single sign-on here"


@dataclass(frozen=True, slots=True)
class Oidc:
    """Which provider it is; its secret is not shown."""

    issuer_url: str | None = None
    client_id: str | None = None

    @property
    def configured(self) -> bool:
        return self.issuer_url is not None


@dataclass(frozen=True, slots=True)
class ChangedOidc:
    """Which provider it is now."""

    oidc: Oidc


class ProviderError(Exception):
    """What is wrong with a provider, or with its answer; the message is a sentence that names no address."""


@operation("oidc", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def get_oidc(ctx: Context) -> Oidc:
    """The identity provider by which people may sign in."""
    return oidc_of(await collection(Installation).find_one({"_id": INSTALLATION_ID}))


@operation("oidcSet", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def set_oidc(ctx: Context, values: OidcSet) -> Committed[ChangedOidc]:
    """Let people sign in with an identity provider, by OpenID Connect.

    A secret of `****` stays what it is, for the same provider. Raises BadUserInput where there is none that could, and
    for an address that no request is made to.
    """
    try:
        ctx.services.outbound.check(values.issuer_url)
    except NotMade as error:
        raise BadUserInput(str(error), field="issuerUrl") from error
    return await _write(ctx, Oidc(values.issuer_url, values.client_id), values.client_secret)


@operation("oidcRemove", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def remove_oidc(ctx: Context) -> Committed[ChangedOidc]:
    """Let nobody sign in with an identity provider any more; accounts and sessions stay."""
    return await _write(ctx, Oidc(), None)


@operation("oidcTest", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def try_oidc(ctx: Context) -> Tried:
    """Ask the identity provider for what it says of itself, and for its keys.

    Raises Conflict where there is none.
    """
    oidc = require_oidc(await collection(Installation).find_one({"_id": INSTALLATION_ID}))
    began, failure = monotonic(), None
    try:
        await keys_of(ctx.services.outbound, await discover(ctx.services.outbound, oidc))
    except ProviderError as error:
        failure = str(error)
    return Tried(failure is None, round((monotonic() - began) * 1000), failure)


def oidc_of(installation: InstallationRecord | None) -> Oidc:
    """What is set of it."""
    found = None if installation is None else installation.get("oidc")
    return Oidc() if found is None else Oidc(found["issuer_url"], found["client_id"])


def require_oidc(installation: InstallationRecord | None) -> Oidc:
    """The same; raises Conflict where nothing is set."""
    oidc = oidc_of(installation)
    if not oidc.configured:
        raise Conflict(NOT_SET)
    return oidc


async def _write(ctx: Context, oidc: Oidc, secret: str | None) -> Committed[ChangedOidc]:
    async def body(change: Change) -> ChangedOidc:
        await require_server_role(ctx.user_id, ServerRole.SUPER_ADMIN, "oidcSet", change.session)
        found = await collection(Installation).find_one({"_id": INSTALLATION_ID}, session=change.session)
        before = oidc_of(found)
        kept = None
        with suppress(*LOST):
            kept = await open_secret(ctx.services.vault, OIDC_SECRET, change) if before.configured else None
        wanted = secret
        if secret == MASK:
            # To another provider it would tell the secret of this one.
            wanted = kept if before.issuer_url == oidc.issuer_url else None
            if wanted is None:
                raise BadUserInput("has to be given: none is kept for this provider", field="clientSecret")
        if (before, kept) != (oidc, wanted):
            stored = {"issuer_url": oidc.issuer_url, "client_id": oidc.client_id} if oidc.configured else None
            await touch_installation(change, {"oidc": stored})
            await keep_secret(ctx.services.vault, change, OIDC_SECRET, wanted)
            change.append(INSTALLATION_ID, OidcChanged(configured=oidc.configured))
        return ChangedOidc(oidc)

    return await ctx.write(INSTALLATION_ID, body)


async def discover(outbound: Outbound, oidc: Oidc) -> Provider:
    """What the provider says of itself. Raises ProviderError."""
    issuer = str(oidc.issuer_url)
    told = await ask(outbound, "GET", issuer.rstrip("/") + DISCOVERY)
    try:
        return provider_of(issuer, told)
    except ValueError as error:
        raise ProviderError(f"It does not answer as a provider: {error}") from error


async def keys_of(outbound: Outbound, provider: Provider) -> Any:
    """Its public keys. Raises ProviderError."""
    keys = await ask(outbound, "GET", provider.jwks_uri)
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise ProviderError("It does not answer as a provider: it has no keys")
    return keys


async def ask(
    outbound: Outbound, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Any:
    """The JSON of an answer. Raises ProviderError."""
    try:
        answer = await outbound.request(
            method,
            url,
            headers={"accept": "application/json", **(headers or {})},
            body=body,
            timeout=SECONDS,
            max_bytes=MAX_ANSWER,
        )
    except httpx2.TransportError as error:
        raise ProviderError(str(error) if isinstance(error, NotMade) else "It does not answer") from error
    if answer.status != 200:
        raise ProviderError(f"Its answer was {answer.status}")
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise ProviderError("Its answer is no JSON") from error
