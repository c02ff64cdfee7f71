"""Inline content of TipTap documents as Markdown that is read as the same again.

Marks may overlap: one that ends before another that was opened inside it is written in two. Each kind of emphasis has
a character of its own where `*` for bold and italic would be read otherwise, so that two delimiters which meet are
never one; and what stands beside a delimiter is a character reference where CommonMark would not take the delimiter
for one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category

from models.errors import BadUserInput
from resolvers.content.parse import LEFT, MARK_RANK, PARSER, Node, inline_nodes
from resolvers.content.url import is_safe_url

MAX_READ_BACK = 20_000
"""Pieces of a paragraph beyond which nobody looks whether `*` will do for italic."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_ESCAPED = re.compile(r"[\\`*\[\]<~]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"#{1,6}(?=\s|\Z)|[>|]|[-+](?=\s|-|\Z)|(?=[-:|=\s]+\Z)[-:=]")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_PLAIN_ADDRESS = re.compile(r"[\w.:/?=#%@,;+!$-]+\Z", re.ASCII)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_EMPHASIS = ("bold", "italic", "strike")
_DELIMITERS = {"bold": "**", "strike": "~~"}


@dataclass(frozen=True, slots=True)
class _Style:
    """The delimiter of italic, and what the text stands in."""

    italic: str
    one_line: bool
    in_table: bool


def write_inline(nodes: Sequence[Node], *, one_line: bool = False, in_table: bool = False) -> str:
    """The Markdown of a paragraph's content. Where there is but one line, breaks are `<br>`."""
    pieces = _pieces(nodes, one_line=one_line)
    marks = _through(pieces)
    if any(mark["type"] == "italic" for each in marks for mark in each):
        text = _write(pieces, marks, _Style("*", one_line, in_table))
        if _read(text.replace("\\|", "|") if in_table else text, one_line=one_line) == pieces:
            return text
    return _write(pieces, marks, _Style("_", one_line, in_table))


def _read(text: str, *, one_line: bool) -> list[Node] | None:
    try:
        tokens = PARSER.parse(text, {LEFT: MAX_READ_BACK})
    except BadUserInput:
        return None
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    return inline_nodes(tokens[1].children or [], one_line=one_line)


def _pieces(nodes: Sequence[Node], *, one_line: bool) -> list[Node]:
    """The nodes in the form in which they are read: known marks, and no emphasis of spaces at its edge."""
    split: list[Node] = []
    for node in nodes:
        if node["type"] == "text":
            split += _split(node, _marks(node))
        elif node["type"] == "image" and (shown := _shown_image(node)):
            link = [mark for mark in _marks(node) if mark["type"] == "link"]
            split.append({"type": "image", "attrs": shown, **({"marks": link} if link else {})})
        elif node["type"] == "hardBreak":
            split.append({"type": "hardBreak"})
        elif shown_text := _clean(plain_text_of(node)):
            split.append({"type": "text", "text": shown_text})
    while not one_line and split and split[-1]["type"] == "hardBreak":
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


def _marks(node: Node) -> list[Node]:
    known = {mark["type"]: mark for mark in node.get("marks") or () if mark["type"] in MARK_RANK}
    if "link" in known:
        attrs = known["link"].get("attrs") or {}
        href, title = (_clean(one) if isinstance(one := attrs.get(name), str) else "" for name in ("href", "title"))
        if not isinstance(attrs.get("href"), str) or not is_safe_url(href):
            del known["link"]
        else:
            known["link"] = {"type": "link", "attrs": {"href": href, **({"title": title} if title else {})}}
    return sorted(
        ({**mark} if mark["type"] == "link" else {"type": mark["type"]} for mark in known.values()), key=_rank
    )


def _rank(mark: Node) -> int:
    return MARK_RANK[mark["type"]]


def _split(node: Node, marks: list[Node]) -> list[Node]:
    """A text in three: the spaces before, what is between, the spaces after."""
    text = _clean(node["text"])
    kept = {"marks": marks} if marks else {}
    if not kept or any(mark["type"] == "code" for mark in marks):
        return [{"type": "text", **kept, "text": text}] if text else []
    core = text.strip()
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(before) + len(core) :]
    return [{"type": "text", **kept, "text": part} for part in (before, core, after) if part]


def _settled(pieces: list[Node]) -> list[Node]:
    """Take emphasis off the spaces at its edges."""
    for kind in _EMPHASIS:
        for way in (pieces, pieces[::-1]):
            inside = False
            for piece in (node for node in way if node["type"] == "text"):
                has = any(mark["type"] == kind for mark in piece.get("marks", ()))
                if has and not inside and not _is_solid(piece):
                    _take_off(piece, kind)
                else:
                    inside = has
    return pieces


def _take_off(piece: Node, kind: str) -> None:
    marks, text = piece.pop("marks"), piece.pop("text")
    left = [mark for mark in marks if mark["type"] != kind]
    piece |= {"marks": left, "text": text} if left else {"text": text}


def _through(pieces: Sequence[Node]) -> list[list[Node]]:
    """The marks that are open at each piece, but for code; breaks and images carry none, but may stand inside."""
    found = [[mark for mark in piece.get("marks", ()) if mark["type"] != "code"] for piece in pieces]
    before: list[Node] = []
    inside: list[int] = []
    for place, piece in enumerate(pieces):
        if piece["type"] == "text":
            for between in inside:
                is_break = pieces[between]["type"] == "hardBreak"
                found[between] += [
                    mark for mark in before if mark in found[place] and (is_break or mark["type"] != "link")
                ]
            before, inside = found[place], []
        else:
            inside.append(place)
    return found


def _is_solid(piece: Node) -> bool:
    return bool(piece["text"].strip()) or _is_code(piece)


def _is_code(piece: Node) -> bool:
    return any(mark["type"] == "code" for mark in piece.get("marks", ()))


def _merged(pieces: Sequence[Node]) -> list[Node]:
    found: list[Node] = []
    for piece in pieces:
        last = found[-1] if found else {}
        if piece["type"] == last.get("type") == "text" and piece.get("marks") == last.get("marks"):
            last["text"] += piece["text"]
        else:
            found.append({**piece})
    return found


def _write(pieces: Sequence[Node], marks: Sequence[Sequence[Node]], style: _Style) -> str:
    out = [""]
    opened: list[Node] = []
    every = _nested(pieces, marks)
    for piece, nested, following in zip(pieces, every, [*every[1:], []], strict=False):
        shared = len(_shared(opened, nested))
        closing = [_delimiter(open_mark, style, closing=True) for open_mark in reversed(opened[shared:])]
        opening = [_delimiter(open_mark, style) for open_mark in nested[shared:]]
        opened = nested
        text = _text(piece, style)
        # A lone character may become a reference, for the delimiters that follow.
        is_lone = len(text) == 1 and len(following) > len(nested) == len(_shared(nested, following))
        _append(out, closing, opening, text, "" if is_lone else text[:1])
    _append(out, [_delimiter(open_mark, style, closing=True) for open_mark in reversed(opened)], [], "", "")
    lines = [_edge(line) for line in "".join(out).split("\n")]
    return "\n".join([*lines[:-1], _tail(lines[-1])])


def _nested(pieces: Sequence[Node], marks: Sequence[Sequence[Node]]) -> list[list[Node]]:
    """The marks of each piece from the outermost to the innermost; none is closed right behind a break."""
    found: list[list[Node]] = []
    opened: list[Node] = []
    for piece, wanted, ends in zip(pieces, marks, _ends(marks), strict=True):
        if piece["type"] != "hardBreak":
            kept = _kept(opened, wanted, ends)
            begun = [mark for mark in wanted if mark not in kept]
            opened = [*kept, *sorted(begun, key=lambda mark: (-ends[_key(mark)], _rank(mark)))]
        found.append(opened)
    following: list[Node] = []
    for place in range(len(pieces) - 1, -1, -1):
        if pieces[place]["type"] == "hardBreak":
            found[place] = _shared(found[place], following)
        else:
            following = found[place]
    return found


def _shared(one: list[Node], other: list[Node]) -> list[Node]:
    """What two lists begin with."""
    differ = (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    return one[: next(differ, min(len(one), len(other)))]


def _ends(marks: Sequence[Sequence[Node]]) -> list[dict[tuple[str, ...], int]]:
    """For each piece, up to which piece each of its marks goes on."""
    found: list[dict[tuple[str, ...], int]] = []
    following: dict[tuple[str, ...], int] = {}
    for place in range(len(marks) - 1, -1, -1):
        following = {key: following.get(key, place) for key in map(_key, marks[place])}
        found.append(following)
    return found[::-1]


def _key(mark: Node) -> tuple[str, ...]:
    return (mark["type"], *(str(attr) for attr in mark.get("attrs", {}).items()))


def _kept(opened: list[Node], wanted: Sequence[Node], ends: dict[tuple[str, ...], int]) -> list[Node]:
    """The open marks that stay open: those around one that ends do, and around a link that begins, all that outlast it.

    So a link is never written in two.
    """
    link = max(
        (ends[_key(mark)] for mark in wanted if mark["type"] == "link" and mark not in opened),
        default=0,
    )
    for place, open_mark in enumerate(opened):
        if open_mark not in wanted or ends[_key(open_mark)] < link:
            return opened[:place]
    return opened


def _append(out: list[str], closing: Sequence[str], opening: Sequence[str], text: str, inside: str) -> None:
    """Write delimiters and a text after what is there, so that each of the delimiters is one.

    `inside` is the character behind them, where it will stay as it is.
    """
    before = out[-1][-1:]
    if before.isspace() and closing and not _is_link(closing[0]):
        out[-1] = _referred_last(out[-1])
        before = ";"
    elif opening and not closing and not _is_beside(before) and _needs_edge(opening, inside):
        out[-1] = _referred_last(out[-1])
    elif before == "!" and not closing and "".join((*opening, text)).startswith("["):
        out[-1] = out[-1][:-1] + "\\!"
    begin = text[:1]
    if begin in (" ", "\t") or (begin.isspace() and begin != "\n"):
        if opening and not _is_link(opening[-1]):
            text = _referred_first(text)
    elif closing and not opening and not _is_beside(begin) and _needs_edge(closing[::-1], before):
        text = _referred_first(text)
    out += [part for part in (*closing, *opening, text) if part]


def _referred_first(text: str) -> str:
    """A text whose first character is a reference, beside which no underscore is one inside a word any more."""
    return _entity(text[0]) + ("\\" if text[1:2] == "_" else "") + text[1:]


def _referred_last(text: str) -> str:
    inside_word = text[-2:-1] == "_" and text[-3:-2].isalnum()
    return (text[:-2] + "\\_" if inside_word else text[:-1]) + _entity(text[-1])


def _needs_edge(delimiters: Sequence[str], inside: str) -> bool:
    """Whether delimiters, the outermost first, are none beside a letter, given the character `inside` of them."""
    characters = set("".join(delimiters))
    return not _is_link(delimiters[0]) and not (len(characters) == 1 and "_" not in characters and inside.isalnum())


def _is_beside(char: str) -> bool:
    """Whether any delimiter may stand beside a character: an edge of the text, a space, or punctuation."""
    return char in ("", "\t", "\n") or char in _PUNCTUATION or category(char) == "Zs"


def _is_link(delimiter: str) -> bool:
    return delimiter[0] in "[]"


def _delimiter(mark: Node, style: _Style, *, closing: bool = False) -> str:
    if mark["type"] == "link":
        return _destination(mark["attrs"]["href"], mark["attrs"].get("title"), style.in_table) if closing else "["
    return style.italic if mark["type"] == "italic" else _DELIMITERS[mark["type"]]


def _destination(href: str, title: str | None, in_table: bool) -> str:
    address = href if _PLAIN_ADDRESS.match(href) else f"<{_quoted(href, '<>')}>" if href else ""
    named = f' "{_quoted(title, chr(34))}"' if title else ""
    made = f"]({address or ('<>' if named else '')}{named})"
    return made.replace("|", "\\|") if in_table else made


def _quoted(text: str, special: str) -> str:
    return re.sub(rf"[\\{special}]|&(?=[#\w])", lambda found: "\\" + found[0], text)


def _text(piece: Node, style: _Style) -> str:
    in_table = style.in_table
    if piece["type"] == "hardBreak":
        return "<br>" if style.one_line else "\\\n"
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
