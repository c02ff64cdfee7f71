"""What a project can begin with."""
