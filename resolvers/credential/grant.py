"""What a provider gives for a sign-in, asked at the address where it gives tokens (RFC 6749, RFC 7636)."""

import base64
import os
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import httpx2
import orjson

from models.base import utc_now
from models.errors import Conflict, NotConfigured, Unavailable
from models.language_model import OAuthClient
from models.outbound import Outbound, Refused
from resolvers.credential.credential import Held
from resolvers.kit.context import Services

MAX_TOKEN = 8_000
"""Characters of a token."""
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


def client_of(services: Services, provider: str | None) -> OAuthClient:
    """What the gateway is to a provider; raises NotConfigured."""
    known = None if provider is None else services.models.provider(provider)
    if known is None or known.oauth is None:
        raise NotConfigured(f"The operator has not said how one signs in at {provider}")
    return known.oauth


def address_of(client: OAuthClient, *, redirect: str, state: str, verifier: str) -> str:
    """Where a person signs in at a provider."""
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"scope": " ".join(client.scopes)} if client.scopes else {}),
    }
    return f"{client.authorize_url}?{urlencode(asked)}"


async def redeem(outbound: Outbound, client: OAuthClient, *, code: str, redirect: str, verifier: str) -> Held:
    """What is given for a code. Raises Conflict where the provider refuses, Unavailable where it does not answer."""
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return await _given(outbound, client, sent)


async def renew(outbound: Outbound, client: OAuthClient, refresh: str) -> Held:
    """What is given in place of a token that ends; the same of that."""
    given = await _given(outbound, client, {"grant_type": "refresh_token", "refresh_token": refresh})
    return given if given.refresh is not None else Held(given.text, is_token=True, until=given.until, refresh=refresh)


async def _given(outbound: Outbound, client: OAuthClient, sent: Mapping[str, str]) -> Held:
    form = {**sent, "client_id": client.client_id}
    if client.secret_variable is not None:
        form["client_secret"] = os.environ.get(client.secret_variable, "")
    try:
        answer = await outbound.request("POST", client.token_url, headers=FORM, body=urlencode(form).encode())
    except (Refused, httpx2.TransportError) as error:
        raise Unavailable from error
    if answer.status in (408, 429) or answer.status >= 500:
        raise Unavailable
    if answer.status != 200:
        raise Conflict(f"The provider refuses it (status {answer.status})")
    return _read(answer.body)


def _read(body: bytes) -> Held:
    try:
        told = orjson.loads(body)
        text, refresh, seconds = told["access_token"], told.get("refresh_token"), told.get("expires_in")
        texts = [text, *([] if refresh is None else [refresh])]
        if not all(isinstance(token, str) and 0 < len(token) <= MAX_TOKEN for token in texts):
            raise ValueError("no tokens")
        until = None if seconds is None else utc_now() + timedelta(seconds=min(max(int(seconds), 0), 10**9))
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Conflict("The provider answers with no token") from error
    return Held(text, is_token=True, until=until, refresh=refresh)
