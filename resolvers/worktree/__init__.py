"""Worktrees of cards: folders with branches of their own, and what the work in them comes to."""
