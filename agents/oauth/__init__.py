"""The authorization server of `/mcp`: OAuth 2.1 on the official SDK, and the page where a person agrees."""
