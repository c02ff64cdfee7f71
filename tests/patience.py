"""How long tests wait for a state: many times what a busy machine needs, because only a failure waits to the end."""

PATIENCE = 120.0
"""Seconds."""
