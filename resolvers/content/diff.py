"""The difference between two texts, line by line, in the unified form."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

MAX_LINES = 2_000
"""Of either text, between what both begin and end with: beyond that, all of it counts as replaced. The matching takes
a time that grows with the square."""

Opcode = tuple[str, int, int, int, int]


def unified_diff(old: str, new: str, old_name: str, new_name: str, context: int = 3) -> str:
    """The lines that differ with `context` lines around, as `diff -u` shows them; empty where nothing does."""
    a, b = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, "", "")
    matcher.opcodes = _opcodes(a, b)  # type: ignore[attr-defined]
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(context):
        lines += _hunk(a, b, group)
    return "\n".join([f"--- {old_name}", f"+++ {new_name}", *lines, ""]) if lines else ""


def _opcodes(a: Sequence[str], b: Sequence[str]) -> list[Opcode]:
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    ends = len(a) - tail, len(b) - tail
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    if max(ends) - head > MAX_LINES:
        found.append(("replace", head, ends[0], head, ends[1]))
    else:
        between = SequenceMatcher(None, a[head : ends[0]], b[head : ends[1]], autojunk=False).get_opcodes()
        found += [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in between]
    if tail:
        found.append(("equal", ends[0], len(a), ends[1], len(b)))
    return found


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
