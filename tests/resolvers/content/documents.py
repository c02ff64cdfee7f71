"""TipTap documents for properties: those that Markdown can hold, with text that would be markup, were it not quoted."""

from typing import Any

from hypothesis import strategies as st

from resolvers.content.url import is_safe_url

Node = dict[str, Any]

WORDS = st.text(alphabet="ab1 \\`*_[]<>~&!#|-+=.:)(\"'é\u00a0", min_size=1, max_size=8)
SOLID = WORDS.filter(lambda text: text == text.strip())
MARKS = st.lists(st.sampled_from(["bold", "italic", "strike"]), unique=True, max_size=2)
SOME_MARKS = st.lists(st.sampled_from(["bold", "italic", "strike"]), unique=True, min_size=1, max_size=2)
RANK = ["link", "bold", "italic", "strike", "code"]
ADDRESSES = st.text(alphabet='ab:/ ()<>\\*&#|"é', min_size=1, max_size=6).filter(
    lambda text: text == text.strip() and is_safe_url(text)
)


def _text(text: str, marks: list[str], href: str | None) -> Node:
    made: list[Node] = [{"type": "link", "attrs": {"href": href}}] if href else []
    made += [{"type": name} for name in sorted(marks, key=RANK.index)]
    return {"type": "text", **({"marks": made} if made else {}), "text": text}


def _merged(nodes: list[Node]) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        same = bool(found) and node["type"] == found[-1]["type"] == "text"
        if same and found[-1].get("marks") == node.get("marks"):
            found[-1] = {**found[-1], "text": found[-1]["text"] + node["text"]}
        else:
            found.append(node)
    while found and found[-1]["type"] == "hardBreak":
        found.pop()
    return found


PLAIN = st.builds(_text, WORDS, st.just([]), st.none())
CODE = st.builds(_text, WORDS, st.just(["code"]), st.none())
LINKED = st.builds(_text, SOLID, st.just([]), ADDRESSES)
BREAK = st.just({"type": "hardBreak"})
UNMARKED = st.lists(st.one_of(PLAIN, PLAIN, CODE, LINKED, BREAK), min_size=1, max_size=4).map(_merged)
# Emphasis with letters around and inside nests in one way alone, so that it is read as it was written.
LETTERS = st.text(alphabet="ab é", min_size=1, max_size=5).filter(lambda text: text == text.strip())
EMPHASIS = st.builds(
    lambda first, inside, marks, last: [
        _text(first + " ", [], None),
        _text(inside, marks, None),
        _text(" " + last, [], None),
    ],
    LETTERS,
    LETTERS,
    SOME_MARKS,
    LETTERS,
)
LINE = st.one_of(UNMARKED, EMPHASIS)
ANYHOW = st.lists(st.one_of(st.builds(_text, WORDS, MARKS, st.one_of(st.none(), ADDRESSES)), CODE, BREAK), max_size=5)


def _alone(node: Node) -> list[Node]:
    return [node]


def _node(kind: str, content: list[Node], **attrs: Any) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": content} if content else {})}


PARAGRAPH = LINE.filter(lambda content: len(content) > 0).map(lambda content: _node("paragraph", content))
HEADING = st.builds(
    lambda level, content: _node("heading", [one for one in content if one["type"] != "hardBreak"], level=level),
    st.integers(1, 6),
    st.one_of(LINKED.map(_alone), EMPHASIS, PLAIN.map(_alone)),
)
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
CELL = st.one_of(st.just([]), PLAIN.map(_alone), LINKED.map(_alone), EMPHASIS).map(
    lambda content: [_node("paragraph", content)]
)


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
    item = "taskItem" if kind == "taskList" else "listItem"
    made = [
        _node(item, inside, **({"checked": place % 2 == 0} if kind == "taskList" else {}))
        for place, inside in enumerate(items)
    ]
    return _node(kind, made, **({"start": start} if kind == "orderedList" and start != 1 else {}))


def _inside(blocks: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    item = st.builds(lambda first, rest: [first, *rest], PARAGRAPH, st.lists(blocks, max_size=2))
    lists = st.builds(
        _list,
        st.sampled_from(["bulletList", "orderedList", "taskList"]),
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
"""With marks in any place, which Markdown cannot always hold."""

MARKDOWN = st.text(alphabet="ab1 \n\n-*_`~#>[]()|!\\.:&+=\t<x", max_size=60)
