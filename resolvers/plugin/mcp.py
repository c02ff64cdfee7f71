"""Tools of other servers, by the Model Context Protocol: which server, and what it is signed in to with."""

from typing import Annotated

from pydantic import Field

from models.limits import Text
from resolvers.kit.input import Input
from resolvers.plugin.kind import CredentialId, PluginKind, Url, check_url


class McpSettings(Input):
    """A server of tools."""

    url: Url = Field(description="Its address, of streamable HTTP.")
    token: CredentialId | None = Field(None, description="The credential that it is sent as a bearer token.")
    tools: Annotated[list[Annotated[str, Text(1, 200)]], Field(max_length=100)] = Field(
        default_factory=list, description="The tools that may be called; none for all that it has."
    )

    def allows(self, tool: str) -> bool:
        """Whether a tool may be called."""
        return not self.tools or tool in self.tools


MCP = PluginKind(
    key="mcp",
    name="MCP server",
    description="Gives members and agents the tools of another server, by the Model Context Protocol. People approve "
    "each call that an agent asks for; none is made twice.",
    version="1.0.0",
    settings=McpSettings,
    deliver=None,
    check=check_url,
)
