"""What belongs to each change of a request, and is committed with it or not at all."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from realtime.log import Change

T = TypeVar("T")


class Mark(Protocol):
    """What a request carries (`Context.marks`): that an idempotency key is used, that a proposal is applied, that a
    call of a mission is done, that an automation has acted. It may also refuse, before or after the change itself.

    `reveals` is set where what the request answers holds a credential.
    """

    reveals: bool

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        """The change, with what is written in its transaction. As `body`, it may run more than once."""
