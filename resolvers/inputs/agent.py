"""Inputs of the operations on agents."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models import Agent
from models.agent_enums import AgentStatus
from models.facts import CREATE, UPDATE
from models.ids import Kind
from models.limits import TITLE, Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Color, Flag, IdOf, Input, Name, NotNull, Policy, Slug, WorkspaceId

MAX_TOOLS = 100

Tools = Annotated[list[Annotated[str, Text(1, 100)]], Field(max_length=MAX_TOOLS)]

Interval = Annotated[int, Field(strict=True, ge=1, le=2_592_000)]
"""Seconds, 30 days at most."""

Rate = Annotated[int, Field(strict=True, ge=1, le=100_000)]

RATE = "How many calls it may make a minute, at all doors together, 1 to 100,000; null for as many as it likes."
TOOLS = "The tools that it may use: their names, groups of them (`write_cards`), or `*` for all"
POLICY = "What becomes of what it would change, where its mode says otherwise: by tools, groups or `*`"
COLOR = "Its colour as #rrggbb; null for none."
INTERVAL = "After how many seconds it looks for work again, 1 to 2,592,000; null for no rhythm."


@fields_of(Agent, CREATE)
class AgentCreate(Input):
    """A new agent.

    `tools` names what the agent may use; `mcp_only` tells that it is driven over MCP alone.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it works in.")
    name: Name = Field(description="The name, 1 to 100 characters.")
    slug: Slug = Field(description="The name in addresses, unique in the workspace.")
    tools: Tools | None = Field(None, description=f"{TOOLS}; by default those that work on boards and documents take.")
    policy: Policy = Field(default_factory=dict, description=f"{POLICY}.")
    rate_limit: Rate | None = Field(None, description=RATE)
    color: Color | None = Field(None, description=COLOR)
    interval_seconds: Interval | None = Field(None, description=INTERVAL)
    status: AgentStatus | None = Field(None, description="What it is about, as of now; PAUSED pauses it.")
    template_id: Annotated[ObjectId, IdOf(Kind.AGENT_TEMPLATE)] | None = Field(
        None, description="The template that it begins with, wherever nothing else is said."
    )


class AgentSetUp(AgentCreate):
    """A new agent with all that it begins with.

    `templateId` also says who it is.
    """

    with_token: Flag = Field(True, description="Whether it is to have a token of its own, if a signed-in person asks.")


@fields_of(Agent, UPDATE)
class AgentUpdate(Input):
    """What changes of an agent.

    Only what is given changes; null clears `description`. A `status` counts as a sign of life, but OFFLINE and PAUSED.
    PAUSED pauses the agent, which leaves what it works on alone, and any other has it go on.
    """

    tools: Annotated[Tools | None, NotNull] = Field(None, description=f"{TOOLS}.")
    policy: Annotated[Policy | None, NotNull] = Field(None, description=f"{POLICY}; in place of what there was.")
    rate_limit: Rate | None = Field(None, description=RATE)
    color: Color | None = Field(None, description=COLOR)
    interval_seconds: Interval | None = Field(None, description=INTERVAL)
    status: Annotated[AgentStatus | None, NotNull] = Field(None, description="What it is about.")


class AgentReport(Input):
    """What an agent says of itself.

    A sign of life; only what is given changes beside that. Nothing that it says has a paused agent go on.
    """

    status: Annotated[AgentStatus | None, NotNull] = Field(
        None, description="What it is about: anything but PAUSED, which people say."
    )
    current_task: Annotated[str, TITLE] | None = Field(None, description="What it works on; null for nothing.")


class AgentSwitch(Input):
    """Why an agent is stopped, started or begun anew."""

    note: Annotated[str, TITLE] | None = Field(None, description="What is kept of it on the agent; null for nothing.")
