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
    """As the `__init__` that `dataclasses` would write. Raises TypeError for what is missing, and for what is none."""
    fields = {field.name: field for field in dataclasses.fields(self) if field.init}
    if unknown := values.keys() - fields.keys():
        raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
    for name in fields.keys() - values.keys():
        factory: Any = fields[name].default_factory
        if factory is not dataclasses.MISSING:
            values[name] = factory()
        elif fields[name].default is dataclasses.MISSING:
            raise TypeError(f"{type(self).__name__} is made with {name}")
    self.__dict__.update(values)
