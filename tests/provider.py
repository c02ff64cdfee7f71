"""An identity provider on loopback that speaks OpenID Connect: it describes itself, has keys, and gives tokens once."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from models.outbound import Outbound
from models.outbound_rules import resolve as public
from tests.resolvers.receiving import Received, Receiver, receiving

NAMED = "login.example"
CLIENT_ID, SECRET = "orrery", "s3cret of orrery"


@dataclass
class Provider:
    """`claims` are of whoever signs in next; `changed` are put over what a true token says."""

    receiver: Receiver
    name: str = "127.0.0.1"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    claims: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://{self.name}:{self.receiver.port}"

    def sign_in(self, url: str) -> dict[str, str]:
        """What the browser of somebody who signs in brings back from an address: a code, and the state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def answer(self, request: Received) -> bytes:
        path = request.line.split()[1]
        if path == "/.well-known/openid-configuration":
            return json.dumps(self._described()).encode()
        if path == "/keys":
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
            return json.dumps({"keys": [{**public, "kid": "one", "use": "sig"}]}).encode()
        return json.dumps(self._token(request)).encode()

    def _described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        }

    def _token(self, request: Received) -> dict[str, Any]:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        asked = self._codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        pair = base64.b64encode(b"orrery:s3cret%20of%20orrery").decode()
        is_known = request.headers.get("authorization") == f"Basic {pair}"
        if asked is None or not is_known or asked["code_challenge"] != challenge.decode():
            return {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        told |= {**self.claims, **self.changed}
        key: Any = self.key if self.algorithm == "ES256" else None if self.algorithm == "none" else SECRET.ljust(32)
        return {"id_token": jwt.encode(told, key, self.algorithm, headers={"kid": "one"}), "token_type": "Bearer"}


async def resolve(host: str, port: int) -> Sequence[str]:
    """Where hosts are, `NAMED` among them."""
    return ["127.0.0.1"] if host == NAMED else await public(host, port)


def outbound() -> Outbound:
    """Guarded requests, which reach a provider that is `NAMED`, too."""
    return Outbound(frozenset({NAMED}), resolving=resolve)


@asynccontextmanager
async def provider(name: str = "127.0.0.1") -> AsyncIterator[Provider]:
    """One that serves while the block runs, under the name of a host."""
    async with receiving() as receiver:
        opened = Provider(receiver, name)
        receiver.reply = opened.answer
        yield opened
