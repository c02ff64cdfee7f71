"""What each form of a text becomes in the other, what is refused, and what a difference looks like."""

import time
from random import Random
from time import process_time
from typing import Any

import orjson
import pytest

from models.enums import DocumentFormat
from models.errors import BadUserInput
from resolvers.content import excerpt_of, plain_text, read_content, to_markdown, to_tiptap, unified_diff
from resolvers.content.check import MAX_DEPTH, MAX_NODES, read_tiptap
from resolvers.content.diff import MAX_EDITS, MAX_LINES

Node = dict[str, Any]


def text(value: str, *marks: str, **attrs: Any) -> Node:
    made = [{"type": one, **({"attrs": attrs} if attrs else {})} for one in marks]
    return {"type": "text", **({"marks": made} if made else {}), "text": value}


def node(kind: str, *content: Node, **attrs: Any) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": list(content)} if content else {})}


def paragraph(value: str) -> Node:
    return node("paragraph", text(value))


CASES: list[tuple[str, list[Node]]] = [
    ("## Two", [node("heading", text("Two"), level=2)]),
    (
        "a **b** *c* ~~d~~ `e` ***f***",
        [
            node(
                "paragraph",
                text("a "),
                text("b", "bold"),
                text(" "),
                text("c", "italic"),
                text(" "),
                text("d", "strike"),
                text(" "),
                text("e", "code"),
                text(" "),
                text("f", "bold", "italic"),
            )
        ],
    ),
    ('[a](http://b.c "t")', [node("paragraph", text("a", "link", href="http://b.c", title="t"))]),
    ("a\\\nb", [node("paragraph", text("a"), node("hardBreak"), text("b"))]),
    (
        "- a\n  1. b\n  2. c\n- d",
        [
            node(
                "bulletList",
                node(
                    "listItem",
                    paragraph("a"),
                    node("orderedList", node("listItem", paragraph("b")), node("listItem", paragraph("c"))),
                ),
                node("listItem", paragraph("d")),
            )
        ],
    ),
    ("7. a", [node("orderedList", node("listItem", paragraph("a")), start=7)]),
    (
        "- [x] a\n  - [ ] b",
        [
            node(
                "taskList",
                node(
                    "taskItem",
                    paragraph("a"),
                    node("taskList", node("taskItem", paragraph("b"), checked=False)),
                    checked=True,
                ),
            )
        ],
    ),
    (
        "- [x] a\n\n* b\n\n- [ ] c",
        [
            node("taskList", node("taskItem", paragraph("a"), checked=True)),
            node("bulletList", node("listItem", paragraph("b"))),
            node("taskList", node("taskItem", paragraph("c"), checked=False)),
        ],
    ),
    (
        "1. [x] a\n2. [ ] b\n\n3) c",
        [
            node(
                "taskList",
                node("taskItem", paragraph("a"), checked=True),
                node("taskItem", paragraph("b"), checked=False),
                start=1,
            ),
            node("orderedList", node("listItem", paragraph("c")), start=3),
        ],
    ),
    (
        "# a<br>b\n\nc \\<br> d",
        [node("heading", text("a"), node("hardBreak"), text("b"), level=1), paragraph("c <br> d")],
    ),
    (
        "| a<br>b |\n| --- |\n| `<br>` \\<br> |",
        [
            node(
                "table",
                node("tableRow", node("tableHeader", node("paragraph", text("a"), node("hardBreak"), text("b")))),
                node("tableRow", node("tableCell", node("paragraph", text("<br>", "code"), text(" <br>")))),
            )
        ],
    ),
    (
        "a *b **c*** ~~d **e** f~~",
        [
            node(
                "paragraph",
                text("a "),
                text("b ", "italic"),
                text("c", "bold", "italic"),
                text(" "),
                text("d ", "strike"),
                text("e", "bold", "strike"),
                text(" f", "strike"),
            )
        ],
    ),
    ("_a**b**_**c**", [node("paragraph", text("a", "italic"), text("b", "bold", "italic"), text("c", "bold"))]),
    (
        "&#49;**&#49;*:***",
        [node("paragraph", text("1"), text("1", "bold"), text(":", "bold", "italic"))],
    ),
    ("a**b.**&#99;", [node("paragraph", text("a"), text("b.", "bold"), text("c"))]),
    ("~~~`a`\nb\n~~~", [node("codeBlock", text("b"), language="`a`")]),
    ("> a\n>\n> b", [node("blockquote", paragraph("a"), paragraph("b"))]),
    ("```py\nx = 1\n\ny\n```", [node("codeBlock", text("x = 1\n\ny"), language="py")]),
    ("---", [node("horizontalRule")]),
    ('![a](b.png "c")', [node("image", src="b.png", alt="a", title="c")]),
    (
        "| a | b |\n| :-- | --- |\n| c \\| d | **e** |",
        [
            node(
                "table",
                node(
                    "tableRow",
                    node("tableHeader", paragraph("a"), align="left"),
                    node("tableHeader", paragraph("b")),
                ),
                node(
                    "tableRow",
                    node("tableCell", paragraph("c | d"), align="left"),
                    node("tableCell", node("paragraph", text("e", "bold"))),
                ),
            )
        ],
    ),
]


