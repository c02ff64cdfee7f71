"""Orkosi's interface: products, tasks and the agents of a company, under a prefix of its own."""
