"""Inline content of TipTap documents as Markdown.

What is written is read again: text whose marks Markdown cannot nest in one way is written in the next, and at last
without them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import BadUserInput
from resolvers.content.parse import LEFT, MARK_RANK, PARSER, Node, inline_nodes
from resolvers.content.url import is_safe_url

MAX_READ_BACK = 20_000
"""Pieces of a paragraph beyond which nobody looks how its Markdown would be read: it is written without marks."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_ESCAPED = re.compile(r"[\\`*\[\]<~]|&(?=[#\w])|(?<!\w)_|_(?!\w)")
_LINE_START = re.compile(r"#{1,6}(?=\s|\Z)|[>|]|[-+](?=\s|-|\Z)|(?=[-:|=\s]+\Z)[-:=]")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_PLAIN_ADDRESS = re.compile(r"[\w.:/?=#%@,;+!$-]+\Z", re.ASCII)
_DELIMITERS = {"bold": "**", "strike": "~~"}


@dataclass(frozen=True, slots=True)
class Style:
    """How emphasis is written: `italic` is its delimiter, `guarded` writes letters beside a delimiter as entities,
    `marks` are those that are written at all."""

    italic: str = "*"
    guarded: bool = False
    marks: frozenset[str] = frozenset(MARK_RANK)


_STYLES = (
    Style(),
    Style(italic="_"),
    Style(guarded=True),
    Style(italic="_", guarded=True),
    Style(marks=frozenset({"link", "code"})),
    Style(marks=frozenset({"code"})),
    Style(marks=frozenset()),
)


def write_inline(nodes: Sequence[Node], *, one_line: bool = False, in_table: bool = False) -> str:
    """The Markdown of a paragraph's content; line breaks are spaces where there is but one line."""
    given = [_as_space(one) if one["type"] == "hardBreak" else one for one in nodes] if one_line else list(nodes)
    text = ""
    for style in _STYLES:
        pieces = _pieces(given, style.marks)
        text = _write(pieces, style, in_table=in_table)
        if all(not one.get("marks") and one["type"] != "image" for one in pieces):
            break
        if _read(text.replace("\\|", "|") if in_table else text) == pieces:
            break
    return text


def _read(text: str) -> list[Node] | None:
    try:
        tokens = PARSER.parse(text, {LEFT: MAX_READ_BACK})
    except BadUserInput:
        return None
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    return inline_nodes(tokens[1].children or [])


def _as_space(node: Node) -> Node:
    return {"type": "text", "text": " ", **({"marks": node["marks"]} if node.get("marks") else {})}


def _pieces(nodes: Sequence[Node], allowed: frozenset[str]) -> list[Node]:
    """The nodes in the form in which they would be read: known marks, no spaces at the edges of emphasis."""
    split: list[Node] = []
    for node in nodes:
        if node["type"] == "text":
            split += _split(node, _marks(node, allowed))
        elif node["type"] == "image" and "link" in allowed and (shown := _shown_image(node)):
            link = [one for one in _marks(node, allowed) if one["type"] == "link"]
            split.append({"type": "image", "attrs": shown, **({"marks": link} if link else {})})
        elif node["type"] == "hardBreak":
            split.append({"type": "hardBreak"})
        elif shown_text := _clean(plain_text_of(node)):
            split.append({"type": "text", "text": shown_text})
    while split and split[-1]["type"] == "hardBreak":
        split.pop()
    return _merged(_settled(split))


def _shown_image(node: Node) -> Node | None:
    """What an image shows, in the form in which it would be read; None for one that may not be shown."""
    attrs = {name: _clean(value) for name, value in (node.get("attrs") or {}).items() if isinstance(value, str)}
    if not attrs.get("src") or not is_safe_url(attrs["src"], of_image=True):
        return None
    return {name: attrs.get(name) or None for name in ("src", "alt", "title")}


def plain_text_of(node: Node) -> str:
    """What a node that Markdown has no form for says: its label, or the text inside."""
    if node["type"] == "text":
        return str(node["text"])
    if node["type"] == "hardBreak":
        return " "
    attrs = node.get("attrs") or {}
    label = next((attrs[name] for name in ("label", "alt", "text", "id") if isinstance(attrs.get(name), str)), "")
    return "".join(map(plain_text_of, node.get("content") or ())) or label


def _clean(text: str) -> str:
    return _CONTROLS.sub("", re.sub(r"\r\n?|\n", " ", text))


def _marks(node: Node, allowed: frozenset[str]) -> list[Node]:
    known = {one["type"]: one for one in node.get("marks") or () if one["type"] in allowed & MARK_RANK.keys()}
    if "link" in known:
        attrs = known["link"].get("attrs") or {}
        href, title = (_clean(one) if isinstance(one := attrs.get(name), str) else "" for name in ("href", "title"))
        if not isinstance(attrs.get("href"), str) or not is_safe_url(href):
            del known["link"]
        else:
            known["link"] = {"type": "link", "attrs": {"href": href, **({"title": title} if title else {})}}
    return sorted(({**one} if one["type"] == "link" else {"type": one["type"]} for one in known.values()), key=_rank)


def _rank(mark: Node) -> int:
    return MARK_RANK[mark["type"]]


def _split(node: Node, marks: list[Node]) -> list[Node]:
    """A text in three: the spaces before, what is between, the spaces after."""
    text = _clean(node["text"])
    kept = {"marks": marks} if marks else {}
    if not kept or any(one["type"] == "code" for one in marks):
        return [{"type": "text", **kept, "text": text}] if text else []
    core = text.strip()
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(before) + len(core) :]
    return [{"type": "text", **kept, "text": part} for part in (before, core, after) if part]


def _settled(pieces: list[Node]) -> list[Node]:
    """Take emphasis off spaces that stand at its edge."""
    before, after = _nearest(pieces), _nearest(pieces[::-1])[::-1]
    for piece, *around in zip(pieces, before, after, strict=True):
        if piece.get("marks") and not _is_solid(piece):
            marks, text = piece.pop("marks"), piece.pop("text")
            kept = [one for one in marks if one["type"] == "link" or all(one in beside for beside in around)]
            piece |= {"marks": kept, "text": text} if kept else {"text": text}
    return pieces


def _nearest(pieces: Sequence[Node]) -> list[Sequence[Node]]:
    """For each piece, the marks of the last one before it that is no space."""
    found: list[Sequence[Node]] = []
    last: Sequence[Node] = ()
    for piece in pieces:
        found.append(last)
        if _is_solid(piece):
            last = piece.get("marks", ())
    return found


def _is_solid(piece: Node) -> bool:
    return piece["type"] != "text" or bool(piece["text"].strip()) or _is_code(piece)


def _is_code(piece: Node) -> bool:
    return any(one["type"] == "code" for one in piece.get("marks", ()))


def _merged(pieces: Sequence[Node]) -> list[Node]:
    found: list[Node] = []
    for piece in pieces:
        last = found[-1] if found else {}
        if piece["type"] == last.get("type") == "text" and piece.get("marks") == last.get("marks"):
            last["text"] += piece["text"]
        else:
            found.append({**piece})
    return found


def _write(pieces: Sequence[Node], style: Style, *, in_table: bool) -> str:
    out: list[str] = []
    opened: list[Node] = []
    for place, piece in enumerate(pieces):
        wanted = [one for one in piece.get("marks", ()) if one["type"] != "code"]
        if piece["type"] == "hardBreak":  # it carries none, and stands inside what goes on after it
            following = pieces[place + 1].get("marks", ()) if place + 1 < len(pieces) else ()
            wanted = [one for one in opened if one in following]
        shared = 0
        while shared < min(len(opened), len(wanted)) and opened[shared] == wanted[shared]:
            shared += 1
        closing = "".join(_delimiter(one, style, in_table, closing=True) for one in reversed(opened[shared:]))
        opening = "".join(_delimiter(one, style, in_table) for one in wanted[shared:])
        opened = wanted
        text = _text(piece, in_table)
        if style.guarded:
            if closing and text[:1].isalnum() and not opening:
                text = f"&#{ord(text[0])};{text[1:]}"
            if opening and out and out[-1][-1:].isalnum():
                out[-1] = f"{out[-1][:-1]}&#{ord(out[-1][-1])};"
        if out and out[-1].endswith("!") and (opening + text).startswith("["):
            out[-1] = out[-1][:-1] + "\\!"
        out += [part for part in (closing, opening, text) if part]
    out += [_delimiter(one, style, in_table, closing=True) for one in reversed(opened)]
    lines = "".join(out).split("\n")
    lines = [_edge(line) for line in lines]
    return "\n".join([*lines[:-1], _tail(lines[-1])])


def _delimiter(mark: Node, style: Style, in_table: bool, *, closing: bool = False) -> str:
    if mark["type"] == "link":
        return _destination(mark["attrs"]["href"], mark["attrs"].get("title"), in_table) if closing else "["
    return style.italic if mark["type"] == "italic" else _DELIMITERS[mark["type"]]


def _destination(href: str, title: str | None, in_table: bool) -> str:
    address = href if _PLAIN_ADDRESS.match(href) else f"<{_quoted(href, '<>')}>" if href else ""
    named = f' "{_quoted(title, chr(34))}"' if title else ""
    made = f"]({address or ('<>' if named else '')}{named})"
    return made.replace("|", "\\|") if in_table else made


def _quoted(text: str, special: str) -> str:
    return re.sub(rf"[\\{special}]|&(?=[#\w])", lambda found: "\\" + found[0], text)


def _text(piece: Node, in_table: bool) -> str:
    if piece["type"] == "hardBreak":
        return "\\\n"
    if piece["type"] == "image":
        attrs = piece["attrs"]
        label = _escape(attrs["alt"] or "", in_table)
        return f"![{label}{_destination(attrs['src'], attrs['title'], in_table)}"
    if _is_code(piece):
        return _code(piece["text"].replace("|", "\\|") if in_table else piece["text"])
    return _escape(piece["text"], in_table)


def _escape(text: str, in_table: bool) -> str:
    escaped = _ESCAPED.sub(lambda found: "\\" + found[0], text)
    return escaped.replace("|", "\\|") if in_table else escaped


def _code(text: str) -> str:
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    padded = text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " " and text.strip(" "))
    return f"{fence} {text} {fence}" if padded else f"{fence}{text}{fence}"


def _edge(line: str) -> str:
    """A line whose beginning is no other block's."""
    blank = len(line) - len(line.lstrip())
    if blank:
        return "".join(map(_entity, line[:blank])) + line[blank:]
    if _LINE_START.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def _tail(line: str) -> str:
    kept = line.rstrip()
    return kept + "".join(map(_entity, line[len(kept) :]))


def _entity(char: str) -> str:
    return f"&#{ord(char)};"
