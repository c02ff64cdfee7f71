"""No text leads to a script, however it is disguised: held against a reading of addresses of its own."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadUserInput
from resolvers.content import to_markdown, to_tiptap
from resolvers.content.check import read_tiptap
from resolvers.content.prose import MAX_MARKS, harmless, links_to_script
from resolvers.content.url import is_safe_url
from resolvers.inputs.card import CardCreate, CommentCreate
from resolvers.inputs.document import DocumentReview
from resolvers.inputs.mission import MissionComplete, MissionCreate, MissionFail, MissionReport
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.input import read_input
from tests.resolvers.content.documents import Node

ALLOWED = {"http", "https", "mailto", "tel", None}
NAMES = ["href", "src", "HREF", "xlink:href", "action", "formaction", "url", "data-src", "poster"]


def scheme_as_browsers_read(address: str) -> str | None:
    """The scheme states of the URL parser of the WHATWG, for a text that is resolved against an https page."""
    trimmed = address.strip("".join(map(chr, range(0x21))))
    rest = re.sub("[\t\n\r]", "", trimmed)
    buffer = ""
    for place, char in enumerate(rest):
        if char == ":" and place:
            return buffer
        if not (char.isascii() and (char.isalpha() or (place and (char.isdigit() or char in "+-.")))):
            return None
        buffer += char.lower()
    return None


def hidden(text: str) -> st.SearchStrategy[str]:
    """A text in any case, with what browsers skip before and in it; or with what only seems to be skipped."""
    before = st.text(alphabet="".join(map(chr, range(1, 0x21))), max_size=3)
    odd = st.sampled_from(["", "\x01", "\x7f", "\x80", "\u00a0", "\u00ad", "\u200b", "\u2028", "\ufeff", "\ufdd0"])

    def over(noise: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        letters = [st.tuples(noise, st.sampled_from([char.lower(), char.upper()])).map("".join) for char in text]
        return st.tuples(before, *letters, noise).map("".join)

    return st.one_of(over(st.sampled_from(["", "\t", "\n", "\r"])), over(odd))


SCRIPTS = st.sampled_from(["javascript:", "vbscript:", "data:text/html,", "data:image/svg+xml;base64,", "file:", "a:"])
DISGUISED = st.tuples(SCRIPTS.flatmap(hidden), st.sampled_from(["x", "alert(1)", "//a.org/%0aalert(1)"])).map("".join)
ANY = st.one_of(DISGUISED, st.text(alphabet="aA:/?#& \t\n\x01é.+-1j", max_size=12), st.text(max_size=20))


def links(node: Any) -> Iterator[str]:
    """Every address of a document."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("href", "src") and isinstance(value, str):
                yield value
            yield from links(value)
    elif isinstance(node, list):
        for value in node:
            yield from links(value)


def document(attrs: Node, kind: str = "link") -> Node:
    mark = {"type": kind, "attrs": attrs}
    text = {"type": "text", "text": "x", "marks": [mark]}
    return {"type": "doc", "content": [{"type": "paragraph", "content": [text]}, {"type": kind, "attrs": attrs}]}


@given(ANY)
def test_a_safe_address_has_an_allowed_scheme_as_browsers_read_it(address: str) -> None:
    if is_safe_url(address):
        assert scheme_as_browsers_read(address) in ALLOWED


@pytest.mark.parametrize(
    "address", ["", "/a", "#x", "?a:b", "//b.org", "./a:b", "é:a", "HTTPS://a.org", "mailto:a@b.org", "tel:+4912"]
)
def test_ordinary_addresses_are_safe(address: str) -> None:
    assert is_safe_url(address)


@given(ANY, st.sampled_from(NAMES), st.integers(0, 3))
def test_no_attribute_that_holds_an_address_holds_a_script(address: str, name: str, depth: int) -> None:
    attrs: Node = {name: address}
    for _ in range(depth):
        attrs = {"options": attrs}
    try:
        read_tiptap(orjson.dumps(document(attrs)).decode())
    except BadUserInput:
        return
    assert scheme_as_browsers_read(address) in ALLOWED or name in ("src", "data-src", "poster")
    assert not (scheme_as_browsers_read(address) or "").endswith("script")


@pytest.mark.parametrize(
    "attrs",
    [
        {"href": ["javascript:alert(1)"]},
        {"href": [["javascript:alert(1)"]]},
        {"href": {"toString": "javascript:alert(1)"}},
        {"srcdoc": "<script>alert(1)</script>"},
        {"list": [{"more": ["\tjava\nscript:alert(1)"]}]},
        {"embed": "data:text/html,<script>alert(1)</script>"},
        {"src": "data:image/svg+xml;base64,PHN2Zz4="},
        {"href": "data:image/png;base64,AAAA"},
        {"src": "data:image/png;base64,AAAA,<svg>"},
        {"href": "ftp://a.org"},
    ],
    ids=str,
)
def test_an_attribute_that_would_run_or_show_another_page_is_refused(attrs: Node) -> None:
    with pytest.raises(BadUserInput, match="would run a script"):
        read_tiptap(document(attrs, "embed"))


