"""What a tool answers of what its operation returned: text of what was read, an object of what was written."""

from typing import Any, get_args, get_origin

import orjson
from bson import ObjectId

from agents.tools.present import present
from agents.tools.render import MAX_BYTES, NAMES, Part, fitted, render_list, render_object, shorten
from agents.tools.tool import Result, Schema
from realtime.log import Committed
from resolvers.kit.context import Context
from resolvers.kit.contract import contract, many_of
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import noun_of
from resolvers.kit.operation import Operation
from resolvers.kit.page import Page
from resolvers.lane.totals import totals
from resolvers.search.search import FoundPage, totals_of

OFFSET = "offset"
"""The argument that goes on where a result was cut: in a list its rows are counted, else characters."""


def is_paged(operation: Operation) -> bool:
    """Whether its results have cursors of their own to go on by."""
    returns = contract(operation).returns
    return hasattr(get_origin(returns) or returns, "cursor")


async def answer(ctx: Context, name: str, operation: Operation, found: Any, offset: int = 0) -> Result:
    """The result of an operation as its tool, of that name, answers it."""
    listed = name.partition("_")[2].replace("_", " ") or "found"
    if isinstance(found, Committed):
        return await _written(ctx, operation, found)
    noun = _noun(operation)
    if hasattr(found, "nodes"):
        return await _page(ctx, listed, found, noun)
    if isinstance(found, list):
        rows = await present(ctx, found[offset:], noun)
        part = Part(rows, min(offset, len(found)), len(found), False, lambda shown: f"{OFFSET}={offset + shown}")
        return render_list(listed, part)
    shown = await present(ctx, found, noun)
    return fitted(shorten(shown)) if _is_state(operation) else render_object(shown, offset)


async def _page(ctx: Context, name: str, page: Any, noun: Noun[Any] | None) -> str:
    if isinstance(page, FoundPage):
        [total], nodes = await totals_of(ctx, [page], None), [found.node for found in page.nodes]
    else:
        [total], nodes = await totals([page]), page.nodes
    rows = await present(ctx, nodes, noun)

    def next_of(shown: int) -> str:
        return f"after={page.cursor(page.nodes[shown - 1])}"

    return render_list(name, Part(rows, None, total, page.has_next, next_of))


async def _written(ctx: Context, operation: Operation, done: Committed[Any]) -> dict[str, Any]:
    cursor = str(done.cursor)
    if isinstance(done.value, ObjectId):
        return {"status": "DONE", "deleted": str(done.value), "cursor": cursor}
    shown = shorten(await present(ctx, done.value, _noun(operation)))
    key = _key(operation)
    result = {"status": "DONE", **({key: shown} if shown is not None else {}), "cursor": cursor}
    if len(orjson.dumps(result)) <= MAX_BYTES:
        return result
    named = {name: shown[name] for name in ("id", *NAMES) if name in shown} if isinstance(shown, dict) else None
    return {"status": "DONE", key: named, "cursor": cursor, "cut": "larger than 20 kB: read it to see all of it"}


def output_schema(operation: Operation) -> Schema | None:
    """The schema of what the tool of an operation answers; None for text.

    A change of an agent may be PENDING: then it is a `proposal`, which somebody decides on.
    """
    if _is_state(operation):
        return {"type": "object"}
    if operation.read_only:
        return None
    made = _made(operation)
    shown: Schema = {"type": "string"} if made is ObjectId else {}
    key = "deleted" if made is ObjectId else _key(operation)
    properties = {"status": {"enum": ["DONE", "PENDING"]}, key: shown, "cursor": {"type": "string"}, "proposal": {}}
    return {"type": "object", "properties": properties, "required": ["status"]}


def _is_state(operation: Operation) -> bool:
    """Whether it reads how something stands, which programs act on: `pilotageState`."""
    return operation.read_only and operation.name.endswith("State")


def _key(operation: Operation) -> str:
    """What a change is shown as: the noun that it was made of, or else its result."""
    noun = _noun(operation)
    return "result" if noun is None or many_of(_made(operation)) is not None else noun.shown_as


def _made(operation: Operation) -> Any:
    returns = contract(operation).returns
    return get_args(returns)[0] if get_origin(returns) is Committed else returns


def _noun(operation: Operation) -> Noun[Any] | None:
    """The noun of the records that an operation returns."""
    made = _made(operation)
    if (get_origin(made) or made) is Page or many_of(made) is not None:
        made = next(iter(get_args(made)), None)
    if operation.door is not None and operation.door.as_asked:
        return operation.door.noun
    return noun_of(made)
