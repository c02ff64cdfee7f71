"""The whole installation in one file: written while it serves, and read into an empty database."""
