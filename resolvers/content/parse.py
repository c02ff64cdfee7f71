"""From Markdown (CommonMark with tables, strike-through and task lists) to a TipTap document."""

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from models.errors import BadUserInput, PayloadTooLarge
from resolvers.content.url import is_safe_url, runs_script

Node = dict[str, Any]
"""A node of a TipTap document: `type`, and `attrs`, `content`, `marks`, `text` where it has them."""

MAX_LINES = 40_000
MAX_PIECES = 250_000
"""Of what the parser makes out of a text: blocks, cells, marks, line breaks. A second or two of work; a book of
1,000,000 bytes with a piece every fifth byte has 200,000."""

MAX_CONVERTED = 8_000_000
"""Bytes of a text in both of its forms. The address of one definition may stand in every link."""

MAX_BRACKETS = 1_000
MAX_READINGS = 5_000_000
"""Of brackets, the squares of their numbers in each paragraph: about a second."""

MAX_LEVEL = 60
"""Of nested Markdown blocks; a list and its item are two."""

MARK_RANK = {"link": 0, "bold": 1, "italic": 2, "strike": 3, "code": 4}
_MARKS = {"strong": "bold", "em": "italic", "s": "strike"}
_BLOCKS = {
    "paragraph": "paragraph",
    "heading": "heading",
    "blockquote": "blockquote",
    "bullet_list": "bulletList",
    "ordered_list": "orderedList",
    "list_item": "listItem",
    "table": "table",
    "tr": "tableRow",
    "th": "tableHeader",
    "td": "tableCell",
}
_CELLS = frozenset({"tableHeader", "tableCell"})
_ONE_LINE = _CELLS | {"heading"}
"""Where Markdown has no line break of its own, and `<br>` is read as one."""

_LISTS = frozenset({"bulletList", "orderedList"})
LEFT = "pieces left"
"""Where a parser's environment says how much it may still make."""

UNSAFE = "has a link that is neither of http, https, mailto or tel nor relative, or would run a script"
_BRACKET = re.compile(r"(?<!\\)\[")
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\](?:[ \t]+|\n|\Z)")


def to_tiptap(markdown: str) -> Node:
    """The document that a Markdown text shows.

    Raises BadUserInput for more than 40,000 lines, 250,000 pieces, 60 levels, or 1,000 brackets in a paragraph (or
    hundreds in many): reading those would take a time that grows with their square. Raises it for links that run
    scripts, too, because the Markdown is handed out as it came; other links than those of `SCHEMES` are read as their
    text.
    """
    if markdown.count("\n") + markdown.count("\r") >= MAX_LINES:
        raise BadUserInput(f"has more than {MAX_LINES} lines", field="content")
    return _build(PARSER.parse(markdown))


def _build(tokens: Sequence[Token]) -> Node:
    size = 0
    doc: Node = {"type": "doc", "content": []}
    open_nodes = [doc]
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.level > MAX_LEVEL:
            raise BadUserInput("is nested too deeply", field="content")
        if token.type == "inline":
            inside = open_nodes[-1]
            content = inline_nodes(token.children or [], one_line=inside["type"] in _ONE_LINE)
            size += _check_links(content)
            if size > MAX_CONVERTED:
                raise PayloadTooLarge(f"The text of a document is at most {MAX_CONVERTED} bytes in both of its forms")
            inside["content"] = [_paragraph(content)] if inside["type"] in _CELLS else content
        elif token.nesting == 0:
            open_nodes[-1]["content"].append(_leaf(token))
        elif name not in _BLOCKS:  # thead and tbody: TipTap has rows alone
            continue
        elif token.nesting == 1:
            node = _container(token, name)
            open_nodes[-1]["content"].append(node)
            open_nodes.append(node)
        else:
            _close(open_nodes.pop(), open_nodes[-1])
    return _filled(doc)


