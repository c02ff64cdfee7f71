"""The Stellary interface, at the root: organizations, workspaces, projects, cards, agents and missions."""
