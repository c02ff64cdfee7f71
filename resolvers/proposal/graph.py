"""What can be reached from proposals, and the proposals that can be reached from what they are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from bson import ObjectId
from pydantic.alias_generators import to_camel

from models import Agent, Proposal
from models.base import AnyRecord, Record, timestamp
from models.enums import Priority, TokenScope
from models.facts import Declared, facts_of
from models.ids import kind_of
from models.records import ProposalRecord
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.filters import compile_filter
from resolvers.kit.load import by_ids, to_one
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import NOUNS
from resolvers.kit.operation import edge
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages

READ = TokenScope.PILOTAGE_READ

Filter = Annotated[Mapping[str, Any] | None, Filters(Proposal)]


@edge(scope=READ)
async def proposals_of_workspace(
    ctx: Context,
    workspaces: Sequence[AnyRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    filter: Filter = None,
) -> list[Page]:
    """The proposals of a workspace, the newest first."""
    return await pages_of("workspace_id", workspaces, fields, Window.read(first, after), filter)


@edge(scope=READ)
async def proposals_of_mission(
    ctx: Context,
    missions: Sequence[AnyRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    filter: Filter = None,
) -> list[Page]:
    """The proposals that came up in a mission, the newest first."""
    return await pages_of("mission_id", missions, fields, Window.read(first, after), filter)


@edge(scope=READ)
async def agent_of(ctx: Context, proposals: Sequence[ProposalRecord], fields: Fields) -> list[Record | None]:
    """The agent of each proposal, one that was deleted since too."""
    return await to_one(Agent, proposals, "agent_id", fields)


@edge(scope=READ)
async def arguments_of(ctx: Context, proposals: Sequence[ProposalRecord], fields: Fields) -> list[Any]:
    """The arguments of each proposal."""
    return await _values(proposals, "arguments")


@edge(scope=READ)
async def edited_arguments_of(ctx: Context, proposals: Sequence[ProposalRecord], fields: Fields) -> list[Any]:
    """What the arguments of each proposal were changed to; None for no change."""
    return await _values(proposals, "edited_arguments")


@edge(scope=READ)
async def changes_of(ctx: Context, proposals: Sequence[ProposalRecord], fields: Fields) -> list[list[Record]]:
    """What each proposal would change: objects, with the fields before and after."""
    return [list(map(told_change, changes)) for changes in await _values(proposals, "changes")]


def told_change(change: Mapping[str, Any]) -> Record:
    """What a proposal would change of an object, by the names of clients."""
    kind = kind_of(change["id"])
    model: Any = None if kind is None else NOUNS[kind].model
    facts = {} if model is None else facts_of(model)
    return {"id": change["id"], "before": _side(change["before"], facts), "after": _side(change["after"], facts)}


def _side(values: Mapping[str, Any] | None, facts: Mapping[str, Declared]) -> Record | None:
    if values is None:
        return None
    return {to_camel(key): _in_words(value, facts.get(key)) for key, value in values.items()}


def _in_words(value: Any, field: Declared | None) -> Any:
    # A priority is a number in the database; of a large change its hash is kept.
    is_priority = field is not None and field.type is Priority and isinstance(value, int)
    return Priority(value).word if is_priority else _told(value)


def _told(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {to_camel(key): _told(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_told(inner) for inner in value]
    if isinstance(value, ObjectId):
        return str(value)
    return timestamp(value) if isinstance(value, datetime) else value


async def _values(proposals: Sequence[AnyRecord], key: str) -> list[Any]:
    """What proposals have under a key that events leave out of them (`realtime.events.proposal`)."""
    untold = [proposal["_id"] for proposal in proposals if key not in proposal]
    found: Mapping[Any, AnyRecord] = await by_ids(Proposal, untold, frozenset({key}))
    return [proposal[key] if key in proposal else found.get(proposal["_id"], _GONE)[key] for proposal in proposals]


_GONE: Record = {"arguments": {}, "edited_arguments": None, "changes": []}


async def pages_of(
    key: str, parents: Sequence[AnyRecord], fields: Fields, window: Window, filter: Filter = None
) -> list[Page]:
    ids = [parent["_id"] for parent in parents]
    where = compile_filter(filter, Proposal)
    found = await pages(Proposal, key, ids, window, sort=NEWEST_FIRST, where=where, fields=fields)
    return [found[object_id] for object_id in ids]
