"""Fields that a project adds to its cards."""
