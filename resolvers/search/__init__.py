"""Finding what has the words of a query."""
