"""Passwords: argon2id, off the event loop, with the same work done for an account that does not exist."""

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.pool import Pool

hasher = PasswordHasher(parallelism=1)
"""What hashes and verifies, at the cost of production; tests of everything else hand in the cheapest one."""

PASSWORDS = Pool("passwords being checked", threads=2, at_once=1, of_one=16, in_all=64)
"""A hash takes some 100 ms of one core: those of one address, and of one person, are made one after the other."""


@functools.cache
def _absent(hasher: PasswordHasher) -> str:
    return hasher.hash("no account has this password")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return await PASSWORDS.run(hasher.hash, password)


async def verify_password(hashed: str | None, password: str) -> bool:
    """Whether the password fits. `hashed` None (no such account) takes as long and is False."""

    def verify() -> bool:
        try:
            return hasher.verify(hashed or _absent(hasher), password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    return await PASSWORDS.run(verify)
