"""The tools of agents: operations of the catalogue, called by name with JSON, and what they answer as text."""