@pytest.mark.parametrize(("markdown", "content"), CASES, ids=[one[0] for one in CASES])
def test_each_construct_is_the_same_in_both_forms(markdown: str, content: list[Node]) -> None:
    doc = node("doc", *content)

    assert to_tiptap(markdown) == doc
    assert to_markdown(doc) == markdown + "\n"


def test_what_markdown_has_no_form_for_is_its_text() -> None:
    doc = node(
        "doc",
        node("callout", paragraph("Mind"), tone="warning"),
        node(
            "paragraph",
            text("Ask "),
            node("mention", id="7", label="@ada"),
            text(" now", "underline"),
            node("emoji"),
        ),
        node("video", src="x.mp4", alt="A film"),
    )

    assert to_markdown(doc) == "Mind\n\nAsk @ada now\n\nA film\n"
    assert read_tiptap(orjson.dumps(doc).decode()) == doc


def test_emphasis_that_markdown_cannot_nest_in_one_way_is_kept_in_another() -> None:
    marked = node("paragraph", text("a.", "bold"), text("b"), text("c", "italic"), text("d", "bold"))

    written = to_markdown(node("doc", marked))

    assert to_tiptap(written) == node("doc", marked)


def test_spaces_at_the_edge_of_emphasis_lose_it_and_stay() -> None:
    written = to_markdown(node("doc", node("paragraph", text("a"), text(" b ", "bold"), text("c"))))

    assert written == "a **b** c\n"


def test_a_list_of_tasks_and_other_items_is_one_of_each_kind() -> None:
    assert to_tiptap("- [x] a\n- b\n- [ ] c") == to_tiptap("- [x] a\n\n* b\n\n- [ ] c")
    assert to_tiptap("1. [X] a\n2. b\n3. [ ] c") == to_tiptap("1. [x] a\n\n2) b\n\n3. [ ] c")


def test_what_is_a_task_has_its_box_in_whatever_list_it_stands() -> None:
    mixed = [node("taskItem", paragraph("a"), checked=True), node("listItem", paragraph("b"))]

    for kind in ("taskList", "bulletList"):
        assert to_markdown(node("doc", node(kind, *mixed))) == "- [x] a\n- b\n"


@pytest.mark.parametrize("markup", ["<br>", "<BR>", "<br/>", "<br />"])
def test_a_break_in_a_cell_is_read_however_it_is_written(markup: str) -> None:
    assert to_tiptap(f"| a{markup}b |\n| - |") == to_tiptap("| a<br>b |\n| - |")


