"""Inputs of the operations on agents."""

from typing import Annotated

from pydantic import Field

from models.enums import AutonomyMode
from resolvers.kit.input import Description, Flag, Input, Name, NotNull, Slug, Text, WorkspaceId

MAX_TOOLS = 100

Tools = Annotated[list[Annotated[str, Text(1, 100)]], Field(max_length=MAX_TOOLS)]


class AgentCreate(Input):
    """A new agent.

    `tools` names what the agent may use; `mcp_only` tells that it is driven over MCP alone.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it works in.")
    name: Name = Field(description="The name, 1 to 100 characters.")
    slug: Slug = Field(description="The name in addresses, unique in the workspace.")
    description: Description | None = Field(None, description="What it is good at.")
    autonomy_mode: AutonomyMode = Field(
        AutonomyMode.SUPERVISED, description="How freely it acts; SUPERVISED by default."
    )
    tools: Tools = Field(default_factory=list, description="The tools that it may use.")
    mcp_only: Flag = Field(False, description="Whether it is only driven from outside, over MCP.")


class AgentUpdate(Input):
    """What changes of an agent.

    Only what is given changes; null clears `description`.
    """

    name: Annotated[Name | None, NotNull] = Field(None, description="The name, 1 to 100 characters.")
    slug: Annotated[Slug | None, NotNull] = Field(None, description="The name in addresses, unique in the workspace.")
    description: Description | None = Field(None, description="What it is good at; null clears it.")
    autonomy_mode: Annotated[AutonomyMode | None, NotNull] = Field(None, description="How freely it acts.")
    tools: Annotated[Tools | None, NotNull] = Field(None, description="The tools that it may use.")
    mcp_only: Annotated[Flag | None, NotNull] = Field(
        None, description="Whether it is only driven from outside, over MCP."
    )
