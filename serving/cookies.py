"""The cookies of a browser's session."""

from dataclasses import dataclass

from starlette.responses import Response

from auth.authenticate import CSRF_COOKIE, SESSION_COOKIE
from auth.challenge import LIFETIME
from auth.device import DEVICE_COOKIE
from models.base import utc_now
from resolvers.account.sign_in import SignIn

DEVICE_SECONDS = 365 * 24 * 3600
TWO_FACTOR_COOKIE = "orrery_two_factor"


@dataclass(frozen=True, slots=True)
class CookieScope:
    """Where a browser sends the cookies: over HTTPS alone where `secure`, and to `path` and what is below it."""

    secure: bool = False
    path: str = "/"


def set_session_cookies(response: Response, sign_in: SignIn, scope: CookieScope) -> None:
    """The session's own cookie, hidden from scripts, and the CSRF token, which a page's script reads and repeats.

    A third one tells that the account was signed in to from here; it stays after the session.
    """
    lifetime = max(0, int((sign_in.expires_at - utc_now()).total_seconds()))
    for name, value, hidden in ((SESSION_COOKIE, sign_in.cookie, True), (CSRF_COOKIE, sign_in.csrf_token, False)):
        _set(response, name, value, lifetime, scope, hidden=hidden)
    _set(response, DEVICE_COOKIE, sign_in.device, DEVICE_SECONDS, scope, hidden=True)


def set_two_factor_cookie(response: Response, token: str, scope: CookieScope) -> None:
    """What a code finishes the sign-in with, for a page's script to read. In an address, redirects would hand it on."""
    _set(response, TWO_FACTOR_COOKIE, token, int(LIFETIME.total_seconds()), scope, hidden=False)


def clear_session_cookies(response: Response, scope: CookieScope) -> None:
    """Forget the session in the browser."""
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path=scope.path, samesite="lax")


def _set(response: Response, name: str, value: str, seconds: int, scope: CookieScope, *, hidden: bool) -> None:
    response.set_cookie(name, value, seconds, path=scope.path, secure=scope.secure, httponly=hidden, samesite="lax")
