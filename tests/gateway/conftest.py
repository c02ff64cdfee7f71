"""The gateway of these tests."""

from tests.gateway.lab import board, gateway, lab
from tests.gateway.wire_lab import address

__all__ = ["address", "board", "gateway", "lab"]
