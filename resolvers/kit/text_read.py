"""How much text one request reads, whatever it is the text of."""

from models.errors import PayloadTooLarge
from resolvers.kit.context import Context

MAX_READ = 20_000_000
"""Bytes of texts (of documents, in both forms) that one request reads, of all that it asks for together."""


def count_read(ctx: Context, size: int) -> None:
    """Count bytes that are read; raises PayloadTooLarge where the request has read, or asks for, too many."""
    if ctx.text_read + size > MAX_READ:
        raise PayloadTooLarge(f"The texts are more than {MAX_READ} bytes together: ask for fewer at a time")
    ctx.text_read += size
