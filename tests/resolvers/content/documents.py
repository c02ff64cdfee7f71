"""TipTap documents for properties: those that Markdown can hold, with text that would be markup, were it not quoted."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from hypothesis import strategies as st

from resolvers.content.url import is_safe_url

Node = dict[str, Any]

CHARACTERS = "ab1 \\`*_[]<>~&!#|-+=.:)(\"'é\u00a0\u0301。€\U0001f600"
WORDS = st.text(alphabet=CHARACTERS, min_size=1, max_size=8)
MARKS = st.lists(st.sampled_from(["bold", "italic", "strike"]), unique=True, max_size=3)
RANK = ["link", "bold", "italic", "strike", "code"]
ADDRESSES = st.text(alphabet='ab:/ ()<>\\*&#|"é', min_size=1, max_size=6).filter(
    lambda text: text == text.strip() and is_safe_url(text)
)


def _text(text: str, marks: list[str], href: str | None) -> Node:
    made: list[Node] = [{"type": "link", "attrs": {"href": href}}] if href else []
    made += [{"type": name} for name in sorted(marks, key=RANK.index)]
    return {"type": "text", **({"marks": made} if made else {}), "text": text}


def _picture(src: str, alt: str | None, title: str | None, href: str | None) -> Node:
    link = {"marks": [{"type": "link", "attrs": {"href": href}}]} if href else {}
    return {"type": "image", "attrs": {"src": src, "alt": alt, "title": title}, **link}


def normal(nodes: Sequence[Node], *, one_line: bool = False) -> list[Node]:
    """Inline nodes as Markdown can hold them.

    The emphasis of a run of characters does not reach over the blanks at its ends; neighbours of the same marks are one
    text; a paragraph does not end with a break.
    """
    left = list(nodes)
    while not one_line and left and left[-1]["type"] == "hardBreak":
        left.pop()
    split = [{**one, "text": char} if one["type"] == "text" else one for one in left for char in one.get("text", " ")]
    for name in ("bold", "italic", "strike"):
        run: list[int] = []
        for place, one in enumerate([*split, {"type": "text", "text": "."}]):
            if one["type"] != "text":
                continue
            if {"type": name} in one.get("marks", ()):
                run.append(place)
                continue
            for way in (run, run[::-1]):
                for blank in takewhile(lambda at: _is_blank(split[at]), way):
                    split[blank] = {
                        **split[blank],
                        "marks": [mark for mark in split[blank]["marks"] if mark["type"] != name],
                    }
            run = []
    return _merged([{key: value for key, value in one.items() if value != []} for one in split])


def _is_blank(one: Node) -> bool:
    return one["text"].isspace() and {"type": "code"} not in one.get("marks", ())


def _merged(nodes: Sequence[Node]) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        same = bool(found) and node["type"] == found[-1]["type"] == "text"
        if same and found[-1].get("marks") == node.get("marks"):
            found[-1] = {**found[-1], "text": found[-1]["text"] + node["text"]}
        else:
            found.append(node)
    return found


HREF = st.one_of(st.none(), ADDRESSES)
MARKED = st.builds(_text, WORDS, MARKS, HREF)
CODE = st.builds(_text, WORDS, MARKS.map(lambda marks: [*marks, "code"]), HREF)
PICTURE = st.builds(_picture, ADDRESSES, st.one_of(st.none(), WORDS), st.one_of(st.none(), WORDS), HREF)
BREAK = st.just({"type": "hardBreak"})
ANYHOW = st.lists(st.one_of(MARKED, MARKED, MARKED, CODE, BREAK, PICTURE), max_size=6)
"""With marks in any place."""


def _node(kind: str, content: list[Node], **attrs: Any) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": content} if content else {})}


PARAGRAPH = (
    ANYHOW.map(normal)
    .filter(lambda content: bool(content) and [one["type"] for one in content] != ["image"])
    .map(lambda content: _node("paragraph", content))
)
ONE_LINE = ANYHOW.map(lambda content: normal(content, one_line=True))
HEADING = st.builds(lambda level, content: _node("heading", content, level=level), st.integers(1, 6), ONE_LINE)
LANGUAGE = st.one_of(
    st.none(), st.text(alphabet="py+# \\&", min_size=1, max_size=5).filter(lambda text: text == text.strip())
)
CODE_TEXT = st.text(alphabet="a`~ \n\t#>-|*&\\", max_size=12)
CODE_BLOCK = st.builds(
    lambda text, language: _node("codeBlock", [{"type": "text", "text": text}] if text else [], language=language),
    CODE_TEXT,
    LANGUAGE,
)
IMAGE = st.builds(
    lambda src, alt, title: _node("image", [], src=src, alt=alt, title=title),
    ADDRESSES,
    st.one_of(st.none(), WORDS),
    st.one_of(st.none(), WORDS),
)
CELL = ONE_LINE.map(lambda content: [_node("paragraph", content)])


def _table(rows: list[list[list[Node]]], align: str | None) -> Node:
    width = len(rows[0])
    kinds = ["tableHeader", *["tableCell"] * (len(rows) - 1)]
    attrs = {"align": align} if align else {}
    made = []
    for kind, row in zip(kinds, rows, strict=True):
        cells = [*row, *[[_node("paragraph", [])]] * width][:width]
        made.append(_node("tableRow", [_node(kind, cell, **attrs) for cell in cells]))
    return _node("table", made)


TABLE = st.builds(
    _table,
    st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=3),
    st.sampled_from([None, "left", "center", "right"]),
)
RULE = st.just({"type": "horizontalRule"})
LEAF = st.one_of(PARAGRAPH, PARAGRAPH, HEADING, CODE_BLOCK, RULE, TABLE)


def _list(kind: str, items: list[list[Node]], start: int) -> Node:
    item = "taskItem" if kind != kind.removesuffix("taskList") else "listItem"
    made = [
        _node(item, inside, **({"checked": place % 2 == 0} if item == "taskItem" else {}))
        for place, inside in enumerate(items)
    ]
    if kind == "numbered taskList":
        return _node("taskList", made, start=start)
    return _node(kind, made, **({"start": start} if kind == "orderedList" and start != 1 else {}))


def _inside(blocks: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    item = st.builds(lambda first, rest: [first, *rest], PARAGRAPH, st.lists(blocks, max_size=2))
    lists = st.builds(
        _list,
        st.sampled_from(["bulletList", "orderedList", "taskList", "numbered taskList"]),
        st.lists(st.one_of(item, st.just([{"type": "paragraph"}])), min_size=1, max_size=3),
        st.sampled_from([0, 1, 7]),
    )
    quote = st.lists(blocks, min_size=1, max_size=2).map(lambda content: _node("blockquote", content))
    return st.one_of(lists, quote)


BLOCKS = st.one_of(LEAF, _inside(LEAF), _inside(st.one_of(LEAF, _inside(LEAF))))
DOCUMENTS = st.lists(st.one_of(BLOCKS, IMAGE), min_size=1, max_size=4).map(lambda content: _node("doc", content))
LOOSE = st.lists(st.one_of(ANYHOW.map(lambda one: _node("paragraph", one)), BLOCKS), max_size=4).map(
    lambda content: _node("doc", content)
)
"""With emphasis that reaches over blanks, and breaks at the end."""

TOKENS = (
    *(
        "**",
        "*",
        "_",
        "__",
        "~~",
        "`",
        "[a](b)",
        "![i](u)",
        " ",
        "a",
        "b.",
        "é",
        "\U0001f600",
        "&#32;",
        "&nbsp;",
        "<br>",
    ),
    *("\n", "\\\n", "\n\n", "\n  ", "- [ ] ", "1. [x] ", "- ", "# ", "> ", "| a |\n|-|\n| ", " |\n", "```\n"),
)
MARKDOWN = st.one_of(
    st.text(alphabet="ab1 \n\n-*_`~#>[]()|!\\.:&+=\t<x", max_size=60),
    st.lists(st.sampled_from(TOKENS), max_size=14).map("".join),
)
