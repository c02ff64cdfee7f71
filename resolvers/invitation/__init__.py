"""Invitations to workspaces."""