@pytest.mark.parametrize(
    "attrs",
    [
        {"href": "https://a.org/x:y", "target": None, "title": "JavaScript: The Good Parts"},
        {"src": "data:image/png;base64,AAAA", "alt": "data: image/png"},
        {"label": "javascript:", "note": "data: of March", "checked": True, "href": None},
        {"href": 7, "action": None},
    ],
    ids=str,
)
def test_attributes_that_lead_nowhere_bad_are_taken(attrs: Node) -> None:
    made = document(attrs, "embed")

    assert read_tiptap(made) == made
    assert to_markdown(document(attrs))


MARKDOWN = ["[x](<{}>)", "[x]({})", "![x](<{}>)", "<{}>", "[x][1]\n\n[1]: <{}>", "> - [x](<{}> 'title')"]


def entities(text: str) -> st.SearchStrategy[str]:
    forms = [[char, f"&#{ord(char)};", f"&#x{ord(char):x};", f"&#{ord(char)}"] for char in text]
    named = {"\t": "&Tab;", "\n": "&NewLine;", ":": "&colon;"}
    ways = [[*form, *([named[char]] if char in named else [])] for char, form in zip(text, forms, strict=True)]
    return st.tuples(*map(st.sampled_from, ways)).map("".join)


@given(DISGUISED.flatmap(entities), st.sampled_from(MARKDOWN))
def test_no_markdown_that_is_taken_leads_to_a_script(address: str, form: str) -> None:
    text = form.format(address)
    try:
        found = list(links(to_tiptap(text)))
    except BadUserInput:
        return
    assert all(scheme_as_browsers_read(one) in ALLOWED for one in found), found
    assert not links_to_script(text)


@given(ANY, st.sampled_from(["link", "image"]))
def test_no_document_is_written_as_markdown_that_leads_to_a_script(address: str, kind: str) -> None:
    text = to_markdown(document({"href": address, "src": address}, kind))

    assert all(scheme_as_browsers_read(one) in ALLOWED for one in links(to_tiptap(text)))


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](java&Tab;script:alert(1))",
        "[x](<\x01JaVaScRiPt\\:alert(1)>)",
        "[x][1]\n\n[1]: &#106;avascript&colon;alert(1)",
        "<vbscript:x>",
        "![x](data:text/html;base64,PHNj)",
    ],
)
def test_markdown_with_a_script_for_a_link_is_refused(text: str) -> None:
    assert links_to_script(text)
    with pytest.raises(BadUserInput, match="would run a script"):
        to_tiptap(text)


def test_what_nobody_can_correct_is_kept_without_its_links_wherever_it_is_quoted_or_cut() -> None:
    bad = "See [x](javascript:alert(1)), <vbscript:x> and\n\n[1]: java&Tab;script:alert(1)"
    kept = harmless(bad)

    assert "](" not in kept
    assert kept.count("javascript:") == 1
    for shown in (kept, f"```\n{kept}", f"\\{kept}", *(kept[:end] for end in range(len(kept)))):
        assert not links_to_script(shown)
    assert harmless("See [x](https://example.com), a < b and `javascript:`") == (
        "See [x](https://example.com), a < b and `javascript:`"
    )


@pytest.mark.parametrize("text", ["`[x](javascript:alert(1))`", "Map<key:value>", "[x](note: read)", "data: <1"])
def test_markdown_that_only_speaks_of_scripts_is_taken_as_text(text: str) -> None:
    assert not links_to_script(text)
    assert list(links(to_tiptap(text))) == []


def test_a_short_text_that_names_a_script_among_very_many_marks_is_refused_unread() -> None:
    named = "`[x](javascript:alert(1))` "

    assert not links_to_script(named + "*a" * 100)
    assert links_to_script(named + "*a" * MAX_MARKS)
    assert not links_to_script("[x](note) " + "*a" * MAX_MARKS)


ID = {"project": "65f000004100000000000000", "card": "65f000005100000000000000", "agent": "65f000007100000000000000"}
BAD = "Look [here](java&NewLine;script:alert(1))"


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (CardCreate, {"projectId": ID["project"], "title": "x", "description": BAD}),
        (CommentCreate, {"cardId": ID["card"], "content": BAD}),
        (ProjectCreate, {"workspaceId": "65f000003100000000000000", "name": "x", "description": BAD}),
        (MissionCreate, {"agentId": ID["agent"], "prompt": BAD}),
        (MissionReport, {"activities": [{"kind": "thought", "content": BAD}]}),
        (MissionComplete, {"summary": BAD}),
        (MissionFail, {"error": BAD}),
        (DocumentReview, {"status": "changes_requested", "notes": BAD}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_texts_that_clients_show_as_markdown_are_refused_as_well(model: Any, values: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput, match="would run a script"):
        read_input(model, values)
