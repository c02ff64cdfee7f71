"""Passwords: argon2id, off the event loop, with the same work done for an account that does not exist.

They are prepared as RFC 8265 says (OpaqueString), so that every keyboard types the same one. Hashes of before were made
of what was sent, and are taken still (docs/decisions/0035).
"""

import functools
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.pool import Pool
from models.text import Characters, canonical

hasher = PasswordHasher(parallelism=1)
"""What hashes and verifies, at the cost of production; tests of everything else hand in the cheapest one."""

PASSWORDS = Pool("passwords being checked", threads=2, at_once=1, of_one=16, in_all=64, behind=10)
"""A hash takes some 100 ms of one core: those of one address, and of one person, are made one after the other."""


_SPACES = Characters(lambda character: " " if unicodedata.category(character) == "Zs" else character)


def prepared(password: str) -> str:
    """A password as it is hashed: its normal form (NFC), every kind of space as the one in ASCII."""
    return canonical(password.translate(_SPACES))


@functools.cache
def _absent(hasher: PasswordHasher) -> str:
    return hasher.hash("no account has this password")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return await PASSWORDS.run(hasher.hash, prepared(password))


async def verify_password(hashed: str | None, password: str) -> bool:
    """Whether the password fits. `hashed` None (no such account) takes as long and is False.

    One that is not typed in its prepared form alone is tried as it was sent, and decomposed, too: three looks at most.
    """
    spellings = list(dict.fromkeys((prepared(password), password, unicodedata.normalize("NFD", password))))

    def verify() -> bool:
        return any(_fits(hashed, spelling) for spelling in spellings)

    return await PASSWORDS.run(verify)


async def renewed_hash(hashed: str, password: str) -> str | None:
    """What to keep in place of the hash of a password that fits; None for one that was prepared."""

    def renewed() -> str | None:
        # What has no other form than this one needs no second look.
        plain = unicodedata.is_normalized("NFD", password) and prepared(password) == password
        return None if plain or _fits(hashed, prepared(password)) else hasher.hash(prepared(password))

    return await PASSWORDS.run(renewed)


def _fits(hashed: str | None, password: str) -> bool:
    try:
        return hasher.verify(hashed or _absent(hasher), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False