def test_blocks_in_a_cell_are_its_lines() -> None:
    cell = node(
        "tableHeader",
        paragraph("a"),
        node("bulletList", node("listItem", node("paragraph", text("b", "bold"))), node("listItem", paragraph("c"))),
        node("codeBlock", text("d\ne")),
    )

    written = to_markdown(node("doc", node("table", node("tableRow", cell))))

    assert written == "| a<br>**b**<br>c<br>d<br>e |\n| --- |\n"


def test_empty_lists_in_each_other_are_no_line_across_the_page() -> None:
    doc = to_tiptap("- - *")

    assert to_tiptap(to_markdown(doc)) == doc


def test_text_that_would_be_markup_is_quoted() -> None:
    for value in (
        "# a",
        "- a",
        "1. a",
        "> a",
        "+ a",
        "---",
        "===",
        "    a",
        "| a |",
        "~~~",
        "&amp;",
        "<http://a>",
        "[a]: b",
    ):
        doc = node("doc", paragraph(value))
        assert to_tiptap(to_markdown(doc)) == doc, value
    assert to_markdown(node("doc", paragraph("snake_case, 2 > 1 & a-b: 1.5!"))) == "snake_case, 2 > 1 & a-b: 1.5!\n"


def test_nothing_is_an_empty_paragraph() -> None:
    assert to_tiptap("") == node("doc", node("paragraph"))
    assert to_markdown(node("doc")) == to_markdown(node("doc", node("paragraph"))) == ""


def test_plain_text_has_a_line_for_each_block() -> None:
    doc = to_tiptap("# A *b*\n\n- c\n- `d`\n\n![e](f.png)\n\n| g | h |\n| - | - |\n| i | j |\n")

    assert plain_text(doc).split("\n") == ["A b", "c", "d", "e", "g", "h", "i", "j"]
    assert excerpt_of(doc) == "A b c d e g h i j"
    assert excerpt_of(to_tiptap("word " * 100)) == ("word " * 40)[:199].rstrip() + "…"


REFUSED: list[object] = [
    "",
    "{",
    "[]",
    {"type": "paragraph"},
    {"type": "doc", "content": {}},
    {"type": "doc", "content": ["x"]},
    {"type": "doc", "content": [{"content": []}]},
    {"type": "doc", "content": [{"type": ""}]},
    {"type": "doc", "content": [{"type": "text"}]},
    {"type": "doc", "content": [{"type": "text", "text": ""}]},
    {"type": "doc", "content": [{"type": "text", "text": 7}]},
    {"type": "doc", "content": [{"type": "paragraph", "text": "x"}]},
    {"type": "doc", "content": [{"type": "text", "text": "x", "marks": [{"attrs": {}}]}]},
    {"type": "doc", "content": [{"type": "paragraph", "attrs": []}]},
    {"type": "doc", "more": 1},
    {"type": "doc", "content": [{"type": "image", "attrs": {"src": "javascript:x"}}]},
    '{"type": "doc", "attrs": {"n": NaN}}',
    '{"type": "doc", "attrs": {"n": 99999999999999999999999}}',
    '{"type": "doc", "content": [{"type": "text", "text": "\\u0000"}]}',
    '{"type": "doc", "content": [{"type": "text", "text": "\\ud800"}]}',
]


@pytest.mark.parametrize("given", REFUSED, ids=str)
async def test_what_is_no_tiptap_document_is_refused(given: Any) -> None:
    with pytest.raises(BadUserInput) as refused:
        await read_content(given, DocumentFormat.TIPTAP_JSON)

    assert refused.value.field == "content"


def test_a_document_is_bounded_in_depth_and_number() -> None:
    deep = node("paragraph")
    for _ in range(MAX_DEPTH):
        deep = node("blockquote", deep)

    for doc in (node("doc", deep), node("doc", *[node("paragraph")] * MAX_NODES)):
        with pytest.raises(BadUserInput, match="deeper than"):
            read_tiptap(orjson.dumps(doc).decode())
    for markdown in (">" * 200, "\n".join("  " * level + "- a" for level in range(60))):
        with pytest.raises(BadUserInput, match="nested too deeply"):
            to_tiptap(markdown)


