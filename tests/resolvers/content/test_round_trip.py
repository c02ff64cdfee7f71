"""Markdown and TipTap JSON, each made from the other."""

import orjson
from hypothesis import given, settings

from resolvers.content import to_markdown, to_tiptap
from resolvers.content.check import read_tiptap
from tests.resolvers.content.documents import DOCUMENTS, LOOSE, MARKDOWN, Node

EXAMPLES = settings(max_examples=300, deadline=None)


@EXAMPLES
@given(DOCUMENTS)
def test_a_document_that_markdown_can_hold_comes_back_as_it_was(doc: Node) -> None:
    assert to_tiptap(to_markdown(doc)) == doc


@EXAMPLES
@given(LOOSE)
def test_what_was_made_markdown_once_stays_as_it_is(doc: Node) -> None:
    made = to_markdown(doc)

    assert to_markdown(to_tiptap(made)) == made


@EXAMPLES
@given(MARKDOWN)
def test_any_markdown_is_the_same_document_after_a_round_trip(text: str) -> None:
    made = to_markdown(to_tiptap(text))

    assert to_markdown(to_tiptap(made)) == made
    assert read_tiptap(orjson.dumps(to_tiptap(text)).decode()) == to_tiptap(text)
