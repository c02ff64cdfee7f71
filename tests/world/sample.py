"""What every walk has to know of a noun. Each module of `tests.nouns` declares it, for one noun or a family, once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from models.errors import OrreryError
from tests.gateway.replay.state import Rule
from tests.rest.story import Cast
from tests.world.world import Ids, World

Arguments = Callable[[Ids], tuple[Any, ...]]
Body = Callable[[Ids], dict[str, Any]]
Route = tuple[str, str]
"""A method and the template of a path."""
Story = Callable[[Cast], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """How the replay makes a change that is not the owner's plain call: with other arguments, as another caller of the
    world, or with something that has to be there before."""

    arguments: Arguments | None = None
    caller: str = "owner"
    prepare: Callable[[World], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Kept:
    """What a client keeps of a noun beside what its model declares, in words of the graph.

    `under` is where it reads it: by the type above it, the edge that leads there. What is `below_parent` does not say
    itself what it belongs to; what `outlives` a project names one, and does not go with it.
    """

    fields: str
    under: Mapping[str, str] = field(default_factory=dict)
    below_parent: bool = False
    outlives: bool = False


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A noun, or a family of nouns, as the walks meet it.

    `make` puts one of each into the world, under `ids`, where each is called as its kind is, and as `places` says where
    a path or a body calls its id otherwise. It is made, and its stories are told, `after` the samples that it needs.

    `calls` has a call of each operation with input that would be accepted, `routes` a body of each route (of a GET its
    parameters); `answers` what those who may are answered there, if not 200; `by_workspace` the routes that are about
    the organization of the address's workspace, where whoever is not in that finds nothing. `beyond` are the refusals
    that no policy tells, by operation and caller.

    Asked for twice, an operation `makes_another`, `counts` that it was asked for, or is `refused_there`, because the
    world is not as it needs it after all that came before; any other changes nothing the second time.

    The replay makes each change as `cases` says; `unseen` are those that change nothing of what a client of a workspace
    keeps, `not_run` those of the caller's own account that take what is in a mail, each with the reason. `kept` is what
    the client keeps, `rules` what an event does to more than the object that it carries.

    `story`, `board_story` and `orkosi_story` call each route with success, in one dialect each.
    """

    after: Sequence[str] = ()
    make: Callable[[World], Awaitable[None]] | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, Arguments] = field(default_factory=dict)
    beyond: Mapping[tuple[str, str], type[OrreryError]] = field(default_factory=dict)
    makes_another: AbstractSet[str] = frozenset()
    counts: AbstractSet[str] = frozenset()
    refused_there: AbstractSet[str] = frozenset()
    routes: Mapping[Route, Body | None] = field(default_factory=dict)
    answers: Mapping[Route, int] = field(default_factory=dict)
    by_workspace: AbstractSet[Route] = frozenset()
    cases: Mapping[str, Case] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)
    not_run: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    story: Story | None = None
    board_story: Story | None = None
    orkosi_story: Story | None = None


def sent(**values: Any) -> Body:
    """The same body whatever the world."""
    return lambda _: values


def sent_in_organization(**values: Any) -> Body:
    """A body that names the world's organization: where none is named, everybody's own is meant."""
    return lambda ids: {**values, "organizationId": str(ids["organization"])}
