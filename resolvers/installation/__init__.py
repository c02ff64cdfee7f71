"""The installation as a whole: who runs it."""
