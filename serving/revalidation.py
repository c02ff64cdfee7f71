"""Answers that a client may keep and ask about again: a strong `ETag`, and 304 where nothing has changed."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

VARY = "Accept, Authorization, Cookie"


def revalidated(request: Request, response: Response) -> Response:
    """The response with its tag, for its caller's own cache alone; 304 for one that names this tag."""
    kind = response.headers["content-type"].encode()
    tag = f'"{sha256(kind + bytes(response.body)).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": VARY}
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _is_known(named: str, tag: str) -> bool:
    names = [part.strip().removeprefix("W/") for part in named.split(",")]
    return tag in names or names == ["*"]
