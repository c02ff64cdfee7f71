"""Slugs for organizations that are called by a name alone."""

import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

from models import Organization
from models.base import collection
from models.errors import Conflict
from models.text import slug_of

T = TypeVar("T")

_ATTEMPTS = 5


async def with_free_slug(name: str, attempt: Callable[[str], Awaitable[T]]) -> T:
    """What `attempt` makes with a slug of a name, or with a longer one where another organization has that."""
    slug, wanted = slug_of(name), slug_of(name)
    # Names are shared by many: a look is cheaper than a transaction in vain.
    if await collection(Organization).find_one({"slug": slug}, {"_id": 1}) is not None:
        slug = _another(wanted)
    for _ in range(_ATTEMPTS - 1):
        try:
            return await attempt(slug)
        except Conflict as error:
            if error.field != "slug":
                raise
            slug = _another(wanted)
    return await attempt(slug)


def _another(slug: str) -> str:
    return f"{slug}-{secrets.token_hex(3)}"
