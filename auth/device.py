"""Devices that an account has signed in from: a cookie that a stranger's guesses do not slow down."""

import hmac
import re
import secrets

from bson import ObjectId

from auth.challenge import fingerprint
from auth.keys import derive_key

DEVICE_COOKIE = "orrery_device"

_FORM = re.compile(r"([\w-]{22})\.([0-9a-f]{64})", re.ASCII)


def device_cookie(secret_key: str, user_id: ObjectId, password_hash: str) -> str:
    """What a browser keeps after a sign-in. It lets nobody in, and is worth nothing once the password has changed."""
    name = secrets.token_urlsafe(16)
    return f"{name}.{_seal(secret_key, name, user_id, password_hash)}"


def known_device(secret_key: str, cookie: str | None, user_id: ObjectId, password_hash: str) -> str | None:
    """The name of a device whose cookie was made for this account; None for any other."""
    found = None if cookie is None else _FORM.fullmatch(cookie)
    if found is None or not hmac.compare_digest(found[2], _seal(secret_key, found[1], user_id, password_hash)):
        return None
    return found[1]


def _seal(secret_key: str, name: str, user_id: ObjectId, password_hash: str) -> str:
    about = f"{name} {user_id} {fingerprint(password_hash)}".encode()
    return hmac.new(derive_key(secret_key, "device"), about, "sha256").hexdigest()
