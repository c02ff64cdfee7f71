"""A bound at the door: how much of one kind of work is let in, of one caller and in all."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from models.errors import RateLimited


class Admission:
    """Counts what has been let in and is not over. Work of the gateway itself (None) has no bound of its own."""

    def __init__(self, what: str, *, of_one: int, in_all: int) -> None:
        """`what` ends the sentence that somebody is told who is refused."""
        self._what = what
        self._of_one = of_one
        self._in_all = in_all
        self._inside: Counter[Hashable | None] = Counter()

    def __len__(self) -> int:
        return self._inside.total()

    def check(self, caller: Hashable | None) -> None:
        """Raises RateLimited where the caller has too many inside, or everybody together, to let one more in."""
        if caller is not None and self._inside[caller] >= self._of_one:
            raise RateLimited(f"You have {self._of_one} {self._what} already: try again in a moment", retry_after=1)
        if self._in_all <= len(self):
            raise RateLimited(f"There are too many {self._what}: try again in a moment", retry_after=2)

    def enter(self, caller: Hashable | None) -> None:
        """Let one in; raises as `check` does."""
        self.check(caller)
        self._inside[caller] += 1

    def leave(self, caller: Hashable | None) -> None:
        """One that was let in is over."""
        self._inside[caller] -= 1
        if not self._inside[caller]:
            del self._inside[caller]

    @contextmanager
    def one(self, caller: Hashable | None) -> Iterator[None]:
        """Inside while the block runs."""
        self.enter(caller)
        try:
            yield
        finally:
            self.leave(caller)
