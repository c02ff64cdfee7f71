"""Types of the graph without what `dataclasses` writes for each: they declare a shape, and are hardly ever made.

Strawberry has each type be a dataclass, and so three functions compiled of a text, and a signature made a text of its
own. For 770 types that was a sixth of a start; what is resolved here are records, and of inputs alone there are any.
"""

import dataclasses
from types import SimpleNamespace
from typing import Any

from strawberry.types import object_type


def declare_bare() -> None:
    """Have types that are declared from here on be such ones; may be called again."""
    object_type.dataclasses = SimpleNamespace(**{**vars(dataclasses), "dataclass": _dataclass})  # type: ignore[assignment, attr-defined]


def _dataclass(**settings: Any) -> Any:
    make = dataclasses.dataclass(init=False, repr=False, eq=False, **settings)

    def wrap(cls: type) -> type:
        cls.__doc__ = cls.__doc__ or cls.__name__
        if "__init__" not in vars(cls):
            cls.__init__ = _init  # type: ignore[misc]
        return make(cls)

    return wrap


def _init(self: Any, **values: Any) -> None:
    """The graph has checked which values there are; what is left out is a default of the class."""
    self.__dict__.update(values)