def _container(token: Token, name: str) -> Node:
    node: Node = {"type": _BLOCKS[name]}
    if name == "heading":
        node["attrs"] = {"level": int(token.tag[1:])}
    elif "checked" in token.meta:
        node |= {"type": "taskItem", "attrs": {"checked": token.meta["checked"]}}
    elif name == "ordered_list" and "start" in token.attrs:
        node["attrs"] = {"start": token.attrs["start"]}
    elif name in ("th", "td") and "style" in token.attrs:
        node["attrs"] = {"align": str(token.attrs["style"]).removeprefix("text-align:")}
    node["content"] = []
    return node


def _close(node: Node, parent: Node) -> None:
    content = node["content"]
    if node["type"] == "paragraph" and parent["type"] in ("doc", "blockquote"):
        if [part["type"] for part in content] == ["image"]:
            parent["content"][-1] = content[0]
    elif node["type"] in ("listItem", "taskItem"):
        if not content or content[0]["type"] != "paragraph":  # as TipTap's own schema wants it
            content.insert(0, {"type": "paragraph"})
    elif node["type"] == "blockquote":
        _filled(node)
    elif node["type"] in _LISTS:
        parent["content"][-1:] = _by_kind(node)
    if not content:
        del node["content"]


def _by_kind(node: Node) -> list[Node]:
    """A list as TipTap has them: tasks in lists of their own, and each list numbered on from the one before it."""
    found: list[Node] = []
    is_numbered = node["type"] == "orderedList"
    for number, item in enumerate(node["content"], node.get("attrs", {}).get("start", 1)):
        kind = "taskList" if item["type"] == "taskItem" else node["type"]
        if not found or found[-1]["type"] != kind:
            has_start = is_numbered and (kind == "taskList" or number != 1)
            found.append({"type": kind, **({"attrs": {"start": number}} if has_start else {}), "content": []})
        found[-1]["content"].append(item)
    return found


def _filled(node: Node) -> Node:
    if not node["content"]:
        node["content"].append({"type": "paragraph"})
    return node


def _paragraph(content: list[Node]) -> Node:
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def _leaf(token: Token) -> Node:
    if token.type == "hr":
        return {"type": "horizontalRule"}
    text = token.content.removesuffix("\n")
    node: Node = {"type": "codeBlock", "attrs": {"language": unescapeAll(token.info).strip() or None}}
    return {**node, "content": [{"type": "text", "text": text}]} if text else node


def inline_nodes(tokens: Sequence[Token], *, one_line: bool = False) -> list[Node]:
    """The inline nodes of a paragraph; neighbours of the same marks are one text. On `one_line`, `<br>` is a break."""
    found: list[Node] = []
    marks: list[Node] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting == 1:
            marks.append(_link(token) if name == "link" else {"type": _MARKS[name]})
        elif token.nesting == -1:
            kind = _MARKS.get(name, name)
            marks.remove(next(mark for mark in reversed(marks) if mark["type"] == kind))
        elif token.type == "hardbreak" or (token.type == "br" and one_line):
            found.append({"type": "hardBreak"})
        elif token.type == "image":
            found.append(_image(token, marks))
        elif token.type == "code_inline":
            _add_text(found, token.content, [*marks, {"type": "code"}])
        else:
            _add_text(found, " " if token.type == "softbreak" else token.content, marks)
    return found


def _link(token: Token) -> Node:
    attrs: Node = {"href": token.attrs["href"]}
    return {"type": "link", "attrs": {**attrs, "title": token.attrs["title"]} if "title" in token.attrs else attrs}


def _image(token: Token, marks: Sequence[Node]) -> Node:
    alt = "".join(" " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or [])
    attrs = {"src": token.attrs["src"], "alt": alt or None, "title": token.attrs.get("title")}
    link = [mark for mark in marks if mark["type"] == "link"]
    return {"type": "image", "attrs": attrs, **({"marks": link} if link else {})}


