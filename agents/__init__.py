"""Agents that work: the catalogue of their tools, their runtime, and the MCP server."""
