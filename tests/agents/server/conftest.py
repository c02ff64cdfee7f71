"""The gateway that clients of MCP speak to."""

from tests.gateway.lab import board, gateway, lab
from tests.serving.wire_lab import address

__all__ = ["address", "board", "gateway", "lab"]
