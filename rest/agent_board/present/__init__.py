"""What the agent board shows of records."""