@pytest.mark.parametrize(
    "markdown", ["[" * 5000, ("![" * 900 + "\n\n") * 50, "a\n\n" * 30_000], ids=["one", "many", "lines"]
)
def test_what_would_take_long_to_read_is_refused_at_once(markdown: str) -> None:
    begun = time.process_time()

    with pytest.raises(BadUserInput):
        to_tiptap(markdown)

    assert time.process_time() - begun < 2


async def test_a_large_text_is_converted_beside_the_event_loop() -> None:
    line = "Lorem ipsum *dolor* sit amet, consectetur adipiscing elit.\n\n"

    content = await read_content(line * 2_000)

    assert content.format is DocumentFormat.MARKDOWN
    assert content.markdown == line * 2_000
    assert len(orjson.loads(content.tiptap)["content"]) == 2_000


def test_a_difference_has_its_surroundings() -> None:
    old = "\n".join("abcdefghij")

    assert unified_diff(old, old, "1", "2") == ""
    assert unified_diff(old, old.replace("e", "E"), "1", "2") == (
        "--- 1\n+++ 2\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n"
    )
    assert unified_diff("", "a", "1", "2") == "--- 1\n+++ 2\n@@ -0,0 +1 @@\n+a\n"
    assert unified_diff("a\nb", "b", "1", "2") == "--- 1\n+++ 2\n@@ -1,2 +1 @@\n-a\n b\n"


@pytest.mark.parametrize("seed", range(40))
def test_a_difference_leads_from_one_text_to_the_other(seed: int) -> None:
    random = Random(seed)
    old = [random.choice("abcde") for _ in range(random.randrange(60))]
    new = [one for one in old if random.random() < 0.8] + [random.choice("abcde") for _ in range(random.randrange(9))]
    if seed % 4 == 0:
        random.shuffle(new)

    lines = unified_diff("\n".join(old), "\n".join(new), "1", "2", context=100).splitlines()[3:]

    assert [line[1:] for line in lines if line[0] in " -"] == (old if lines else [])
    assert [line[1:] for line in lines if line[0] in " +"] == (new if lines else [])
    assert lines or old == new


def test_lines_that_repeat_are_compared_in_bounded_time() -> None:
    # What the matching of difflib takes more than a minute for: the gateway did nothing else meanwhile.
    old, new = "a\n" * MAX_LINES, "b\na\n" * (MAX_LINES // 2)
    began = process_time()

    lines = unified_diff(old, new, "1", "2").splitlines()[3:]

    assert process_time() - began < 5
    assert sum(line == "-a" for line in lines) <= MAX_LINES
    assert sum(line == "+b" for line in lines) == MAX_LINES // 2


def test_more_edits_than_the_bound_are_one_replacement() -> None:
    old = ["same", *(f"{'kept' if n % 2 else 'old'} {n}" for n in range(MAX_EDITS + 2)), "end"]
    new = ["same", *(f"{'kept' if n % 2 else 'new'} {n}" for n in range(MAX_EDITS + 2)), "end"]

    lines = unified_diff("\n".join(old), "\n".join(new), "1", "2").splitlines()[2:]

    common_ends = 3  # "same" before, the last line that is kept and "end" behind
    assert sum(line.startswith("-") for line in lines) == len(old) - common_ends


def test_a_difference_beyond_the_bound_is_one_replacement() -> None:
    old = "\n".join(["same", *(f"old {n}" for n in range(MAX_LINES + 1)), "end"])
    new = "\n".join(["same", *(f"new {n}" for n in range(MAX_LINES + 1)), "end"])

    lines = unified_diff(old, new, "1", "2").splitlines()

    assert lines[3] == " same"
    assert lines[-1] == " end"
    assert sum(line.startswith("-") for line in lines[2:]) == sum(line.startswith("+") for line in lines[2:]) == 2_001
