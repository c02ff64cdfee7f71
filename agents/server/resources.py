"""Resources: workspaces, projects, cards, documents and missions as tools tell of them, and what has happened."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from bson import ObjectId

from agents.server.address import KINDS, Address, uri_of
from agents.tools.catalogue import call_tool
from agents.tools.present import present
from agents.tools.render import MAX_BYTES, inline, size_of
from models.ids import Kind
from realtime.told import ToldEvent
from resolvers.kit.access import access, check_workspace
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.kit.nouns import NOUNS, WORKSPACE
from resolvers.kit.operation import check_scope
from resolvers.subscribe import Source, workspace_events

TEXT = "text/plain"
MOST_EVENTS = 100

_TOOLS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.WORKSPACE: ("list_projects", "workspaceId", "A workspace: its projects."),
    Kind.PROJECT: ("get_board", "projectId", "A project: its board."),
    Kind.CARD: ("get_card", "id", "A card."),
    Kind.DOCUMENT: ("get_document", "id", "A document with its text; a long one goes on at an offset."),
    Kind.MISSION: ("get_mission", "id", "What an agent was asked, and how far it is."),
}
"""The tool that a resource is read by, its argument, and what it is."""


def templates() -> list[types.ResourceTemplate]:
    """How addresses are made."""
    names = {name: _TOOLS[kind][2] for name, kind in KINDS.items()}
    return [
        *(
            types.ResourceTemplate(
                name=name, uri_template=f"orrery://{name}/{{id}}{{?offset}}", description=told, mime_type=TEXT
            )
            for name, told in names.items()
        ),
        *(
            types.ResourceTemplate(
                name=f"{name}-events",
                uri_template=f"orrery://{name}/{{id}}/events{{?after}}",
                description=f"What has happened to a {name} after a cursor; without one, where its events stand.",
                mime_type=TEXT,
            )
            for name in names
        ),
    ]


async def listed(ctx: Context) -> list[types.Resource]:
    """The workspaces in reach: all else is below them."""
    reach = await call(ctx, "whoami", {})
    return [
        types.Resource(
            uri=uri_of(Kind.WORKSPACE, workspace["_id"]),
            name=workspace["slug"],
            title=workspace["name"],
            mime_type=TEXT,
        )
        for workspace in reach["workspaces"]
    ]


async def read(ctx: Context, uri: str) -> str:
    """What is at an address, at most 20 kB. Raises NotFound, also for what is out of reach."""
    address = Address.read(uri)
    if address.is_history:
        return await _history(ctx, address)
    tool, argument, _ = _TOOLS[address.kind]
    offset = {"offset": address.offset} if address.offset else {}
    told = await call_tool(ctx, tool, {argument: str(address.id), **offset})
    return str(told)


@dataclass(frozen=True, slots=True)
class Place:
    """An address in reach, with the workspace whose stream tells of it."""

    address: Address
    workspace_id: ObjectId


async def place_of(ctx: Context, address: Address) -> Place:
    """Where an address is; raises NotFound or Forbidden as its door does."""
    noun = NOUNS[address.kind]
    check_scope(ctx, noun.scope, address.uri)
    if noun is WORKSPACE:
        await check_workspace(ctx, address.id, noun.reads)
        return Place(address, address.id)
    record = await access(ctx, noun, address.id, noun.reads, fields=frozenset())
    return Place(address, record["workspace_id"])


async def _history(ctx: Context, address: Address) -> str:
    """The events after a cursor, as many as fit, and where they end."""
    place = await place_of(ctx, address)
    source: Source = await workspace_events(ctx, place.workspace_id, address.after)
    lines: list[str] = []
    left, cursor, more = MAX_BYTES - 300, address.after, False
    async with aclosing(_missed(source)) as missed:
        async for event in missed:
            if event["type"] != "StreamReady" and address.concerns(event):
                line = f"- {event['type']} {inline(await present(ctx, _told(event)), among_others=True)}"
                left -= size_of(line) + 1
                if left < 0 or len(lines) == MOST_EVENTS:
                    more = True
                    break
                lines.append(line)
            elif event["type"] == "StreamReady" and not event["data"]["recovered"]:
                lines.append("The log does not reach back that far: read the resource again.")
            cursor = event["cursor"]
    return "\n".join([f"events: {len(lines)}{'' if more else ', no more'}, next: after={cursor}", *lines])


def _told(event: ToldEvent) -> dict[str, Any]:
    return {"at": event["at"], "actor": event.get("actor_id"), **event["data"]}


async def _missed(source: Source) -> AsyncGenerator[ToldEvent, None]:
    """The events up to now, and the one that says so."""
    try:
        async for event in source:
            yield event
            if event["type"] == "StreamReady":
                return
    finally:
        await source.aclose()