def _add_text(found: list[Node], text: str, marks: Sequence[Node]) -> None:
    if not text:
        return
    distinct = {mark["type"]: mark for mark in marks}
    ranked = sorted(distinct.values(), key=lambda record: MARK_RANK[record["type"]])
    last = found[-1] if found else {}
    if last.get("type") == "text" and last.get("marks", []) == ranked:
        last["text"] += text
    else:
        found.append({"type": "text", **({"marks": ranked} if ranked else {}), "text": text})


def _guard(state: StateCore) -> None:
    """Refuse paragraphs that the inline rules would read again and again, once for each bracket."""
    readings = 0
    for token in state.tokens:
        if token.type == "inline":
            brackets = len(_BRACKET.findall(token.content))
            readings += brackets**2
            if brackets > MAX_BRACKETS or readings > MAX_READINGS:
                raise BadUserInput(f"has too many brackets: {MAX_BRACKETS} in one paragraph at most", field="content")


def _tasks(state: StateCore) -> None:
    """Make items that begin with a box tasks."""
    for place, token in enumerate(state.tokens):
        if token.type == "list_item_open" and state.tokens[place + 1].type == "paragraph_open":
            text = state.tokens[place + 2]
            if box := _TASK.match(text.content):
                token.meta["checked"] = box[1] != " "
                text.content = text.content[box.end() :]


def _break(state: StateInline, silent: bool) -> bool:
    """A `<br>`: what it means depends on the block that it stands in."""
    found = _BREAK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("br", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _check_links(content: Sequence[Node]) -> int:
    """Refuse links that run scripts; how many characters the addresses and titles have."""
    size = 0
    for node in content:
        links = [mark["attrs"]["href"] for mark in node.get("marks", ()) if mark["type"] == "link"]
        image = node["type"] == "image"
        if not all(map(is_safe_url, links)) or (image and not is_safe_url(node["attrs"]["src"], of_image=True)):
            raise BadUserInput(UNSAFE, field="content")
        size += sum(len(str(mark["attrs"])) for mark in node.get("marks", ()) if mark["type"] == "link")
        size += len(str(node["attrs"])) if image else 0
    return size


def _is_link(address: str) -> bool:
    """Those that run scripts are links as well: to be found, and refused."""
    return is_safe_url(address) or runs_script(address)


def _as_written(address: str) -> str:
    return address


class _Pieces(list[Token]):
    """Tokens that are counted as they are made, those of a whole text together; one too many is refused."""

    def __init__(self, env: MutableMapping[str, Any]) -> None:
        super().__init__()
        self._env = env

    def append(self, token: Token) -> None:
        left = self._env[LEFT] = self._env.get(LEFT, MAX_PIECES) - 1
        if left < 0:
            raise BadUserInput("has too many blocks, cells, marks or line breaks", field="content")
        super().append(token)


class _InlineParser(ParserInline):
    """Markdown's inline parser, also that of the texts in images, with a bound on what it makes."""

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        tokens += super().parse(src, md, env, _Pieces(env))
        return tokens


def _count(state: StateCore) -> None:
    state.tokens = _Pieces(state.env)


def _parser() -> MarkdownIt:
    made = MarkdownIt()
    made.inline = _InlineParser()
    made.configure("commonmark", {"html": False, "maxNesting": 100}).enable(["table", "strikethrough"])
    made.core.ruler.before("block", "count", _count)
    made.core.ruler.before("inline", "guard", _guard)
    made.core.ruler.before("inline", "tasks", _tasks)
    made.inline.ruler.before("autolink", "break", _break)
    made.validateLink = _is_link  # type: ignore[method-assign, assignment]
    made.normalizeLink = _as_written  # type: ignore[method-assign, assignment]
    made.normalizeLinkText = _as_written  # type: ignore[method-assign, assignment]
    return made


PARSER = _parser()
"""Shared by threads: it keeps nothing of what it reads."""
