"""The agent board's WebSocket: what happens in projects, told as it happens."""
