"""From a TipTap document to Markdown. What Markdown has no form for is written as its text."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from models.errors import PayloadTooLarge
from resolvers.content.inline import plain_text_of, write_inline
from resolvers.content.parse import MAX_CONVERTED, Node

_INLINE = frozenset({"text", "hardBreak"})
_LISTS = frozenset({"bulletList", "orderedList", "taskList"})
_INTERRUPTING = re.compile(r"(?:[-*]|1[.)]) \S")
_RULE = re.compile(r"(?:- *){3,}$", re.MULTILINE)
_MAX_START = 999_000_000
MAX_CELLS = 1_000_000
"""Of a table, those included that only its widest row has."""


def to_markdown(doc: Node) -> str:
    """The Markdown of a document that was checked; empty paragraphs and unknown marks are left out."""
    text = _blocks(_children(doc))
    return text + "\n" if text else ""


def _children(node: Node) -> list[Node]:
    return list(node.get("content") or ())


def _attrs(node: Node) -> Node:
    return node.get("attrs") or {}


def _blocks(nodes: Sequence[Node], *, in_list: bool = False) -> str:
    """Blocks with empty lines between them."""
    out: list[str] = []
    previous: tuple[str, bool] | None = None
    for node in _grouped(nodes):
        family = _family(node)
        other = family is not None and previous == (family, False)
        text = _list(node, other) if family else _block(node, in_list)
        if not text:
            continue
        tight = in_list and len(out) == 1 and family and _is_paragraph(nodes[0]) and _INTERRUPTING.match(text)
        out.append(("\n" if tight else "\n\n" if out else "") + text)
        previous = (family, other) if family else None
    return "".join(out)


def _family(node: Node) -> str | None:
    """Lists of one family that follow each other would be read as one, were their markers the same."""
    if node["type"] not in _LISTS or not _children(node):
        return None
    return "ordered" if _is_numbered(node) else "bullet"


def _is_numbered(node: Node) -> bool:
    """Whether a list is numbered: one of tasks is, where it has a start."""
    return node["type"] == "orderedList" or (node["type"] == "taskList" and "start" in _attrs(node))


def _is_paragraph(node: Node) -> bool:
    return bool(node["type"] == "paragraph")


def _grouped(nodes: Sequence[Node]) -> list[Node]:
    """Inline nodes that stand among blocks as paragraphs of their own."""
    found: list[Node] = []
    loose: Node | None = None
    for node in nodes:
        if node["type"] in _INLINE:
            if loose is None:
                loose = {"type": "paragraph", "content": []}
                found.append(loose)
            loose["content"].append(node)
        else:
            loose = None
            found.append(node)
    return found


def _block(node: Node, in_list: bool) -> str:
    write = _WRITERS.get(node["type"])
    if write is not None:
        return write(node)
    if node["type"] == "horizontalRule":
        return "___" if in_list else "---"
    if node["type"] == "image":
        return write_inline([node])
    children = _children(node)
    if not children:
        return write_inline([{"type": "text", "text": plain_text_of(node)}])
    if children[0]["type"] in _INLINE:
        return write_inline(children)
    return _blocks(children, in_list=in_list)


def _paragraph(node: Node) -> str:
    return write_inline(_children(node))


def _heading(node: Node) -> str:
    level = _attrs(node).get("level")
    marks = "#" * (min(max(level, 1), 6) if isinstance(level, int) else 1)
    text = write_inline(_children(node), one_line=True)
    text = re.sub(r"(?<!\\)#\Z", r"\\#", text)
    return f"{marks} {text}" if text else marks


def _blockquote(node: Node) -> str:
    return _prefixed(_blocks(_children(node)) or "", "> ", "> ")


def _code_block(node: Node) -> str:
    text = "".join(map(plain_text_of, _children(node))).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    language = _attrs(node).get("language")
    info = re.sub(r"[\x00-\x08\n-\x1f]+", " ", language).strip() if isinstance(language, str) else ""
    info = re.sub(r"[\\~]|&(?=[#\w])", lambda found: "\\" + found[0], info)
    sign = "~" if "`" in info else "`"
    fence = sign * max(3, 1 + max((len(run) for run in re.findall(f"{sign}+", text)), default=0))
    return f"{fence}{info}\n{text}\n{fence}" if text else f"{fence}{info}\n{fence}"


def _list(node: Node, other: bool) -> str:
    """A list; `other` writes it with the other marker of its family."""
    ordered = _is_numbered(node)
    start = _attrs(node).get("start")
    number = min(max(start, 0), _MAX_START) if isinstance(start, int) else 1
    bullet = ("*" if other else "-") if not ordered else (")" if other else ".")
    items = _children(node)
    out: list[str] = []
    for place, item in enumerate(items):
        marker = f"{number + place}{bullet} " if ordered else f"{bullet} "
        box = ("[x]" if _attrs(item).get("checked") is True else "[ ]") if item["type"] == "taskItem" else ""
        out.append(_item(item, marker, box))
    if any(map(_RULE.match, out)):  # three empty lists in each other
        out = ["+" + text[1:] for text in out]
    tight = all(_is_tight(item) for item in items)
    return ("\n" if tight else "\n\n").join(out)


def _is_tight(item: Node) -> bool:
    inside = _children(item)
    first = inside[:1]
    return (
        [child["type"] for child in first] == ["paragraph"]
        and bool(_children(first[0]))
        and all(child["type"] in _LISTS for child in inside[1:])
    )


def _item(item: Node, marker: str, box: str) -> str:
    inside = _children(item) if item["type"] in ("listItem", "taskItem") else [item]
    if not box:
        return _prefixed(_blocks(inside, in_list=True), marker, " " * len(marker))
    first, rest = (inside[0], inside[1:]) if inside and _is_paragraph(inside[0]) else (None, inside)
    head = f"{box} {_paragraph(first)}".rstrip(" ") if first else box
    body = _blocks(rest, in_list=True)
    gap = "\n" if _INTERRUPTING.match(body) and rest[0]["type"] in _LISTS else "\n\n"
    return _prefixed(head + (gap + body if body else ""), marker, " " * len(marker))


def _prefixed(text: str, first: str, rest: str) -> str:
    if len(text) + text.count("\n") * len(rest) > MAX_CONVERTED:
        raise _too_large()
    head, *tail = text.split("\n")
    lines = [(first + head).rstrip(" ") if not head else first + head]
    return "\n".join([*lines, *((rest + line if line else rest.rstrip()) for line in tail)])


def _table(node: Node) -> str:
    rows = [_row(row) for row in _children(node) if row["type"] == "tableRow"]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    if width * len(rows) > MAX_CELLS:
        raise _too_large()
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    head = _children(next(row for row in _children(node) if row["type"] == "tableRow"))
    rules = [_RULES.get(str(_attrs(cell).get("align")), "---") for cell in head for _ in range(_span(cell))]
    rules = [*rules, *["---"] * (width - len(rules))][:width]
    return "\n".join(f"| {' | '.join(row)} |" for row in (padded[0], rules, *padded[1:]))


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(f"The text of a document is at most {MAX_CONVERTED} bytes in both of its forms")


def _row(row: Node) -> list[str]:
    cells: list[str] = []
    for cell in _children(row):
        lines = [line for block in _grouped(_children(cell)) for line in _lines(block)]
        content = [part for line in lines for part in ({"type": "hardBreak"}, *line)][1:]
        cells += [write_inline(content, one_line=True, in_table=True), *[""] * (_span(cell) - 1)]
    return cells


def _lines(block: Node) -> list[list[Node]]:
    """The inline content of a block, and of those inside of it, where there is no room for blocks."""
    children = _children(block)
    if block["type"] == "codeBlock":
        return [[{"type": "text", "text": line}] for line in "".join(map(plain_text_of, children)).splitlines() if line]
    if not children:
        return [] if _is_paragraph(block) else [[block]]
    if children[0]["type"] in _INLINE or _is_paragraph(block):
        return [children]
    return [line for child in _grouped(children) for line in _lines(child)]


def _span(cell: Node) -> int:
    span: Any = _attrs(cell).get("colspan")
    return min(max(span, 1), 100) if isinstance(span, int) else 1


_RULES = {"left": ":--", "center": ":-:", "right": "--:"}
_WRITERS: dict[str, Callable[[Node], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "blockquote": _blockquote,
    "codeBlock": _code_block,
    "table": _table,
}
