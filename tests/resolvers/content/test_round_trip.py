"""Markdown and TipTap JSON, each made from the other."""

import orjson
import pytest
from hypothesis import assume, given, settings

from resolvers.content import to_markdown, to_tiptap
from resolvers.content.check import read_tiptap
from tests.resolvers.content.documents import ANYHOW, DOCUMENTS, LOOSE, MARKDOWN, Node, normal

WHOLE = settings(max_examples=100, deadline=None)
LINES = settings(max_examples=400, deadline=None)


@WHOLE
@given(DOCUMENTS)
def test_a_document_that_markdown_can_hold_comes_back_as_it_was(doc: Node) -> None:
    assert to_tiptap(to_markdown(doc)) == doc


@LINES
@given(ANYHOW)
@pytest.mark.parametrize("kind", ["paragraph", "heading", "tableHeader"])
def test_every_mark_and_break_comes_back_wherever_it_stands(kind: str, content: list[Node]) -> None:
    # Given inline nodes whose marks begin and end anywhere
    kept = normal(content, one_line=kind != "paragraph")
    assume(kind != "paragraph" or [one["type"] for one in kept] not in ([], ["image"]))

    # When they are written in a block of each kind and read
    [block] = to_tiptap(to_markdown({"type": "doc", "content": [_block(kind, content)]}))["content"]

    # Then they are the same
    assert block == _block(kind, kept)


def _block(kind: str, content: list[Node]) -> Node:
    inside = {"content": content} if content else {}
    if kind == "heading":
        return {"type": kind, "attrs": {"level": 2}, **inside}
    if kind == "paragraph":
        return {"type": kind, **inside}
    cell = {"type": kind, "content": [{"type": "paragraph", **inside}]}
    return {"type": "table", "content": [{"type": "tableRow", "content": [cell]}]}


def _settled(node: Node) -> Node:
    """A document without emphasis of spaces at its edges: Markdown may have it, by character references."""
    inside = node.get("content", [])
    is_text = node["type"] in ("paragraph", "heading")
    kept = normal(inside, one_line=True) if is_text else [_settled(one) for one in inside]
    return {**node, "content": kept} if inside else node


@WHOLE
@given(LOOSE)
def test_what_was_made_markdown_once_stays_as_it_is(doc: Node) -> None:
    made = to_markdown(doc)

    assert to_markdown(to_tiptap(made)) == made


@LINES
@given(MARKDOWN)
def test_any_markdown_is_the_same_document_after_a_round_trip(text: str) -> None:
    made = to_markdown(to_tiptap(text))

    assert to_tiptap(made) == _settled(to_tiptap(text))
    assert to_markdown(to_tiptap(made)) == made
    assert read_tiptap(orjson.dumps(to_tiptap(text)).decode()) == to_tiptap(text)
