"""The second factor: time-based codes (RFC 6238) through pyotp, their sealed secret, and recovery codes."""

import base64
import hmac
import re
import secrets
import time

import pyotp
from bson import ObjectId
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from auth.keys import derive_key
from auth.secrets import hash_secret
from models.text import plain_digits

ISSUER = "Orrery"
STEP_SECONDS = 30
RECOVERY_CODES = 10
_NONCE_BYTES = 12
_CODE = re.compile(r"[0-9]{6}|[a-z2-7]{16}")


class UnreadableSecretError(Exception):
    """The secret was sealed under another secret key."""


def new_totp_secret() -> str:
    """160 random bits in base32, as authenticators take them."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, email: str) -> str:
    """What the QR code of a setup says."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


def current_step() -> int:
    """The time step that is now."""
    return int(time.time()) // STEP_SECONDS


def matching_step(secret: str, code: str, after: int) -> int | None:
    """The time step whose code this is, of the last, this and the next; None where it is none after `after`."""
    totp, now, found = pyotp.TOTP(secret, interval=STEP_SECONDS), current_step(), None
    for step in (now - 1, now, now + 1):
        # All three are compared, whatever the first says.
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()) and step > after:
            found = step
    return found


def seal(secret_key: str, user_id: ObjectId, secret: str) -> bytes:
    """A secret as it is stored: AES-256-GCM under a key of the gateway, bound to its user."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(secret_key).encrypt(nonce, secret.encode(), user_id.binary)


def unseal(secret_key: str, user_id: ObjectId, sealed: bytes) -> str:
    """The secret; raises UnreadableSecretError."""
    try:
        opened = _cipher(secret_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], user_id.binary)
    except (InvalidTag, ValueError) as error:
        raise UnreadableSecretError from error
    return opened.decode()


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 random bits, as they are shown once: `abcd-efgh-ijkl-mnop`."""
    return [_grouped(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(RECOVERY_CODES)]


def read_code(text: str) -> str:
    """A code as it is compared, however it was typed or copied: digits of any script, in groups, in any case.

    Raises ValueError for what is neither the six digits of an authenticator nor a recovery code.
    """
    code = _bare(plain_digits(text))
    if _CODE.fullmatch(code) is None:
        raise ValueError("no code")
    return code


def hash_recovery_code(code: str) -> str:
    """What is stored of a recovery code, in groups or not."""
    return hash_secret(_bare(code))


def _bare(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(derive_key(secret_key, "two-factor-secret"))
