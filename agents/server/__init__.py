"""The MCP server: the catalogue of tools for any agent's client, over Streamable HTTP."""
