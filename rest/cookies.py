"""The cookies of a browser's session."""

from starlette.responses import Response

from auth.authenticate import CSRF_COOKIE, SESSION_COOKIE
from auth.device import DEVICE_COOKIE
from models.base import utc_now
from resolvers.sign_in import SignIn

DEVICE_SECONDS = 365 * 24 * 3600


def set_session_cookies(response: Response, sign_in: SignIn, *, secure: bool) -> None:
    """The session's own cookie, hidden from scripts, and the CSRF token, which a page's script reads and repeats.

    A third one tells that the account was signed in to from here; it stays after the session.
    """
    lifetime = max(0, int((sign_in.expires_at - utc_now()).total_seconds()))
    for name, value, hidden in ((SESSION_COOKIE, sign_in.cookie, True), (CSRF_COOKIE, sign_in.csrf_token, False)):
        response.set_cookie(name, value, max_age=lifetime, path="/", secure=secure, httponly=hidden, samesite="lax")
    response.set_cookie(
        DEVICE_COOKIE, sign_in.device, DEVICE_SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
    )


def clear_session_cookies(response: Response) -> None:
    """Forget the session in the browser."""
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/", samesite="lax")
