"""Finding tools by words: a word weighs more in a name than in what is told of it, and the more the fewer have it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from agents.tools.tool import Tool

_IN_NAME = 3


def ranked(query: str, tools: Sequence[Tool]) -> list[Tool]:
    """The tools that have a word of a query, the best first; all of them, by name, for a query without a word."""
    wanted = _words(query)
    if not wanted:
        return sorted(tools, key=lambda tool: tool.name)
    weights = {tool.name: _weights(tool) for tool in tools}
    having = Counter(word for words in weights.values() for word in words)
    scores = {
        name: sum(words[word] * log(1 + len(tools) / having[word]) for word in wanted if word in words)
        for name, words in weights.items()
    }
    fitting = [tool for tool in tools if scores[tool.name] > 0]
    return sorted(fitting, key=lambda tool: (tool.name != query.strip(), -scores[tool.name], tool.name))


def _weights(tool: Tool) -> dict[str, int]:
    """The words that a tool is found by."""
    return {**dict.fromkeys(_words(tool.description), 1), **dict.fromkeys(_words(tool.name), _IN_NAME)}


def _words(text: str) -> Iterable[str]:
    """Words in their singular, as far as that is but an s."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    return dict.fromkeys(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in found)
