"""Proposals: what an agent, or a person, would have done, which waits for a decision."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import ProposalStatus
from models.facts import FILTER, REST, SHOWN, Facts
from models.ids import Kind
from models.records import ProposalRecord


@kind(0x74)
class Proposal(Stored[ProposalRecord]):
    """A proposal. `operation` is what it runs; null for what the gateway cannot do, which is decided on and no more.

    `changes` are the objects that it would change, each with its id, the fields `before` (None: there is none) and
    `after` (None: there is none any more); they are its base, by which it is decided on anew once one of them differs.
    `asked` is the digest of what was asked for, before it was given the id of what it makes: the same, asked for again,
    is no other proposal; `said` is the `action` and the `arguments` in the words of who proposes it, where those are
    called otherwise. `creates` is that id, and `depends_on` the proposals that have to be applied before, as they
    make what it names. `revision` counts what it was edited, or had other changes.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PROPOSAL))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it is in.")]
    agent_id: Annotated[PydanticObjectId | None, Facts("Whose it is; null for that of a person.", SHOWN | FILTER)] = (
        None
    )
    mission_id: Annotated[PydanticObjectId | None, Facts("The mission that it came up in.", SHOWN | FILTER)] = None
    created_by: Annotated[PydanticObjectId, Facts("Who proposes it.", refers=Kind.USER)]
    tool: Annotated[str, Facts("What would be done: the name of a tool, or words where there is none.", SHOWN | FILTER)]
    operation: str | None = None
    arguments: Annotated[dict[str, Any], Facts("With what.")] = Field(default_factory=dict)
    edited_arguments: Annotated[
        dict[str, Any] | None, Facts("With what instead, as somebody who decides has changed it.")
    ] = None
    digest: Annotated[str, Facts("The SHA-256 (hex) of the tool and its arguments, as they are applied.")]
    asked: str = ""
    said: dict[str, Any] | None = None
    revision: Annotated[int, Facts("Counts what was changed of it since it was made, from 1.")] = 1
    explanation: Annotated[str | None, Facts("Why, in the words of who proposes it.")] = None
    changes: list[dict[str, Any]] = Field(default_factory=list)
    creates: PydanticObjectId | None = None
    depends_on: Annotated[list[PydanticObjectId], Facts("Proposals that have to be applied before.", REST)] = Field(
        default_factory=list
    )
    status: Annotated[ProposalStatus, Facts("Where it stands.", SHOWN | FILTER)] = ProposalStatus.PENDING
    decided_by: Annotated[PydanticObjectId | None, Facts("Who decided.", refers=Kind.USER)] = None
    decided_at: Annotated[datetime | None, Facts("When it was decided on.")] = None
    via: Annotated[str | None, Facts("What was decided with: a session, a jwt or a token.")] = None
    reason: Annotated[str | None, Facts("Why it was decided so, which its agent is told.")] = None
    applied_at: Annotated[datetime | None, Facts("When it was done.")] = None
    result: Annotated[Any, Facts("What it came to, once it is applied: the id of what it made or changed.")] = None
    error: Annotated[str | None, Facts("Why it could not be done.")] = None
    created_at: Annotated[datetime, Facts("When it was proposed.", SHOWN | FILTER)] = Field(default_factory=utc_now)
    expires_at: Annotated[
        datetime | None, Facts("When it ends, if nobody decides, as its workspace has set; null for never.")
    ] = None

    class Settings:
        name = "proposals"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_by", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("mission_id", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("mission_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("created_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("expires_at", ASCENDING)]),
        ]
