"""A source of decisions made of bytes: Hypothesis draws and shrinks one value, and all else follows from it."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Reads decisions off bytes; once they are used up, every decision is the first alternative."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, bound: int) -> int:
        """A number from 0 up to `bound`, exclusive; `bound` is at most 256."""
        if self._at >= len(self._data):
            return 0
        value = self._data[self._at]
        self._at += 1
        return value % bound

    def pick(self, alternatives: Sequence[T]) -> T:
        """One of some alternatives, the simplest of which stands first."""
        return alternatives[self.below(len(alternatives))]

    def chance(self, percent: int) -> bool:
        """True with a likelihood; False once the bytes are used up."""
        return self.below(100) >= 100 - percent

    def fork(self, size: int) -> "Choices":
        """Decisions of their own, off the next `size` bytes."""
        return Choices(self.take(size))

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        part = self._data[self._at : self._at + size]
        self._at += size
        return part
