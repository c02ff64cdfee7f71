"""Random secrets that are shown once and stored as a hash."""

import hashlib
import secrets

TOKEN_PREFIX = "sl_"  # noqa: S105  (the public start of every token)
SHOWN_PREFIX_LENGTH = 9


def new_secret() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """The text of a new personal access token."""
    return TOKEN_PREFIX + new_secret()


def hash_secret(secret: str) -> str:
    """SHA-256 in hex. A plain hash is enough, and fast: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
