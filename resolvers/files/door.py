"""What a file is for, asked before it is received: who may not put it there is refused before it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from auth.policies import board
from models.ids import Kind, parse_id
from resolvers.kit.access import access, check_workspace
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import CATALOGUE, check_scope

Door = Callable[[Context, Mapping[str, Any]], Awaitable[object]]


async def _card(ctx: Context, given: Mapping[str, Any]) -> None:
    await access(ctx, CARD, given.get("cardId", ""), board.WRITE, field="cardId", fields=frozenset())


async def _workspace(ctx: Context, given: Mapping[str, Any]) -> None:
    field = "workspaceId"
    await check_workspace(ctx, parse_id(given.get(field), Kind.WORKSPACE, field=field), board.WRITE)


DOORS: Mapping[str, Door] = {"attachmentCreate": _card, "projectImportStart": _workspace}
"""By the operation that takes a file."""


async def check_door(ctx: Context, name: str, given: Mapping[str, Any]) -> None:
    """Raise what the operation would raise of its caller and of what its input names."""
    check_scope(ctx, CATALOGUE[name].scope, name)
    await DOORS[name](ctx, given)
