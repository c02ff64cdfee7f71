"""Stripe on loopback for the tests of billing; a file that needs another one has its own."""

from collections.abc import AsyncIterator

import pytest

from tests.resolvers.stripe import Stripe, stripe_on_loopback


@pytest.fixture
async def stripe() -> AsyncIterator[Stripe]:
    async with stripe_on_loopback() as opened:
        yield opened
