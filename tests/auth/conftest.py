"""Passwords at the cost of production, for whoever asks."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from auth import passwords


@pytest.fixture
def dear_passwords(production_hasher: PasswordHasher) -> Iterator[None]:
    """The hasher that a gateway uses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", production_hasher)
        yield
