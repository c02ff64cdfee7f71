"""Compressed answers, of what is the same for everybody alone: the files of the pages and the OpenAPI document.

An answer to a caller is sent as it is. It may hold a token beside a text that somebody else wrote, and how long the two
are together, compressed, tells about the token (BREACH); and an event stream has to be written at once. What is
compressed here is so once, in a thread, and kept.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from models.pool import Pool

LEVEL = 6
COMPRESSION = Pool("files being compressed", threads=2, at_once=1, of_one=50, in_all=200)
KEPT = 64
"""More than there are files in a build."""


def takes_gzip(headers: Headers) -> bool:
    """Whether a client says that it takes gzip."""
    for coding in ",".join(headers.getlist("accept-encoding")).split(","):
        name, _, weight = coding.partition(";")
        if name.strip().lower() in ("gzip", "x-gzip"):
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class CompressedFile(Response):
    """A file, compressed; `modified` tells one state of it from another."""

    def __init__(self, path: Path, modified: float, media_type: str) -> None:
        super().__init__(media_type=media_type, headers={"Content-Encoding": "gzip"})
        self._path = path
        self._modified = modified

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = await COMPRESSION.run(_file, self._path, self._modified, admitted=True)
        self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


async def compressed(headers: Headers, response: Response) -> Response:
    """The same answer as its client takes it."""
    add_vary(response.headers)
    if takes_gzip(headers):
        response.body = await COMPRESSION.run(_bytes, bytes(response.body), admitted=True)
        response.headers.update({"Content-Encoding": "gzip", "Content-Length": str(len(response.body))})
    return response


def add_vary(headers: MutableHeaders) -> None:
    """Say that the answer depends on what codings the client takes."""
    headers.add_vary_header("Accept-Encoding")


@lru_cache(maxsize=KEPT)
def _file(path: Path, modified: float) -> bytes:
    return _compress(path.read_bytes())


@lru_cache(maxsize=2)
def _bytes(raw: bytes) -> bytes:
    return _compress(raw)


def _compress(raw: bytes) -> bytes:
    return gzip.compress(raw, LEVEL, mtime=0)
