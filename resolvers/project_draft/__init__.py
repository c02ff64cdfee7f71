"""From a brief to a project."""
