"""What an operation is to an agent: a tool by a name of its own, or none, for a reason."""

import functools
import re
import typing
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, get_args, get_origin

from bson import ObjectId
from typing_extensions import is_typeddict

from realtime.log import Committed
from resolvers.kit.input import Input
from resolvers.kit.operation import Caller, Operation
from resolvers.kit.page import Page
from resolvers.kit.upload import Upload

_ALONE = {Caller.PERSON: "a person alone does it", Caller.ANYONE: "it is for whoever is not signed in"}

_SAME_TWICE = frozenset(
    {"archive", "cancel", "delete", "link", "mark", "move", "remove", "revoke", "set", "unlink", "update"}
)
"""Verbs of what comes to the same when it is done again. Any other one may do it twice."""


@functools.cache
def tool_name(operation: Operation) -> str | None:
    """What agents call an operation; None where it is no tool.

    The word that it declares, or else its verb first, in snake_case: `cardMove` is `move_card`, `labels` `list_labels`.
    """
    if why_no_tool(operation) is not None:
        return None
    words = _words(operation.name)
    if operation.tool is not None:
        return operation.tool
    if operation.read_only:
        return "_".join(["list" if _is_list(_returned(operation)) else "get", *words])
    return "_".join([words[-1], *words[:-1]])


@functools.cache
def why_no_tool(operation: Operation) -> str | None:
    """Why no agent is given an operation as a tool; None where it is one."""
    if operation.no_tool is not None:
        return operation.no_tool
    if operation.caller in _ALONE:
        return _ALONE[operation.caller]
    if operation.reveals:
        return "it hands out a credential"
    held = {type_ for hint in typing.get_type_hints(operation.body).values() for type_ in _inside(hint)}
    return "it takes or gives a file" if {bytes, Upload, AsyncIterator} & held else None


def is_destructive(operation: Operation) -> bool:
    """Whether it takes away what nothing brings back."""
    return not operation.read_only and (operation.destroys or _returned(operation) is ObjectId)


def is_idempotent(operation: Operation) -> bool:
    """Whether the same call twice comes to what it does once."""
    return operation.read_only or bool(_SAME_TWICE & set(_words(operation.name)))


def _words(name: str) -> list[str]:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name).split("_")


def _returned(operation: Operation) -> Any:
    """What an operation returns, without the cursor of a change."""
    returns = typing.get_type_hints(operation.body)["return"]
    return get_args(returns)[0] if get_origin(returns) is Committed else returns


def _is_list(returned: Any) -> bool:
    return (get_origin(returned) or returned) in (list, Sequence, Page)


def _inside(hint: Any) -> Iterator[Any]:
    """A type, what it is made of, and what its fields hold."""
    yield get_origin(hint) or hint
    for argument in get_args(hint):
        yield from _inside(argument)
    if isinstance(hint, type) and (is_typeddict(hint) or issubclass(hint, Input)):
        yield from typing.get_type_hints(hint).values()
