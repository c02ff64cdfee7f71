"""States that several packages move objects through."""
