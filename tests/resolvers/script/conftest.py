"""The bench of worktrees."""

from tests.resolvers.worktree.conftest import bench

__all__ = ["bench"]
