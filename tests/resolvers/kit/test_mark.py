"""What a request carries is committed with its change, or neither is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from models import User
from models.base import collection
from models.errors import Conflict
from realtime.log import Change
from resolvers.account.account import update_user
from resolvers.inputs.account import UserUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again

T = TypeVar("T")


@dataclass
class Noting:
    """Writes a word into the account, and may refuse after that."""

    word: str
    refuses: bool = False
    reveals: bool = False

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        async def noted(change: Change) -> T:
            value = await body(change)
            noted = {"$push": {"noted": self.word}}
            await collection(User).update_one({"_id": change.actor_id}, noted, session=change.session)
            if self.refuses:
                raise Conflict("Not now")
            return value

        return noted


async def noted(ctx: Context) -> tuple[Any, Any]:
    """The name of the caller, and the words in their account."""
    found = await collection(User).find_one({"_id": ctx.user_id})
    assert found is not None
    return found["name"], found.get("noted", [])


async def test_all_marks_of_a_request_are_committed_with_its_change_or_nothing_is(owner: Context) -> None:
    # Given
    changing, refused = again(owner), again(owner)
    changing.marks = (Noting("first"), Noting("second"))
    refused.marks = (Noting("third"), Noting("fourth", refuses=True))

    # When
    await update_user(changing, read_input(UserUpdate, {"name": "After"}))
    with pytest.raises(Conflict):
        await update_user(refused, read_input(UserUpdate, {"name": "Never"}))

    # Then
    assert await noted(owner) == ("After", ["first", "second"])
