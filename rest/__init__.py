"""REST compatibility: one package for each interface that clients already speak."""
