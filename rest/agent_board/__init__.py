"""The agent board's interface: projects, boards and cards that agents work on, under a prefix of its own."""
