"""The vault: what credentials hold is sealed with AES-256-GCM, each under a data key of its own (decision 53).

The data keys are sealed as well ("wrapped"), under a key of the vault that has a name, its `kid`. So a change of the
vault's key writes a few bytes of each credential, and opens none of them.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field

from bson import ObjectId
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import DecryptionFailed, NotConfigured

KEY_BYTES = 32
_NONCE_BYTES = 12
_KID = re.compile(r"[A-Za-z0-9._-]{1,32}")


@dataclass(frozen=True, slots=True)
class VaultKey:
    """A key of the vault, which wraps data keys."""

    kid: str
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """As a setting holds it."""
        return f"{self.kid}:{base64.b64encode(self.secret).decode()}"


def new_vault_key() -> VaultKey:
    """A random one, whose name is random too."""
    return VaultKey(secrets.token_hex(4), secrets.token_bytes(KEY_BYTES))


def parse_vault_keys(text: str) -> tuple[VaultKey, ...]:
    """Keys as `kid:base64`, with commas or a line each; the first one writes. Raises ValueError, which names no key."""
    keys = tuple(_parsed(part.strip()) for part in re.split(r"[,\n]", text) if part.strip())
    if not keys or len({key.kid for key in keys}) < len(keys):
        raise ValueError("must be keys as kid:base64, with commas, each kid once")
    return keys


def _parsed(text: str) -> VaultKey:
    kid, _, encoded = text.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        secret = b""
    if not _KID.fullmatch(kid) or len(secret) != KEY_BYTES:
        raise ValueError("must be keys as kid:base64, with commas: a name, and 32 bytes in base64")
    return VaultKey(kid, secret)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a sealed value belongs to: it opens as nothing else."""

    organization_id: ObjectId
    credential_id: ObjectId
    version: int

    @property
    def data(self) -> bytes:
        return b"orrery/credential" + self.organization_id.binary + self.credential_id.binary + self.version.to_bytes(8)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it is stored."""

    kid: str
    wrapped_key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens values. The first of its `keys` wraps, all of them open. Without any, it raises NotConfigured."""

    keys: tuple[VaultKey, ...] = ()

    @property
    def kid(self) -> str:
        """The name of the key that wraps."""
        return self._writing.kid

    def seal(self, bound: Bound, value: str) -> Sealed:
        data_key = secrets.token_bytes(KEY_BYTES)
        return Sealed(self.kid, self._wrap(bound, data_key), _encrypt(data_key, value.encode(), bound.data))

    def open(self, bound: Bound, sealed: Sealed) -> str:
        """The value; raises DecryptionFailed."""
        return _decrypt(self._unwrap(bound, sealed), sealed.sealed, bound.data).decode()

    def rewrap(self, bound: Bound, sealed: Sealed) -> Sealed:
        """The same value, whose data key is wrapped by the first key. Raises DecryptionFailed."""
        return Sealed(self.kid, self._wrap(bound, self._unwrap(bound, sealed)), sealed.sealed)

    @property
    def _writing(self) -> VaultKey:
        if not self.keys:
            raise NotConfigured("The vault has no key: set ORRERY_VAULT_KEYS")
        return self.keys[0]

    def _wrap(self, bound: Bound, data_key: bytes) -> bytes:
        return _encrypt(self._writing.secret, data_key, _wrapping(self.kid, bound))

    def _unwrap(self, bound: Bound, sealed: Sealed) -> bytes:
        key = next((key for key in self.keys if key.kid == sealed.kid), None)
        if key is None:
            raise DecryptionFailed(f"ORRERY_VAULT_KEYS has no key {sealed.kid}")
        return _decrypt(key.secret, sealed.wrapped_key, _wrapping(sealed.kid, bound))


def _wrapping(kid: str, bound: Bound) -> bytes:
    return b"orrery/data-key/" + kid.encode() + b"/" + bound.data


def _encrypt(key: bytes, value: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed("It does not open: another key of the vault has its name, or it was altered") from error
