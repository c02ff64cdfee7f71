"""The gateway that clients of MCP speak to."""

from tests.gateway.lab import board, gateway, lab

__all__ = ["board", "gateway", "lab"]
