"""The messages of OpenID Connect's code flow: what is asked of a provider, and whether what it answers is true.

Nothing here speaks to anybody. Tokens are verified by PyJWT, with the provider's public keys alone.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from time import time
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from auth.keys import derive_key
from models.errors import Unauthenticated

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Those with a public key: one with a shared secret, or none, would let whoever knows that say who they are."""
SCOPE = "openid email profile"
FLOW_SECONDS = 600
LEEWAY = 60
MAX_CLAIM = 255
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider says of itself, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    algorithms: tuple[str, ...] = ("RS256",)
    posts_secret: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in on its way, which the browser carries sealed. `path` is where the provider sends it back to."""

    path: str
    return_to: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    ends_at: int = field(default_factory=lambda: int(time()) + FLOW_SECONDS)

    def seal(self, secret_key: str) -> str:
        """What the browser keeps: it neither reads nor changes it."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(derive_key(secret_key, "oidc-flow")).encrypt(nonce, json.dumps(asdict(self)).encode(), None)
        return base64.urlsafe_b64encode(nonce + sealed).decode()


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a provider says that somebody is."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None


def open_flow(secret_key: str, sealed: str, state: str) -> Flow:
    """The sign-in that a browser has begun. Raises Unauthenticated for one of somebody else, and one that is over."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        opened = AESGCM(derive_key(secret_key, "oidc-flow")).decrypt(raw[:_NONCE], raw[_NONCE:], None)
        flow = Flow(**json.loads(opened))
    except (ValueError, InvalidTag, TypeError) as error:
        raise Unauthenticated("The sign-in was not begun here: begin it anew") from error
    if not hmac.compare_digest(flow.state.encode(), state.encode("utf-8", "replace")):
        raise Unauthenticated("The answer is not that of the sign-in that was begun here")
    if flow.ends_at < time():
        raise Unauthenticated("The sign-in took too long: begin it anew")
    return flow


def provider_of(issuer: str, told: Any) -> Provider:
    """What a discovery document says. Raises ValueError for one of another issuer, or without what is needed."""
    if not isinstance(told, dict) or told.get("issuer") != issuer:
        raise ValueError("the document of the provider is that of another issuer")
    named = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    if missing := [name for name, value in named.items() if not isinstance(value, str)]:
        raise ValueError(f"the document of the provider has no {missing[0]}")
    offered = _texts(told.get("id_token_signing_alg_values_supported")) or ["RS256"]
    methods = _texts(told.get("token_endpoint_auth_methods_supported")) or ["client_secret_basic"]
    algorithms = tuple(name for name in ALGORITHMS if name in offered)
    if not algorithms:
        raise ValueError("the provider signs in no way that is verified with a public key")
    posts = "client_secret_basic" not in methods
    return Provider(
        issuer, **{name: str(value) for name, value in named.items()}, algorithms=algorithms, posts_secret=posts
    )


def authorization_url(provider: Provider, client_id: str, redirect_uri: str, flow: Flow) -> str:
    """Where the browser goes to sign in."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    between = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{between}{urlencode(asked)}"


def token_request(
    provider: Provider, client_id: str, client_secret: str, *, code: str, redirect_uri: str, flow: Flow
) -> tuple[dict[str, str], bytes]:
    """The headers and the body that exchange a code for a token."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": flow.verifier,
    }
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if provider.posts_secret:
        form |= {"client_id": client_id, "client_secret": client_secret}
    else:
        pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return headers, urlencode(form).encode()


def claims_of(provider: Provider, client_id: str, token: str, keys: Any, nonce: str) -> Claims:
    """Who an ID token says that somebody is: its signature, its issuer, its audience, its time and its nonce have to be
    right. Raises Unauthenticated."""
    try:
        key = _key(provider, token, keys)
        told: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(provider.algorithms),
            audience=client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise Unauthenticated("The provider's answer cannot be verified") from error
    if not hmac.compare_digest(str(told.get("nonce", "")).encode(), nonce.encode()):
        raise Unauthenticated("The provider's answer is that of another sign-in")
    if isinstance(told["aud"], list) and len(told["aud"]) > 1 and told.get("azp") != client_id:
        raise Unauthenticated("The provider's answer is for another application")
    subject = str(told["sub"])
    if not 0 < len(subject) <= MAX_CLAIM:
        raise Unauthenticated("The provider's answer says nothing of who it is")
    email, name = (told.get(claim) for claim in ("email", "name"))
    return Claims(
        issuer=provider.issuer,
        subject=subject,
        email=email if isinstance(email, str) and len(email) <= MAX_CLAIM else None,
        email_verified=told.get("email_verified") is True,
        name=name if isinstance(name, str) else None,
    )


def _key(provider: Provider, token: str, keys: Any) -> Any:
    """The public key that a token names, or the only one there is."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in provider.algorithms:
        raise ValueError("another algorithm")
    given = [key for key in keys["keys"] if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    kid = header.get("kid")
    fitting = [key for key in given if kid is None or key.get("kid") == kid]
    if len(fitting) != 1 or fitting[0].get("kty") == "oct":
        raise ValueError("no such key")
    return jwt.PyJWK(fitting[0], algorithm=header["alg"]).key


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
