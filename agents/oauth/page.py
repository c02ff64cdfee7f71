"""The pages of giving access, as HTML that takes no script. Whatever is put into one is escaped."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import HTMLResponse, Response

from models.enums import TokenScope
from models.errors import BadUserInput
from resolvers.oauth.consent import Asked
from resolvers.oauth.redirect import check_redirect, host_of, is_on_this_computer

_PAGES = Path(__file__).resolve().parent / "pages"
_STYLE = (_PAGES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_FRAME = Template((_PAGES / "frame.html").read_text(encoding="utf-8"))
_CONSENT = Template((_PAGES / "consent.html").read_text(encoding="utf-8"))
_SIGN_IN = Template((_PAGES / "sign-in.html").read_text(encoding="utf-8"))
_CODE = Template((_PAGES / "code.html").read_text(encoding="utf-8"))

TOLD: Mapping[TokenScope, tuple[str, str]] = {
    TokenScope.PROJECTS_READ: ("Read your work", "Organizations, workspaces, projects, cards, documents"),
    TokenScope.PROJECTS_WRITE: ("Change your work", "Projects, cards, documents and comments"),
    TokenScope.PILOTAGE_READ: ("See agents and missions", ""),
    TokenScope.PILOTAGE_WRITE: ("Drive agents and missions", ""),
    TokenScope.NOTIFICATIONS_READ: ("Read your notifications", ""),
    TokenScope.ACCOUNT_READ: ("See who you are", ""),
    TokenScope.ACCOUNT_WRITE: ("Change your account", "And administer organizations and their members"),
    TokenScope.CREDENTIALS_READ: ("Read credentials of your organizations", "And what they hold"),
    TokenScope.CREDENTIALS_WRITE: ("Change credentials of your organizations", ""),
    TokenScope.OPERATIONS_READ: ("See what agents log", ""),
    TokenScope.OPERATIONS_WRITE: ("Write logs of agents", ""),
    TokenScope.BILLING_READ: ("See what your organizations pay for", ""),
    TokenScope.BILLING_WRITE: ("Change what your organizations pay for", ""),
}
"""What each scope is to the person who gives it, and what more there is to say."""
_GRAVE = frozenset(
    {
        TokenScope.ACCOUNT_WRITE,
        TokenScope.CREDENTIALS_READ,
        TokenScope.CREDENTIALS_WRITE,
        TokenScope.BILLING_WRITE,
    }
)


def consent(
    action: str,
    asked: Asked,
    *,
    sealed: str,
    csrf: str,
    name: str,
    email: str,
    elsewhere: str,
    why: str | None = None,
) -> Response:
    """Whether a person agrees: who asks, for what, and where the answer goes. `elsewhere` leads to signing in as
    somebody else."""
    body = _CONSENT.substitute(
        action=escape(action),
        sealed=escape(sealed),
        csrf=escape(csrf),
        client=escape(asked.client_name),
        initial=escape(asked.client_name[:1].upper()),
        known=_known(asked),
        redirect=escape(host_of(asked.redirect_uri)),
        warning=_warning(asked),
        problem=_problem(why),
        scopes="\n".join(map(_scope, asked.scopes)),
        name=escape(name),
        email=escape(email),
        elsewhere=escape(elsewhere),
    )
    return _page(f"{asked.client_name} asks for access", body, 200 if why is None else 400, asked.redirect_uri)


def sign_in(action: str, query: str, email: str = "", why: str | None = None) -> Response:
    """Who is it? `query` is the application's, to go on with."""
    body = _SIGN_IN.substitute(
        action=escape(action), query=escape(query), email=escape(email), problem=_problem(why), host=_asking_host(query)
    )
    return _page("Sign in", body, 200 if why is None else 401, _redirect_in(query))


def code(action: str, query: str, proof: str, why: str | None = None) -> Response:
    """The second factor; `proof` says that the password was right."""
    body = _CODE.substitute(action=escape(action), query=escape(query), proof=escape(proof), problem=_problem(why))
    return _page("Your code", body, 200 if why is None else 401, _redirect_in(query))


def told(message: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What cannot be answered, and why."""
    title = "This cannot be answered"
    body = f'<h1>{title}</h1>\n<p class="told" role="alert">{escape(message)}.</p>'
    page = _page(title, body, status)
    page.headers.update(headers or {})
    return page


def _known(asked: Asked) -> str:
    """Where what is known of the application comes from."""
    if asked.client_host is None:
        return '<span class="unknown">Not known: it named itself</span>'
    return f'<strong class="host">{escape(asked.client_host)}</strong>'


def _warning(asked: Asked) -> str:
    if is_on_this_computer(asked.redirect_uri):
        text = "The answer goes to a program on this computer. Go on only if you have just started connecting from it."
    elif asked.client_host is None:
        text = "Anybody may use this name. Go on only if you have just started connecting, and know the address above."
    else:
        return ""
    return f'<p class="warning">{escape(text)}</p>'


def _scope(scope: TokenScope) -> str:
    title, more = TOLD[scope]
    grave = ' class="grave"' if scope in _GRAVE else ""
    below = f" <small>{escape(more)}</small>" if more else ""
    return (
        f'<li{grave}><label><input type="checkbox" name="scope" value="{escape(scope)}" checked>'
        f"<span><strong>{escape(title)}</strong>{below}</span></label></li>"
    )


def _problem(why: str | None) -> str:
    return "" if why is None else f'<p class="problem" role="alert">{escape(why.rstrip("."))}.</p>'


def _asking_host(query: str) -> str:
    """Of the application that a person signs in for, where it says so itself: it is not looked at before."""
    try:
        host = urlsplit(dict(parse_qsl(query)).get("client_id", "")).hostname
    except ValueError:
        host = None
    return f"<strong>{escape(host[:100])}</strong>" if host else "an application"


def _redirect_in(query: str) -> str | None:
    """Where the application of a query wants the answer sent, where that is such an address at all."""
    try:
        return check_redirect(dict(parse_qsl(query)).get("redirect_uri", ""))
    except BadUserInput:
        return None


def _page(title: str, body: str, status: int, redirect: str | None = None) -> Response:
    html = _FRAME.substitute(title=escape(title), style=_STYLE, body=body)
    return HTMLResponse(html, status, headers=_headers(redirect))


def _headers(redirect: str | None) -> dict[str, str]:
    """No script, nothing of other hosts, in no frame. A form may lead to this server and, as an answer is a redirect,
    to the application. The window may have been opened by the application, which waits for it: so no COOP."""
    policy = {
        "default-src": "'none'",
        "style-src": f"'sha256-{_STYLE_HASH}'",
        "form-action": f"'self' {_source(redirect)}".strip(),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # A browser says with a form which page it is from, and says nothing to others.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


def _source(redirect: str | None) -> str:
    """What a policy calls the place of a redirect URI; an address in brackets has no name there."""
    if redirect is None:
        return ""
    parts = urlsplit(redirect)
    if parts.scheme not in ("http", "https") or "[" in parts.netloc:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"
