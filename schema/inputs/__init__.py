"""Inputs of the graph, one module a noun: the shape alone; `resolvers.inputs` checks the values."""
