"""What is accepted as a TipTap document: nodes of any type, bounded in number and depth, with plain JSON inside."""

from collections.abc import Mapping
from typing import Any

import orjson

from models.errors import BadUserInput
from models.json import check_text
from resolvers.content.parse import UNSAFE, Node
from resolvers.content.url import is_safe_attribute

MAX_NODES = 50_000
"""Nodes, marks and values of attributes."""

MAX_DEPTH = 60
_FIELD = "content"
_KEYS = frozenset({"type", "attrs", "content", "marks", "text"})


def read_tiptap(value: str | Mapping[str, Any]) -> Node:
    """The TipTap document in a JSON text or object.

    Raises BadUserInput for what is no JSON, no document of nodes, deeper than 60 levels or larger than 50,000 nodes,
    and for links to anything but http, https, mailto, tel and relative addresses.
    """
    try:
        doc = orjson.loads(value if isinstance(value, str) else orjson.dumps(value))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError) as error:
        raise BadUserInput("is no TipTap document as JSON", field=_FIELD) from error
    if not isinstance(doc, dict) or doc.get("type") != "doc":
        raise BadUserInput('must be a TipTap document: an object of the type "doc"', field=_FIELD)
    _check_nodes(doc)
    return doc


def _check_nodes(doc: Node) -> None:
    left = MAX_NODES
    pending: list[tuple[Any, int]] = [(doc, 1)]
    while pending:
        node, depth = pending.pop()
        left -= 1 + _check_node(node)
        if depth > MAX_DEPTH or left < 0:
            raise BadUserInput(f"is deeper than {MAX_DEPTH} levels or larger than {MAX_NODES} nodes", field=_FIELD)
        pending += [(child, depth + 1) for child in node.get("content") or ()]


def _check_node(node: Any) -> int:
    """Check a node without what it contains; how many marks and attributes it has."""
    if not isinstance(node, dict) or not _is_name(node.get("type")) or not node.keys() <= _KEYS:
        raise BadUserInput("has a node that is no object with a type, attrs, content, marks and text", field=_FIELD)
    if "text" in node and not (isinstance(node["text"], str) and node["text"]):
        raise BadUserInput("has a text node without text", field=_FIELD)
    if (node["type"] == "text") != ("text" in node):
        raise BadUserInput("has a text outside a text node, or a text node without one", field=_FIELD)
    if "text" in node:
        check_text(node["text"], field=_FIELD)
    for name in ("content", "marks"):
        if not isinstance(node.get(name, []), list):
            raise BadUserInput(f"has a node whose {name} are no list", field=_FIELD)
    marks = node.get("marks") or []
    for mark in marks:
        if not isinstance(mark, dict) or not _is_name(mark.get("type")) or not mark.keys() <= {"type", "attrs"}:
            raise BadUserInput("has a mark that is no object with a type and attrs", field=_FIELD)
    return len(marks) + sum(_check_attrs(part.get("attrs")) for part in (node, *marks))


def _check_attrs(attrs: Any) -> int:
    if attrs is None:
        return 0
    if not isinstance(attrs, dict):
        raise BadUserInput("has attrs that are no object", field=_FIELD)
    found = 0
    pending: list[tuple[str, Any, int]] = [("", attrs, 1)]
    while pending:
        name, value, depth = pending.pop()
        found += 1
        if depth > 8 or found > MAX_NODES:
            raise BadUserInput("has attrs that are deeper than 8 levels", field=_FIELD)
        if isinstance(value, float) and abs(value) >= 2**63:  # what was a larger integer, too
            raise BadUserInput("has a number of more than 64 bits", field=_FIELD)
        if not is_safe_attribute(name, value):
            raise BadUserInput(UNSAFE, field=_FIELD)
        if isinstance(value, str):
            check_text(value, field=_FIELD)
        elif isinstance(value, dict):
            found += len(value)
            for key, child in value.items():
                check_text(key, field=_FIELD)
                pending.append((key, child, depth + 1))
        elif isinstance(value, list):
            pending += [(name, child, depth + 1) for child in value]
    return found


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= 100 and "\x00" not in value
