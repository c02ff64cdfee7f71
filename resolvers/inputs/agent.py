"""Inputs of the operations on agents."""

from typing import Annotated

from pydantic import Field

from models import Agent
from models.facts import CREATE, UPDATE
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, Name, NotNull, Slug, WorkspaceId

MAX_TOOLS = 100

Tools = Annotated[list[Annotated[str, Text(1, 100)]], Field(max_length=MAX_TOOLS)]


@fields_of(Agent, CREATE)
class AgentCreate(Input):
    """A new agent.

    `tools` names what the agent may use; `mcp_only` tells that it is driven over MCP alone.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it works in.")
    name: Name = Field(description="The name, 1 to 100 characters.")
    slug: Slug = Field(description="The name in addresses, unique in the workspace.")
    tools: Tools = Field(default_factory=list, description="The tools that it may use.")


@fields_of(Agent, UPDATE)
class AgentUpdate(Input):
    """What changes of an agent.

    Only what is given changes; null clears `description`.
    """

    tools: Annotated[Tools | None, NotNull] = Field(None, description="The tools that it may use.")
