"""What is derived from the gateway's one secret key: a key for each use, and the tokens of links in mails."""

import base64
import hashlib
import hmac

from bson import ObjectId


def derive_key(secret_key: str, use: str) -> bytes:
    """The 32 bytes for one use; none of them tells of another, or of the secret key."""
    return hmac.digest(secret_key.encode(), b"orrery/" + use.encode(), hashlib.sha256)


def link_token(secret_key: str, purpose: str, about_id: ObjectId) -> str:
    """The token of a link: 256 bits that whoever holds the secret key can make again, and nobody can guess.

    So a mail that waits to be sent, or to be sent again, needs no secret beside it in the database.
    """
    digest = hmac.digest(derive_key(secret_key, f"link/{purpose}"), about_id.binary, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
