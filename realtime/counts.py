"""Numbers that a process counts for operators, until they are taken: by `/metrics`, or by the process that has it."""

from collections import Counter
from collections.abc import Sequence

Increment = tuple[str, Sequence[str], float]
"""The name of a number, its labels, and by how much it has grown."""


class Counts:
    """What has been counted since it was last taken."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, ...]] = Counter()

    def add(self, name: str, *labels: str, amount: int = 1) -> None:
        self._counts[name, *labels] += amount

    def taken(self) -> list[Increment]:
        """All of it, which begins anew."""
        counts, self._counts = self._counts, Counter()
        return [(name, labels, amount) for (name, *labels), amount in counts.items() if amount]


COUNTS = Counts()
"""Those of this process. Their names are those of `gateway.metrics.AgentMetrics`."""
