"""Mutations, one module a noun: each calls one operation and wraps what it returns."""
