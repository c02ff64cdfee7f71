# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""Quicker twins of what the embedded database does with the values of each document that it finds or changes.

To compare two values it writes both down, or goes through all types that they might have; what is found is copied value
by value, and ordered by comparing each pair in a dozen steps. Most values are an id, a text or nothing: for those these
do at once what all that comes to, and leave the others to the originals. A board is read in half of the processor time.

A script that `embedded_child.py` runs by its path, as `embedded_speed.py`.
"""

import copy
from collections.abc import Callable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bson import ObjectId

_PLAIN = frozenset({ObjectId, str, bool, int, type(None)})
"""Types that are equal, and in order, where Python says so, among values of the same type."""


def quick_clause(slow: Callable[..., bool]) -> Callable[..., bool]:
    """`query._match_clause` for a field that has to have a value, or one of several of its type."""

    def match_clause(doc: Any, key: str, condition: Any, variables: Any, collation: Any) -> bool:
        if collation is None and isinstance(doc, dict) and key in doc and "." not in key and not key.startswith("$"):
            kind = type(value := doc[key])
            if kind in _PLAIN:
                if type(condition) is kind:
                    return bool(value == condition)
                if type(condition) is dict and len(condition) == 1:
                    wanted = condition.get("$in")
                    if type(wanted) is list and set(map(type, wanted)) == {kind}:
                        return value in wanted
        return slow(doc, key, condition, variables, collation)

    return match_clause


def quick_same(slow: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """`ordering.bson_same_stored_value`, which writes both down to compare them."""

    def bson_same_stored_value(before: Any, after: Any) -> bool:
        kind = type(before)
        if kind is type(after) and (kind in _PLAIN or (kind is datetime and before.tzinfo is after.tzinfo is None)):
            return bool(before == after)
        return slow(before, after)

    return bson_same_stored_value


def quick_copy(slow: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`copy.deepcopy` of what was read, in which nothing is twice."""

    def deepcopy(value: Any) -> Any:
        kind = type(value)
        if kind is dict:
            return {name: deepcopy(each) for name, each in value.items()}
        if kind is list:
            return [deepcopy(each) for each in value]
        return value if kind in _PLAIN or kind is datetime else slow(value)

    return deepcopy


def quick_sort(slow: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """`ordering.sort_docs` by fields that hold values of one type each, or none."""

    def sort_docs(docs: list[Any], sort_spec: Mapping[str, Any] | None, collation: Any = None) -> list[Any]:
        spec = sort_spec or {}
        names = list(spec)
        if collation is not None or any("." in name for name in names) or not all(type(doc) is dict for doc in docs):
            return slow(docs, sort_spec, collation)
        for name in names:
            kinds = {type(value) for doc in docs if (value := doc.get(name)) is not None}
            if len(kinds) > 1 or not kinds <= _PLAIN:
                return slow(docs, sort_spec, collation)
        found = docs if not names else list(docs)
        for name in reversed(names):
            found.sort(key=lambda doc: ((value := doc.get(name)) is not None, value), reverse=spec[name] == -1)
        return found

    return sort_docs


def quick_projection(slow: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """`projection._apply_projection_body` for a list of fields, which are not copied: what was read is not kept."""

    def apply_projection_body(doc: Any, plan: Any) -> Any:
        wanted = plan.plain_tree
        is_list = plan.kind == "inclusion" and wanted and not any(wanted.values()) and "_id" not in wanted
        if not is_list or plan.slice_specs or plan.elem_match_paths or type(doc) is not dict:
            return slow(doc, plan)
        first = {"_id": doc["_id"]} if plan.include_id and "_id" in doc else {}
        return first | {name: value for name, value in doc.items() if name in wanted}

    return apply_projection_body


def quicken() -> None:
    """Let the database that is imported in this process use the twins."""
    from secantus import diff, ordering, projection, query, storage, update

    deepcopy = quick_copy(copy.deepcopy)
    query._match_clause = quick_clause(query._match_clause)
    ordering.bson_same_stored_value = diff.bson_same_stored_value = quick_same(ordering.bson_same_stored_value)
    ordering.sort_docs = storage.sort_docs = quick_sort(ordering.sort_docs)
    projection.copy = update.copy = SimpleNamespace(copy=copy.copy, deepcopy=deepcopy)
    projection._apply_projection_body = quick_projection(projection._apply_projection_body)
