"""All operations: importing this enters every one of them into the catalogue."""

import pkgutil
from importlib import import_module

import resolvers
from resolvers.kit.operation import CATALOGUE, Operation

for _module in pkgutil.walk_packages(resolvers.__path__, "resolvers."):
    import_module(_module.name)

__all__ = ["CATALOGUE", "Operation"]
