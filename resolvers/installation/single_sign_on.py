"""Signing in with the identity provider: the browser goes there and comes back, and the account is found or made."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from auth.challenge import ProviderIdentity, challenge
from auth.counting import count_attempt
from auth.oidc import FLOW_SECONDS, Claims, Flow, authorization_url, claims_of, open_flow, token_request
from models import Identity, Installation, User
from models.address import parse_address
from models.base import collection
from models.errors import BadUserInput, Conflict, RateLimited, TwoFactorRequired, Unauthenticated
from models.installation import INSTALLATION_ID, OIDC_SECRET
from models.records import UserRecord
from realtime.log import Change
from resolvers.account.identity import link_identity
from resolvers.account.registration import NewAccount, create_account
from resolvers.account.sign_in import SignIn, begin_session
from resolvers.inputs.installation import MAX_PATH, OidcComplete
from resolvers.installation.oidc import ProviderError, ask, discover, keys_of, require_oidc
from resolvers.installation.secret import open_secret
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

HOME = "/app"
MAX_NAME = 100
TAKEN = "The address has an account here that is not known to be yours: sign in to it with its password"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: where the browser goes, and what it brings back with the answer."""

    url: str
    flow: str


@operation("oidcBegin", caller=Caller.ANYONE)
async def begin_sign_on(
    ctx: Context,
    path: Annotated[str, "The path of this gateway that the provider sends the browser back to."],
    return_to: Annotated[str, "The path of this gateway that the browser goes on to."] = HOME,
) -> Begun:
    """Begin to sign in with the identity provider.

    Raises Conflict where there is none, or it does not answer.
    """
    flow = Flow(_local(path, "path"), _local(return_to, "returnTo"))
    oidc = require_oidc(await collection(Installation).find_one({"_id": INSTALLATION_ID}))
    try:
        provider = await discover(ctx.services.outbound, oidc)
    except ProviderError as error:
        raise Conflict(f"The identity provider cannot be asked: {error}") from error
    url = authorization_url(provider, str(oidc.client_id), ctx.services.base_url + flow.path, flow)
    return Begun(url, flow.seal(ctx.services.signer.key))


@operation("oidcComplete", caller=Caller.ANYONE, reveals=True)
async def complete_sign_on(ctx: Context, values: OidcComplete) -> SignIn:
    """Sign in with the answer of the identity provider.

    The account is the one that this identity has had before; else one whose address both sides have confirmed; else a
    new one. Raises Unauthenticated for an answer that is not true, or not of the sign-in that was begun, and
    TwoFactorRequired, as `authLogin`, for an account with two factors: it is linked with the code.
    """
    flow = open_flow(ctx.services.signer.key, values.flow, values.state)
    try:  # an answer is taken once
        await count_attempt("oidc-flow", flow.state, limit=1, window=timedelta(seconds=2 * FLOW_SECONDS))
    except RateLimited as error:
        raise Unauthenticated("The answer was used already: begin the sign-in anew") from error
    return await _signed_in(ctx, await _claims(ctx, values.code, flow))


def goes_on_to(ctx: Context, values: OidcComplete) -> str:
    """Where the browser goes on that brought an answer back. Raises Unauthenticated as `oidcComplete` does."""
    return open_flow(ctx.services.signer.key, values.flow, values.state).return_to


async def _claims(ctx: Context, code: str, flow: Flow) -> Claims:
    oidc = require_oidc(await collection(Installation).find_one({"_id": INSTALLATION_ID}))
    outbound, client_id = ctx.services.outbound, str(oidc.client_id)
    secret = await open_secret(ctx.services.vault, OIDC_SECRET)
    try:
        provider = await discover(outbound, oidc)
        headers, body = token_request(
            provider, client_id, secret, code=code, redirect_uri=ctx.services.base_url + flow.path, flow=flow
        )
        told = await ask(outbound, "POST", provider.token_endpoint, headers=headers, body=body)
        keys = await keys_of(outbound, provider)
    except ProviderError as error:
        raise Unauthenticated(f"The identity provider has not confirmed it: {error}") from error
    token = told.get("id_token") if isinstance(told, dict) else None
    if not isinstance(token, str):
        raise Unauthenticated("The identity provider has not said who it is")
    return claims_of(provider, client_id, token, keys, flow.nonce)


async def _signed_in(ctx: Context, claims: Claims) -> SignIn:
    known = await collection(Identity).find_one({"issuer": claims.issuer, "subject": claims.subject})
    if known is not None:
        user = await collection(User).find_one({"_id": known["user_id"], "deleted_at": None})
        if user is None:
            raise Unauthenticated("The account is no more")
        return await _begin(ctx, user, None)
    email = _address(claims)
    user = await collection(User).find_one({"email": email})
    if user is None:
        name = None if claims.name is None else claims.name.strip()[:MAX_NAME] or None
        account = NewAccount(email, None, name, verified=claims.email_verified)
        told = _identity(claims)
        return await create_account(ctx, account, also=lambda change, made: link_identity(change, made["_id"], told))
    if user["is_agent"] or not claims.email_verified or user.get("email_verified_at") is None:
        raise Conflict(TAKEN)
    return await _begin(ctx, user, _identity(claims))


async def _begin(ctx: Context, user: UserRecord, told: ProviderIdentity | None) -> SignIn:
    """Sign in, and link what the provider has `told`; with two factors, the code does both."""
    if user.get("two_factor") is not None:
        raise TwoFactorRequired(challenge(ctx.services.signer.key, user["_id"], str(user["password_hash"]), told))

    async def link(change: Change) -> None:
        if told is not None:
            await link_identity(change, user["_id"], told)

    return await begin_session(ctx, user, link)


def _identity(claims: Claims) -> ProviderIdentity:
    return ProviderIdentity(claims.issuer, claims.subject)


def _address(claims: Claims) -> str:
    try:
        return parse_address(claims.email or "")
    except ValueError as error:
        raise Conflict("The identity provider tells no e-mail address, which an account takes") from error


def _local(path: str, name: str) -> str:
    """A path of this gateway; raises BadUserInput for what a browser would take for another site."""
    is_path = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    if not is_path or len(path) > MAX_PATH:
        raise BadUserInput("must be a path of this gateway, such as /app", field=name)
    return path
