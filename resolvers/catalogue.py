"""All operations: importing this enters every one of them into the catalogue."""

import pkgutil
from importlib import import_module

import resolvers
from resolvers.operation import CATALOGUE, Operation

for _module in pkgutil.iter_modules(resolvers.__path__):
    import_module(f"resolvers.{_module.name}")

__all__ = ["CATALOGUE", "Operation"]
