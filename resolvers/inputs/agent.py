"""Inputs of the operations on agents."""

from typing import Annotated

from pydantic import Field

from models.enums import AutonomyMode
from resolvers.inputs.base import Description, Flag, Input, Name, NotNull, Slug, Text, WorkspaceId

MAX_TOOLS = 100

Tools = Annotated[list[Annotated[str, Text(1, 100)]], Field(max_length=MAX_TOOLS)]


class AgentCreate(Input):
    """`tools` names what the agent may use; `mcp_only` tells that it is driven over MCP alone."""

    workspace_id: WorkspaceId
    name: Name
    slug: Slug
    description: Description | None = None
    autonomy_mode: AutonomyMode = AutonomyMode.SUPERVISED
    tools: Tools = Field(default_factory=list)
    mcp_only: Flag = False


class AgentUpdate(Input):
    """Only what is given changes; null clears `description`."""

    name: Annotated[Name | None, NotNull] = None
    slug: Annotated[Slug | None, NotNull] = None
    description: Description | None = None
    autonomy_mode: Annotated[AutonomyMode | None, NotNull] = None
    tools: Annotated[Tools | None, NotNull] = None
    mcp_only: Annotated[Flag | None, NotNull] = None
