"""Boards: scopes and columns."""
