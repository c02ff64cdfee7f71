"""Proposals: what is read of them, and those that people and agents make by themselves."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_origin

from bson import ObjectId
from pydantic.alias_generators import to_camel

from auth.policies import proposal as policy
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.records import MissionRecord, ProposalRecord, WorkspaceMemberRecord
from realtime.log import Committed
from resolvers.inputs.proposal import ProposalCreate
from resolvers.kit.access import access
from resolvers.kit.call import arguments_schema, is_callable
from resolvers.kit.context import Context
from resolvers.kit.contract import contract
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import MISSION, PROPOSAL, WORKSPACE
from resolvers.kit.operation import CATALOGUE, Caller, Operation, operation, reader
from resolvers.kit.page import Page, Window
from resolvers.kit.tool import tool_name, why_no_tool
from resolvers.proposal.create import Draft, check_size, draft, propose
from resolvers.proposal.graph import Filter, pages_of
from resolvers.proposal.names import with_ids

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE

get_proposal = reader("proposal", PROPOSAL)


@operation("proposals", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_proposals(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, filter: Filter = None, fields: Fields = None
) -> Page[ProposalRecord]:
    """A page of the proposals of a workspace, the newest first."""
    return (await pages_of("workspace_id", [{"_id": membership["workspace_id"]}], fields, window, filter))[0]


@operation("missionProposals", opens=MISSION.by("mission_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_proposals_of_mission(
    ctx: Context, mission: MissionRecord, window: Window, filter: Filter = None, fields: Fields = None
) -> Page[ProposalRecord]:
    """A page of the proposals that came up in a mission, the newest first."""
    return (await pages_of("mission_id", [mission], fields, window, filter))[0]


@operation(
    "proposalCreate", inside=WORKSPACE, permission=policy.CREATE, scope=WRITE, ungated=True, tool="propose_action"
)
async def create_proposal(
    ctx: Context, membership: WorkspaceMemberRecord, values: ProposalCreate
) -> Committed[ProposalRecord]:
    """Propose something, which somebody decides on.

    The name of a tool or an operation tells what would change, and is done once it is approved. Any other words are
    decided on, and no more.
    """
    mission_id = (
        None if values.mission_id is None else await _mission_inside(ctx, values.mission_id, values.workspace_id)
    )
    found = find_operation(values.action)
    if found is None:
        check_size(values.arguments)
        made = Draft(values.action, None, values.arguments, values.arguments, [])
    else:
        tool = tool_name(found) or found.name
        known = await with_ids(ctx, found, known_arguments(found, values.arguments))
        made = await draft(ctx, tool, found, known)
        if (tool, known) != (values.action, values.arguments):
            check_size(values.arguments)
            made = replace(made, said={"action": values.action, "arguments": values.arguments})
    return await propose(ctx, membership["workspace_id"], made, values.explanation, mission_id)


def find_operation(action: str) -> Operation | None:
    """The operation that an action names, as a tool or as itself, whatever its case; None for none that changes
    something by JSON alone. Raises Conflict for what names several, BadUserInput for what is nobody's to propose."""
    wanted = _plain(action)
    named = [
        entry
        for entry in CATALOGUE.values()
        if not entry.read_only and wanted in {_plain(entry.name), _plain(tool_name(entry) or entry.name)}
    ]
    if why := next(filter(None, map(why_no_tool, named)), None):
        # Not kept as mere words either: what it takes may be a secret.
        raise BadUserInput(f"is nothing to propose: {why}", field="action")
    found = [
        entry
        for entry in named
        if entry.caller is Caller.SIGNED_IN and is_callable(entry) and get_origin(contract(entry).returns) is Committed
    ]
    if len(found) > 1:
        names = ", ".join(entry.name for entry in found)
        raise Conflict(f"It is the name of several operations: {names}", field="action")
    return found[0] if found else None


def known_arguments(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by the names that the operation gives them: what it opens may be called by its noun (`cardId` for
    `id`), and where something goes its target (`targetColumn` for `columnId`)."""
    known, door = arguments_schema(operation)["properties"], operation.door
    also = {f"target{name[0].upper()}{name[1:].removesuffix('Id')}": name for name in known}
    if door is not None and not operation.inside:
        also[to_camel(door.noun.key)] = to_camel(door.argument or "id")
    return {name if name in known else also.get(name, name): value for name, value in arguments.items()}


async def _mission_inside(ctx: Context, mission_id: ObjectId, workspace_id: ObjectId) -> ObjectId:
    """The mission of a workspace, and of an agent its own."""
    found = await access(ctx, MISSION, mission_id, policy.CREATE, field="missionId", fields=frozenset({"agent_id"}))
    if found["workspace_id"] != workspace_id or ctx.subject.agent_id not in (None, found["agent_id"]):
        raise NotFound("Mission")
    return ObjectId(found["_id"])


def _plain(name: str) -> str:
    return name.lower().translate({ord(letter): None for letter in "_- "})
