"""What is proposed: by an agent, because it may not do it by itself, or by whoever says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args, get_origin

import orjson
from bson import ObjectId
from pydantic.alias_generators import to_camel

from models import Proposal, Workspace
from models.base import collection, to_record
from models.enums import ProposalStatus, StorageKind
from models.errors import BadUserInput
from models.ids import id_inside, parse_id
from models.records import ProposalRecord
from realtime.events.proposal import ProposalCreated
from realtime.log import Change, Committed
from resolvers.files.storage_account import charge
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.contract import contract
from resolvers.kit.nouns import noun_of
from resolvers.kit.operation import Operation
from resolvers.proposal.preview import digest_of, rehearse
from resolvers.proposal.trim import size_of
from resolvers.state.mission_status import only_mission_of
from resolvers.state.proposal_status import MAX_PENDING

MAX_ARGUMENTS = 256 * 1024
"""Bytes of the arguments of a proposal in JSON: a long document."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be done. `operation` is None for what the gateway cannot do; `arguments` are those `asked` for, with
    the id of what it `creates`; `changes` are what is known of it, `depends_on` the proposals that make what it names.
    """

    tool: str
    operation: Operation | None
    asked: Mapping[str, Any]
    arguments: Mapping[str, Any]
    changes: list[dict[str, Any]]
    creates: ObjectId | None = None
    depends_on: tuple[ObjectId, ...] = ()
    said: Mapping[str, Any] | None = None


async def draft(ctx: Context, tool: str, operation: Operation, arguments: Mapping[str, Any]) -> Draft:
    """What a call of an operation would do, of whoever asks; raises what the call would. What it makes has its id
    already, so that others may name it before it is there."""
    creates = _made_id(operation, arguments)
    given = dict(arguments) if creates is None else {**arguments, "id": str(creates)}
    check_size(given)
    return Draft(tool, operation, arguments, given, await rehearse(ctx, operation.name, given), creates)


async def draft_after(ctx: Context, tool: str, operation: Operation, arguments: Mapping[str, Any]) -> Draft | None:
    """What would be done to what a proposal of the same agent makes, once that is applied; None where it names none."""
    check_size(arguments)
    named = _texts(arguments)
    waiting = collection(Proposal).find(
        {"agent_id": ctx.subject.agent_id, "status": ProposalStatus.PENDING.value}, {"creates": 1}
    )
    before = [
        proposal["_id"]
        for proposal in await waiting.to_list()
        if proposal["creates"] is not None and str(proposal["creates"]) in named
    ]
    creates = _made_id(operation, arguments)
    given = dict(arguments) if creates is None else {**arguments, "id": str(creates)}
    return Draft(tool, operation, arguments, given, [], creates, tuple(before)) if before else None


async def propose(
    ctx: Context, workspace_id: ObjectId, made: Draft, explanation: str | None, mission_id: ObjectId | None = None
) -> Committed[ProposalRecord]:
    """Write a proposal, of a mission or of the only one that its agent works on; one that waits already is answered
    where the same agent asks for the same again."""
    agent_id = ctx.subject.agent_id
    pending = {"created_by": ctx.user_id, "status": ProposalStatus.PENDING.value}
    inside = mission_id or await only_mission_of(agent_id)

    async def body(change: Change) -> ProposalRecord:
        again = {"workspace_id": workspace_id, **pending, "asked": digest_of(made.tool, made.asked)}
        if (waits := await collection(Proposal).find_one(again, session=change.session)) is not None:
            return waits
        days = await _days(change, workspace_id)
        await require_room(change, Proposal, pending, MAX_PENDING, "proposals that wait")
        proposal = to_record(
            Proposal(
                workspace_id=workspace_id,
                agent_id=agent_id,
                mission_id=inside,
                created_by=ctx.user_id,
                tool=made.tool,
                operation=None if made.operation is None else made.operation.name,
                arguments=dict(made.arguments),
                digest=digest_of(made.tool, made.arguments),
                asked=again["asked"],
                said=None if made.said is None else dict(made.said),
                explanation=explanation,
                changes=made.changes,
                creates=made.creates,
                depends_on=list(made.depends_on),
                created_at=change.at,
                expires_at=None if days is None else change.at + timedelta(days=days),
            )
        )
        await charge(ctx, change, workspace_id, StorageKind.REPORTS, size_of(proposal))
        await collection(Proposal).insert_one(proposal, session=change.session)
        change.append(workspace_id, ProposalCreated(proposal=proposal))
        return proposal

    return await ctx.write(workspace_id, body)


def check_size(arguments: Mapping[str, Any]) -> None:
    """Raise BadUserInput for arguments that are too large to be kept."""
    if len(orjson.dumps(arguments)) > MAX_ARGUMENTS:
        raise BadUserInput(f"is larger than {MAX_ARGUMENTS // 1024} kB of JSON", field="arguments")


def _made_id(operation: Operation, arguments: Mapping[str, Any]) -> ObjectId | None:
    """The id of what an operation makes, where it takes one: a new one, unless it is given."""
    takes, door = contract(operation), operation.door
    made = noun_of(get_args(takes.returns)[0]) if get_origin(takes.returns) is Committed else None
    if takes.input is None or "id" not in takes.input.model_fields or made is None or door is None:
        return None
    if (given := arguments.get("id")) is not None:
        return parse_id(given, made.kind)
    return id_inside(made.kind, parse_id(arguments.get(to_camel(door.argument or door.noun.key)), door.noun.kind))


def _texts(value: Any) -> set[str]:
    """The texts in JSON."""
    if isinstance(value, Mapping):
        return {text for inner in value.values() for text in _texts(inner)}
    if isinstance(value, list):
        return {text for inner in value for text in _texts(inner)}
    return {value} if isinstance(value, str) else set()


async def _days(change: Change, workspace_id: ObjectId) -> int | None:
    """After how many days a proposal ends that nobody decides on."""
    wanted = {"proposals_expire_days": 1}
    found = await collection(Workspace).find_one({"_id": workspace_id}, wanted, session=change.session)
    return None if found is None else found.get("proposals_expire_days")
