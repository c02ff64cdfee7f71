"""A world with one object of every kind, and a caller of every kind that can be refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from models.enums import TokenScope
from resolvers.kit.context import Context
from tests.resolvers.lab import People, again

Ids = dict[str, Any]


@dataclass
class World:
    """`ids` names every object (and what tests need besides); `tokens` are bearer tokens of the callers."""

    people: People
    owner: Context
    ids: Ids = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def context(self, caller: str) -> Context:
        """A request of a caller; raises Unauthenticated where the credential is refused."""
        if caller == "anonymous":
            return again(self.people.anonymous)
        return await self.people.by_jwt(self.tokens[caller])

    async def made(self, create: Callable[..., Awaitable[Any]], *values: Any) -> Any:
        """What an operation that the owner calls has made."""
        return (await create(again(self.owner), *values)).value

    def token_without(self, missing: TokenScope) -> str:
        """The name of the owner's token that has every scope but one."""
        return f"without {missing.value}"
