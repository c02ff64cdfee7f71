"""Agents: service users of a workspace that carry out missions."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.agent_enums import AgentStatus
from models.base import Stored, id_factory, kind, utc_now
from models.enums import AutonomyMode, Verdict
from models.facts import GRAPH, REST, SHOWN, TOOL, UPDATE, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME, PATH, SLUG, TITLE, Text
from models.number import Number, number_index
from models.records import AgentRecord

EMOJI = Text(1, 16)


@kind(0x71)
class Agent(Stored[AgentRecord]):
    """An agent. `slug` is unique in its workspace; `user_id` is the service user that it acts as.

    `created_by` is the person who made it, and was shown its token. A deleted agent stays, with `deleted_at`, for the
    missions that name it; nobody else finds it. Its status follows from what it said last, when that was, whether it is
    paused and what it works on (`resolvers.agent.presence`).
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.AGENT))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it works in.")]
    user_id: Annotated[PydanticObjectId, Facts("The user that it acts as.", refers=Kind.USER)]
    created_by: PydanticObjectId | None = None
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN, text=NAME)]
    slug: Annotated[str, Facts("The name in addresses, unique in the workspace.", SHOWN | WRITTEN, text=SLUG)]
    number: Number = None
    description: Annotated[str | None, Facts("What it is good at.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    autonomy_mode: Annotated[AutonomyMode, Facts("How freely it acts.", SHOWN | WRITTEN)] = AutonomyMode.SUPERVISED
    skill_ids: list[PydanticObjectId] = Field(default_factory=list)
    tools: Annotated[list[str], Facts("The tools that it may use: their names or groups, or * for all.")] = Field(
        default_factory=list
    )
    policy: Annotated[
        dict[str, Verdict],
        Facts("What becomes of what it would change, by tools, groups or *, where its mode says otherwise."),
    ] = Field(default_factory=dict)
    mcp_only: Annotated[bool, Facts("Whether it is only driven from outside, over MCP.", SHOWN | WRITTEN)] = False
    model: Annotated[
        str | None,
        Facts("The model that it works with, by its name; null for the default.", SHOWN | WRITTEN, text=NAME),
    ] = None
    rate_limit: Annotated[
        int | None, Facts("How many calls it may make a minute; null for as many as it likes.", SHOWN | WRITTEN)
    ] = None
    emoji: Annotated[str | None, Facts("What stands for it.", GRAPH | TOOL | WRITTEN, text=EMOJI)] = None
    color: Annotated[str | None, Facts("Its colour, as #rrggbb.", GRAPH | WRITTEN)] = None
    role: Annotated[str | None, Facts("What it is, in a word.", GRAPH | TOOL | WRITTEN, text=NAME)] = None
    interval_seconds: Annotated[
        int | None, Facts("After how many seconds it looks for work again; null for no rhythm.", GRAPH | TOOL | WRITTEN)
    ] = None
    workspace_path: Annotated[
        str | None, Facts("The folder that it works in, on its machine.", GRAPH | TOOL | WRITTEN, text=PATH)
    ] = None
    current_task: Annotated[str | None, Facts("What it says that it works on.", GRAPH | TOOL | UPDATE, text=TITLE)] = (
        None
    )
    reported_status: Annotated[
        AgentStatus | None, Facts("What it last said, or was said, to be about.", GRAPH | TOOL)
    ] = None
    paused_at: Annotated[datetime | None, Facts("Since when it is paused; null where it is not.", GRAPH | TOOL)] = None
    note: Annotated[
        str | None, Facts("What was said when it was last stopped, started or begun anew.", GRAPH | TOOL)
    ] = None
    heartbeat_at: Annotated[datetime | None, Facts("When it last gave a sign of life.", GRAPH | TOOL)] = None
    updated_at: Annotated[datetime, Facts("When it last changed.", REST)] = Field(default_factory=utc_now)
    deleted_at: datetime | None = None

    class Settings:
        name = "agents"
        indexes = [
            # Null among those that are not deleted, so that a slug is free again.
            IndexModel([("workspace_id", ASCENDING), ("slug", ASCENDING), ("deleted_at", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING)]),
            number_index("workspace_id"),
        ]
