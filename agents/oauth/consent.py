"""Where a person agrees that an application acts for them: signed in first, with a second factor where there is one.

It takes no script. Posts are taken from this server's own pages alone, and that of a consent repeats the session's CSRF
token; what was asked is sealed for the person who is signed in.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from string import punctuation
from types import ModuleType
from urllib.parse import urlencode

import orjson
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from agents.oauth import page
from agents.oauth.asking import unsealed
from agents.oauth.forms import one_each, read_fields, read_form
from agents.oauth.place import Place
from auth.authenticate import check_csrf
from auth.subject import Credential
from models.caller import note_asking
from models.enums import TokenScope
from models.errors import BadUserInput, Forbidden, OrreryError, TwoFactorRequired, Unauthenticated
from models.reach import reachable
from resolvers.account.account import get_me, log_in
from resolvers.account.two_factor import verify_two_factor
from resolvers.inputs.account import AuthLogin, AuthVerifyTwoFactor
from resolvers.kit.context import Context
from resolvers.oauth.client import find_client
from resolvers.oauth.consent import Asked, agree
from serving.cookies import CookieScope, set_session_cookies
from serving.errors import headers_of
from serving.graph.engine import GraphEngine
from serving.transports.origin import origin_allowed

AUTHORIZE, SIGN_IN, CONSENT = "/oauth/authorize", "/oauth/sign-in", "/oauth/consent"
MAX_QUERY = 4_000
MAX_SEALED = 8_000
"""What such a query comes to, sealed: a line of a request that proxies let pass."""
MAX_FORM = 32 * 1024
_PLAIN = "".join(set(punctuation) - set("#%&+"))
"""What may be in a value of a query as it is."""

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class ConsentPages:
    """The pages. `protocol` loads the SDK's handlers."""

    find: Callable[[], GraphEngine]
    place: Place
    cookies: CookieScope
    origins: frozenset[str]
    protocol: Callable[[], Awaitable[ModuleType]]

    def routes(self) -> list[BaseRoute]:
        return [
            Route(AUTHORIZE, _told(self.authorize), methods=["GET"]),
            Route(SIGN_IN, _told(self.sign_in), methods=["GET"]),
            Route(SIGN_IN, _told(self.signing_in), methods=["POST"]),
            Route(CONSENT, _told(self.consent), methods=["GET"]),
            Route(CONSENT, _told(self.consenting), methods=["POST"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """An application has sent a person: they sign in first, so that nobody has documents read for nothing."""
        query = _query(request)
        ctx = await self._context(request)
        if ctx.subject.credential is not Credential.SESSION:
            return _to(f"{self.place.path}{SIGN_IN}?{query}")
        given = one_each(read_fields(query))
        client = await find_client(ctx, given.get("client_id", ""))
        if client is None:
            raise BadUserInput(
                "This application is not known here. Remove what it knows of this server, and connect anew"
            )
        protocol, base = await self.protocol(), self.place.base(request)
        provider = protocol.Provider(
            ctx, self.place.server(request), f"{base}{CONSENT}", self.place.resources(request), client
        )
        answered: Response = await protocol.authorized(provider, request)
        return _with_issuer(answered, base)

    async def sign_in(self, request: Request) -> Response:
        return page.sign_in(self._at(SIGN_IN), _query(request))

    async def signing_in(self, request: Request) -> Response:
        """A password, or the code that follows it."""
        given = one_each(await self._posted(request))
        query, ctx = _as_it_came(given.get("query", ""), MAX_QUERY), await self._context(request)
        email, proof = given.get("email", ""), given.get("proof")
        try:
            if proof is None:
                signed_in = await log_in(ctx, AuthLogin(email=email, password=given.get("password", "")))
            else:
                values = AuthVerifyTwoFactor(temporary_token=proof, code=given.get("code", ""))
                signed_in = await verify_two_factor(ctx, values)
        except TwoFactorRequired as required:
            return page.code(self._at(SIGN_IN), query, str(required.details["temporaryToken"]))
        except (Unauthenticated, BadUserInput, ValidationError) as error:
            return self._refused(error, query, email, proof)
        back = _to(f"{self.place.path}{AUTHORIZE}?{query}")
        set_session_cookies(back, signed_in, self.cookies)
        return back

    def _refused(self, error: OrreryError | ValidationError, query: str, email: str, proof: str | None) -> Response:
        """The form once more, with what was wrong."""
        if isinstance(error, ValidationError):
            why = "The e-mail address or the password is wrong" if proof is None else "This is no code"
        else:
            why = error.message
        if proof is None:
            return page.sign_in(self._at(SIGN_IN), query, email, why)
        return page.code(self._at(SIGN_IN), query, proof, why)

    async def consent(self, request: Request) -> Response:
        """The question."""
        ctx = await self._context(request)
        sealed = one_each(read_fields(_query(request, MAX_SEALED))).get("request", "")
        return await self._asking(ctx, sealed, self._asked(ctx, sealed))

    async def consenting(self, request: Request) -> Response:
        """The answer."""
        fields = await self._posted(request)
        scopes = [value for name, value in fields if name == "scope"]
        given = one_each(field for field in fields if field[0] != "scope")
        ctx = await self._context(request)
        sealed = given.get("request", "")
        asked = self._asked(ctx, sealed)
        check_csrf(ctx.subject, given.get("csrf"))
        if given.get("decision") != "allow":
            return _back(asked, self.place.base(request), error="access_denied")
        try:
            code = await agree(ctx, asked, [scope for scope in TokenScope if scope in scopes])
        except BadUserInput as error:
            return await self._asking(ctx, sealed, asked, error.message)
        return _back(asked, self.place.base(request), code=code)

    async def _asking(self, ctx: Context, sealed: str, asked: Asked, why: str | None = None) -> Response:
        person = await get_me(ctx)
        return page.consent(
            self._at(CONSENT),
            asked,
            sealed=sealed,
            csrf=ctx.subject.csrf_token or "",
            name=person["name"] or person["email"],
            email=person["email"],
            elsewhere=f"{self._at(SIGN_IN)}?{_query_of(asked)}",
            why=why,
        )

    def _asked(self, ctx: Context, sealed: str) -> Asked:
        if ctx.subject.credential is not Credential.SESSION:
            raise Unauthenticated("You are not signed in any more: begin anew in the application")
        return unsealed(ctx.services.signer.key, ctx.user_id, sealed)

    async def _posted(self, request: Request) -> list[tuple[str, str]]:
        """The fields of a form of one of these pages; raises Forbidden for that of another."""
        if "origin" not in request.headers or not origin_allowed(request.headers, self.origins):
            raise Forbidden("This form is not from a page of this server")
        return await read_form(request, MAX_FORM)

    async def _context(self, request: Request) -> Context:
        """Of the person whose cookie the browser has."""
        note_asking()
        engine = self.find()
        return engine.context_of(await engine.subject_of(request))

    def _at(self, local: str) -> str:
        return self.place.path + local


def _query(request: Request, most: int = MAX_QUERY) -> str:
    return _as_it_came(request.scope["query_string"].decode("latin-1"), most)


def _as_it_came(query: str, most: int) -> str:
    """A query that may be sent on to the letter; raises BadUserInput for what no address has."""
    if len(query) > most or not query.isascii() or not query.isprintable():
        raise BadUserInput("The application sends more than is looked at")
    return query


def _query_of(asked: Asked) -> str:
    """What an application asks, as it asked it, and no longer than that."""
    told = {
        "client_id": asked.client_id,
        "redirect_uri": asked.redirect_uri if asked.redirect_uri_given else None,
        "response_type": "code",
        "scope": " ".join(asked.scopes),
        "state": asked.state,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
    }
    return urlencode({name: value for name, value in told.items() if value is not None}, safe=_PLAIN)


def _to(where: str) -> Response:
    """A browser goes on by GET, and nobody keeps where to."""
    headers = {"location": where, "cache-control": "no-store", "referrer-policy": "same-origin"}
    return Response(status_code=303, headers=headers)


def _back(asked: Asked, issuer: str, **told: str) -> Response:
    """The answer to an application, at the address that it named, with who answers (RFC 9207)."""
    return _to(
        _added(asked.redirect_uri, {**told, **({} if asked.state is None else {"state": asked.state}), "iss": issuer})
    )


def _added(uri: str, told: dict[str, str]) -> str:
    """An address with more in its query, and otherwise to the letter: it has no fragment."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(told)}"


def _with_issuer(answered: Response, issuer: str) -> Response:
    """What the SDK's handler answers: a refusal that goes to the application says who refuses, any other is a page."""
    where = answered.headers.get("location")
    if where is None:
        return page.told(_description(bytes(answered.body)), 400)
    if not where.startswith(f"{issuer}{CONSENT}?"):
        where = _added(where, {"iss": issuer})
    return _to(where)


def _description(body: bytes) -> str:
    return str(orjson.loads(body).get("error_description") or "The application asks for something that is not right")


def _told(handler: Handler) -> Handler:
    """A page whose refusals are pages."""

    async def telling(request: Request) -> Response:
        try:
            with reachable():
                return await handler(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except OrreryError as error:
            return page.told(error.message, error.status, headers_of(error))

    return telling
