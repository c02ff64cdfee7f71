"""Single sign-on: which provider it is, and the way of a browser there and back."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from starlette.responses import RedirectResponse, Response
from typing_extensions import TypedDict

from models.errors import TwoFactorRequired, Unauthenticated
from models.limits import Text
from resolvers.inputs.installation import MAX_CODE, MAX_PATH, OidcComplete, OidcSet
from resolvers.installation.log_export import MASK
from resolvers.installation.oidc import Oidc, get_oidc, remove_oidc, set_oidc, try_oidc
from resolvers.installation.single_sign_on import HOME, begin_sign_on, complete_sign_on, goes_on_to
from resolvers.kit.input import Input
from rest.agent_board.auth import SessionData, session_data
from rest.agent_board.dialect import board_routes
from rest.agent_board.installation_settings import TriedData, tried
from rest.routing import Call
from serving.cookies import set_session_cookies, set_two_factor_cookie

settings = board_routes(
    "single sign-on", "/settings/oidc", about="Signing in with the identity provider of the installation.", place=350
)
routes = board_routes("single sign-on", "/oidc")

COOKIE = "orrery_oidc"
COOKIE_SECONDS = 600


class OidcData(TypedDict):
    """Which provider it is; its secret is not shown."""

    configured: bool
    issuerUrl: str | None
    clientId: str | None
    clientSecret: str | None


class BegunData(TypedDict):
    """Where the browser goes to sign in."""

    url: str


class LoginQuery(Input):
    """Where the browser goes on, a path of this gateway."""

    return_to: Annotated[str, Text(1, MAX_PATH)] = HOME


class CallbackQuery(Input):
    """What the provider answers: a `code` for the `state`, or the `error` that it has."""

    state: Annotated[str, Text(1, MAX_CODE)]
    code: Annotated[str, Text(1, MAX_CODE)] | None = None
    error: Annotated[str, Text(0, MAX_CODE)] | None = Field(None, description="Why there is no code.")


@settings.get("", "Read which identity provider there is", runs=get_oidc)
async def find(call: Call) -> OidcData:
    """For a super_admin."""
    return _oidc(await get_oidc(call.ctx))


@settings.post("", "Set the identity provider", runs=set_oidc, status=200)
async def change(call: Call) -> OidcData:
    """By OpenID Connect. Its redirect address is `…/oidc/callback`, below the prefix of this interface.

    A `clientSecret` of `****` stays what it is, for the same provider.
    """
    return _oidc((await set_oidc(call.ctx, call.body(OidcSet))).value.oidc)


@settings.delete("", "Remove the identity provider", runs=remove_oidc, body=None)
async def remove(call: Call) -> None:
    """Accounts and sessions stay."""
    await remove_oidc(call.ctx)


@routes.post("/test", "Try the identity provider", runs=try_oidc, body=None, status=200)
async def test(call: Call) -> TriedData:
    """Where there is none: 409."""
    return tried(await try_oidc(call.ctx))


@routes.get(
    "/login",
    "Go to the identity provider",
    runs=begin_sign_on,
    query=LoginQuery,
    response=BegunData,
    redirects=True,
    refused_with=(409,),
)
async def login(call: Call) -> Response | BegunData:
    """Redirects the browser, which keeps what the callback needs in a cookie. Where there is none: 409.

    With `Accept: application/json` the answer is the address.
    """
    path = call.request.url.path.removesuffix("/login") + "/callback"
    begun = await begin_sign_on(call.ctx, path, call.query(LoginQuery).return_to)
    call.finish.append(lambda response: _keep(response, call, path, begun.flow))
    return {"url": begun.url} if _wants_json(call.headers) else _redirect(begun.url)


@routes.get(
    "/callback",
    "Come back from the identity provider",
    runs=complete_sign_on,
    query=CallbackQuery,
    response=SessionData,
    sets_cookies=True,
    redirects=True,
    refused_with=(409,),
)
async def callback(call: Call) -> Response | SessionData:
    """Signs in, and redirects the browser; with `Accept: application/json` the answer is the session.

    With two factors, 401 `TWO_FACTOR_REQUIRED` as at `POST /auth/login`. A browser goes on nevertheless; for five
    minutes its cookie `orrery_two_factor`, which scripts read, is the temporary token.
    """
    query = call.query(CallbackQuery)
    if query.code is None:
        raise Unauthenticated("The identity provider has not signed you in")
    values = OidcComplete(state=query.state, code=query.code, flow=call.request.cookies.get(COOKIE, ""))
    kept_at = call.ctx.services.path(call.request.url.path)
    call.finish.append(lambda response: response.delete_cookie(COOKIE, path=kept_at))
    wants_json = _wants_json(call.headers)
    try:
        signed_in = await complete_sign_on(call.ctx, values)
    except TwoFactorRequired as required:
        if wants_json:
            raise
        token = str(required.details["temporaryToken"])
        call.finish.append(lambda response: set_two_factor_cookie(response, token, call.cookies))
    else:
        call.finish.append(lambda response: set_session_cookies(response, signed_in, call.cookies))
        if wants_json:
            return session_data(signed_in)
    return _redirect(call.ctx.services.path(goes_on_to(call.ctx, values)))


def _redirect(url: str) -> Response:
    return RedirectResponse(url, 302, {"cache-control": "no-store"})


def _keep(response: Response, call: Call, path: str, flow: str) -> None:
    """Have the browser bring back at the callback, and nowhere else, what was begun."""
    at, secure = call.ctx.services.path(path), call.cookies.secure
    response.set_cookie(COOKIE, flow, COOKIE_SECONDS, path=at, secure=secure, httponly=True, samesite="lax")


def _wants_json(headers: Mapping[str, str]) -> bool:
    return "application/json" in headers.get("accept", "")


def _oidc(oidc: Oidc) -> OidcData:
    return {
        "configured": oidc.configured,
        "issuerUrl": oidc.issuer_url,
        "clientId": oidc.client_id,
        "clientSecret": MASK if oidc.configured else None,
    }
