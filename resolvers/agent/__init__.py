"""Agents: service users of a workspace."""
