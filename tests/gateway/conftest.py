"""The gateway of these tests."""

from tests.gateway.lab import board, gateway, lab

__all__ = ["board", "gateway", "lab"]
