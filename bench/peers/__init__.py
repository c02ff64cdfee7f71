"""Those that ours is measured against, each a server process of its own."""
