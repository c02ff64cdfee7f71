"""Links to one file that need no credential: signed, and valid for ten minutes at most.

A page shows an image by its address alone, and sends no token along. The link grants that one file, to whoever has it;
who made it may have left the workspace meanwhile.
"""

import base64
import hashlib
import hmac
import re
from time import time

from bson import ObjectId

from auth.keys import derive_key
from models.errors import Forbidden
from models.ids import Kind, parse_id
from resolvers.kit.context import Services

LIFETIME = 600
STEP = 60
"""Links of one minute are the same, so that a page that asks again does not load its images again."""

_EXPIRES = re.compile(r"[0-9]{1,12}")


def link_to(services: Services, attachment_id: ObjectId, *, now: float | None = None) -> str:
    """The path of a file, with a signature, on the gateway that answers."""
    moment = int(time() if now is None else now)
    expires = moment - moment % STEP + LIFETIME
    signature = _sign(services, attachment_id, expires)
    return services.path(f"/attachments/{attachment_id}?expires={expires}&signature={signature}")


def check_link(
    services: Services, attachment_id: ObjectId | str, expires: str, signature: str, *, now: float | None = None
) -> ObjectId:
    """The file that a link leads to; raises Forbidden."""
    wanted = parse_id(attachment_id, Kind.ATTACHMENT)
    until = int(expires) if _EXPIRES.fullmatch(expires) else 0
    right = _sign(services, wanted, until)
    is_right = hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))
    if not is_right or until <= (time() if now is None else now):
        raise Forbidden("The link is not valid, or has expired: ask for a new one")
    return wanted


def _sign(services: Services, attachment_id: ObjectId, expires: int) -> str:
    key = derive_key(services.signer.key, "attachment-link")
    digest = hmac.digest(key, attachment_id.binary + expires.to_bytes(8, "big"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
