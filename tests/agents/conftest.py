"""A person with a board, and services on the real embedded database, as the tests of operations have them."""

from tests.resolvers.conftest import standing_owner, standing_people

__all__ = ["standing_owner", "standing_people"]
