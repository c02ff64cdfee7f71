"""The difference between two texts, line by line, in the unified form."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

MAX_LINES = 2_000
"""Of either text, between what both begin and end with: beyond that, all of it counts as replaced."""

MAX_EDITS = 1_000
"""Lines that are taken away or added: beyond that, all between what both begin and end with counts as replaced. The
search takes a time that grows with its square, whatever the lines are: at most about a third of a second."""

Opcode = tuple[str, int, int, int, int]


def unified_diff(old: str, new: str, old_name: str, new_name: str, context: int = 3) -> str:
    """The lines that differ with `context` lines around, as `diff -u` shows them; empty where nothing does."""
    a, b = old.splitlines(), new.splitlines()
    # It groups what differs; its own matching takes minutes for a few thousand lines that repeat.
    matcher = SequenceMatcher(None, "", "")
    matcher.opcodes = _opcodes(a, b)  # type: ignore[attr-defined]
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(context):
        lines += _hunk(a, b, group)
    return "\n".join([f"--- {old_name}", f"+++ {new_name}", *lines, ""]) if lines else ""


def unified_diffs(pairs: Sequence[tuple[str | None, str | None]], old_name: str, new_name: str) -> list[str | None]:
    """The difference of the two texts of each pair; None where one is missing."""
    return [None if old is None or new is None else unified_diff(old, new, old_name, new_name) for old, new in pairs]


def _opcodes(a: Sequence[str], b: Sequence[str]) -> list[Opcode]:
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    ends = len(a) - tail, len(b) - tail
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    known: list[tuple[int, int]] | None = None
    if max(ends) - head <= MAX_LINES:
        known = _common(a[head : ends[0]], b[head : ends[1]])
    found += _between([(x + head, y + head) for x, y in known or ()], (head, head), ends)
    if tail:
        found.append(("equal", ends[0], len(a), ends[1], len(b)))
    return found


def _common(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]] | None:
    """The lines that two texts have in common in the fewest edits, as pairs of places; None beyond the bound.

    Myers' greedy search: `furthest[k]` is how far in `a` so many edits lead on the diagonal k = x - y.
    """
    numbers: dict[str, int] = {}
    old = [numbers.setdefault(line, len(numbers)) for line in a]
    new = [numbers.setdefault(line, len(numbers)) for line in b]
    furthest, steps = {1: 0}, list[dict[int, int]]()
    for edits in range(min(len(old) + len(new), MAX_EDITS) + 1):
        reached: dict[int, int] = {}
        for k in range(-edits, edits + 1, 2):
            adds = k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if adds else furthest[k - 1] + 1
            y = x - k
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            reached[k] = x
            if x >= len(old) and y >= len(new):
                return _way_back(steps, k, x)
        steps.append(reached)
        furthest = reached
    return None


def _way_back(steps: Sequence[dict[int, int]], k: int, x: int) -> list[tuple[int, int]]:
    """The pairs on the way to where a search ended, in order."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(steps), 0, -1):
        before = steps[edits - 1]
        adds = k == -edits or (k != edits and before[k - 1] < before[k + 1])
        begin = before[k + 1] if adds else before[k - 1] + 1
        pairs += [(at, at - k) for at in range(x - 1, begin - 1, -1)]
        k, x = (k + 1, begin) if adds else (k - 1, begin - 1)
    pairs += [(at, at) for at in range(x - 1, -1, -1)]
    return pairs[::-1]


def _between(pairs: Sequence[tuple[int, int]], start: tuple[int, int], ends: tuple[int, int]) -> Iterator[Opcode]:
    """Pairs of equal lines, and what lies between them, as the steps from one text to the other."""
    i, j = start
    run: list[int] = []
    for x, y in [*pairs, ends]:
        if (x, y) == (i, j) and (x, y) != ends:
            run = run or [i, j]
            i, j = i + 1, j + 1
            continue
        if run:
            yield "equal", run[0], i, run[1], j
            run = []
        if x > i or y > j:
            yield ("replace" if x > i and y > j else "delete" if x > i else "insert"), i, x, j, y
        if (x, y) != ends:
            run, i, j = [x, y], x + 1, y + 1


def _hunk(a: Sequence[str], b: Sequence[str], group: Sequence[Opcode]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            yield from (f" {line}" for line in a[i1:i2])
            continue
        yield from (f"-{line}" for line in a[i1:i2])
        yield from (f"+{line}" for line in b[j1:j2])


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
