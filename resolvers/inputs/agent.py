"""Inputs of the operations on agents."""

from typing import Annotated

from pydantic import Field

from models import Agent
from models.facts import CREATE, UPDATE
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, Name, NotNull, Policy, Slug, WorkspaceId

MAX_TOOLS = 100

Tools = Annotated[list[Annotated[str, Text(1, 100)]], Field(max_length=MAX_TOOLS)]

Rate = Annotated[int, Field(strict=True, ge=1, le=100_000)]

RATE = "How many calls it may make a minute, at all doors together, 1 to 100,000; null for as many as it likes."
TOOLS = "The tools that it may use: their names, groups of them (`write_cards`), or `*` for all"
POLICY = "What becomes of what it would change, where its mode says otherwise: by tools, groups or `*`"


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


@fields_of(Agent, UPDATE)
class AgentUpdate(Input):
    """What changes of an agent.

    Only what is given changes; null clears `description`.
    """

    tools: Annotated[Tools | None, NotNull] = Field(None, description=f"{TOOLS}.")
    policy: Annotated[Policy | None, NotNull] = Field(None, description=f"{POLICY}; in place of what there was.")
    rate_limit: Rate | None = Field(None, description=RATE)
