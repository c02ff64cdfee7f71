"""Passwords: argon2id, off the event loop, with the same work done for an account that does not exist."""

import asyncio
import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


@functools.cache
def _absent() -> str:
    return _hasher.hash("no account has this password")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(hashed: str | None, password: str) -> bool:
    """Whether the password fits. `hashed` None (no such account) takes as long and is False."""

    def verify() -> bool:
        try:
            return _hasher.verify(hashed or _absent(), password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.to_thread(verify)
