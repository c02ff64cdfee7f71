"""The samples of all nouns, and what the walks go over: each table of them in one."""

import pkgutil
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from graphlib import TopologicalSorter
from importlib import import_module
from typing import TypeVar

from pydantic.alias_generators import to_camel

from resolvers.kit.nouns import NOUNS
from tests import nouns
from tests.world.sample import Arguments, Body, Route, Sample

K = TypeVar("K")
V = TypeVar("V")


def _found() -> dict[str, Sample]:
    """By the name of the module, each after those that it needs."""
    names = sorted(found.name for found in pkgutil.iter_modules(nouns.__path__))
    samples: dict[str, Sample] = {name: import_module(f"tests.nouns.{name}").SAMPLE for name in names}
    order = TopologicalSorter({name: sample.after for name, sample in samples.items()})
    return {name: samples[name] for name in order.static_order()}


SAMPLES = _found()


def table(part: Callable[[Sample], Mapping[K, V]]) -> dict[K, V]:
    """A part of all samples in one. Raises ValueError where two of them have an entry of the same name."""
    entries: dict[K, V] = {}
    for sample in SAMPLES.values():
        if twice := entries.keys() & part(sample).keys():
            raise ValueError(f"two modules of tests/nouns have {sorted(map(str, twice))}")
        entries |= part(sample)
    return entries


def every(part: Callable[[Sample], AbstractSet[K]]) -> frozenset[K]:
    """What all samples name of one kind."""
    return frozenset[K]().union(*map(part, SAMPLES.values()))


CALLS: Mapping[str, Arguments] = table(lambda sample: sample.calls)
BODIES: Mapping[Route, Body | None] = table(lambda sample: sample.routes)
PLACES: Mapping[str, str] = {
    **{to_camel(noun.key): noun.kind.name.lower() for noun in NOUNS.values()},
    **table(lambda sample: sample.places),
}
"""Where the world keeps what an id of that name, in a path or a body, most likely means."""
