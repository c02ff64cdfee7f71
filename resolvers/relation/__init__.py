"""How cards stand to each other."""
