"""What a text may cost is bounded while it is read: what is too much is refused where it is met."""

from collections import Counter
from collections.abc import Callable
from functools import reduce
from typing import Any

import orjson
import pytest
from markdown_it.rules_block import state_block
from markdown_it.rules_inline import state_inline
from markdown_it.token import Token

from models.enums import DocumentFormat
from models.errors import BadUserInput, PayloadTooLarge
from resolvers.content import MAX_BYTES, parse, read_content, to_tiptap
from resolvers.content.convert import convert
from resolvers.content.inline import MAX_READ_BACK
from resolvers.content.parse import MAX_PIECES

DEAR_MARKDOWN: dict[str, Callable[[int], str]] = {
    "tables": lambda part: ("|a" * 500 + "\n" + "|-" * 500 + "\n") * (200 // part),
    "cells that are not written": lambda part: (
        "|a" * (60_000 // part) + "\n" + "|-" * (60_000 // part) + "\n" + "|x\n" * (30_000 // part)
    ),
    "lists": lambda part: "- `a` b\n" * (39_000 // part),
    "stars": lambda part: "*a" * (300_000 // part),
    "emphasis": lambda part: "_a_ " * (250_000 // part),
    "code": lambda part: "`a` " * (250_000 // part),
    "escapes": lambda part: "\\*" * (400_000 // part),
    "links": lambda part: "<http://a.b> " * (75_000 // part),
    "stars in an image": lambda part: f"![{'*a' * (300_000 // part)}](b)",
}
"""Texts that may be sent, or a part of one: a tenth of it costs as much of what a tenth of it may cost."""

Node = dict[str, Any]


def text(words: str, *marks: str) -> Node:
    return {"type": "text", "text": words, **({"marks": [{"type": one} for one in marks]} if marks else {})}


def node(type_: str, *content: Node, **attrs: Any) -> Node:
    return {"type": type_, "content": list(content), **({"attrs": attrs} if attrs else {})}


def quoted(inside: Node, levels: int) -> Node:
    return reduce(lambda made, _: node("blockquote", made), range(levels), inside)


DEAR_TIPTAP = {
    "a wide row and many short ones": node(
        "table",
        node("tableRow", *(node("tableCell", node("paragraph", text("x")), colspan=100) for _ in range(100))),
        *({"type": "tableRow"} for _ in range(20_000)),
    ),
    "lines that each level writes anew": quoted(node("codeBlock", text("\n" * 450_000 + "x")), 50),
}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many pieces the parser has made."""
    counted: Counter[str] = Counter()

    def token(*args: Any, **kwargs: Any) -> Token:
        counted["tokens"] += 1
        return Token(*args, **kwargs)

    monkeypatch.setattr(state_block, "Token", token)
    monkeypatch.setattr(state_inline, "Token", token)
    return counted


@pytest.mark.parametrize("name", sorted(DEAR_MARKDOWN))
def test_markdown_is_refused_before_more_of_it_is_made_than_may_be(
    name: str, made: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    part = 1 if name == "escapes" else 10
    monkeypatch.setattr(parse, "MAX_PIECES", MAX_PIECES // part)
    assert len(DEAR_MARKDOWN[name](1)) <= MAX_BYTES

    with pytest.raises(BadUserInput, match="too many"):
        convert(DEAR_MARKDOWN[name](part), DocumentFormat.MARKDOWN)

    assert made["tokens"] <= MAX_PIECES // part + 1


@pytest.mark.parametrize("name", sorted(DEAR_TIPTAP))
async def test_tiptap_that_would_be_very_much_markdown_is_refused(name: str) -> None:
    sent = orjson.dumps(node("doc", DEAR_TIPTAP[name])).decode()
    assert len(sent) <= MAX_BYTES

    with pytest.raises(PayloadTooLarge):
        await read_content(sent, DocumentFormat.TIPTAP_JSON)


async def test_an_address_that_many_links_share_counts_in_each() -> None:
    sent = f"[a]: /{'x' * 400_000}\n\n" + "[a]\n\n" * 1_000

    with pytest.raises(PayloadTooLarge):
        await read_content(sent, DocumentFormat.MARKDOWN)


def test_a_paragraph_of_very_many_marks_is_not_read_back(made: Counter[str]) -> None:
    # Given a paragraph whose Markdown would be dear to read again
    words = [text("a_", *(("bold",), ("italic",), ("bold", "italic"))[n % 3]) for n in range(11_000)]
    sent = orjson.dumps(node("doc", node("paragraph", *words))).decode()

    # When it is read
    content = convert(sent, DocumentFormat.TIPTAP_JSON)

    # Then its marks are there, and the reading was given up early
    assert made["tokens"] <= MAX_READ_BACK + 1
    assert to_tiptap(content.markdown) == node("doc", node("paragraph", *words))


async def test_a_real_book_is_taken() -> None:
    chapter = (
        "## Chapter\n\n" + ("Some *words* with `code`, a [link](https://a.b) and **more** of them. " * 8 + "\n\n") * 20
    )
    table = "| a | b | c | d |\n| - | - | - | - |\n" + "| 1 | 2 | 3 | 4 |\n" * 500
    sent = chapter * 60 + table

    content = await read_content(sent, DocumentFormat.MARKDOWN)

    assert content.markdown == sent
