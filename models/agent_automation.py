"""Automations of agents: what starts them on their machines, a script or an agent of launchd. They are records."""

from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.agent_enums import AgentAutomationStatus
from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.facts import FILTER, GRAPH, SHOWN, TOOL, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME, Text
from models.number import Number, number_index
from models.records import AgentAutomationRecord

FILE = Text(1, 1_100, strip=False)
"""A folder of an agent, and a name in it."""


@kind(0xF6)
class AgentAutomation(Stored[AgentAutomationRecord]):
    """What starts an agent, with the file that does it. Nothing here reads or runs that file."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.AGENT_AUTOMATION))
    number: Number = None
    workspace_id: PydanticObjectId
    agent_id: Annotated[PydanticObjectId, Facts("The agent that it starts.", GRAPH | TOOL | FILTER, refers=Kind.AGENT)]
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN | FILTER, text=NAME)]
    type: Annotated[str, Facts("What it is, in a word: `script`, `launchagent`.", SHOWN | WRITTEN | FILTER, text=NAME)]
    path: Annotated[str, Facts("Where its file is, on its machine.", SHOWN | WRITTEN | FILTER, text=FILE)]
    label: Annotated[str | None, Facts("What it is called where it is run.", SHOWN | WRITTEN | FILTER, text=NAME)] = (
        None
    )
    status: Annotated[AgentAutomationStatus, Facts("Whether it is at work.", SHOWN | WRITTEN | FILTER)] = (
        AgentAutomationStatus.ACTIVE
    )
    created_by: Annotated[PydanticObjectId | None, Facts("Who made it.", GRAPH, refers=Kind.USER)] = None
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "agent_automations"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("_id", ASCENDING)]),
            number_index("workspace_id"),
        ]
