"""The words of a text, the index of them, and what a search asks of it."""
