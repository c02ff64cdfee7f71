"""Discovery engines of a workspace: what has agents look for work by itself."""
