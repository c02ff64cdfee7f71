"""What a plugin is to the gateway: something that is told of events, with settings that are checked."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import httpx2
from bson import ObjectId
from pydantic import WithJsonSchema

from models.errors import BadUserInput
from models.ids import Kind, kind_of
from models.limits import Text
from models.outbound import Outbound
from resolvers.kit.input import IdOf, Input, read_input

CredentialId = Annotated[
    ObjectId,
    IdOf(Kind.CREDENTIAL),
    WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$", "format": "credential"}),
]
"""A secret of a plugin, in the settings by the id of the credential that holds it."""


Url = Annotated[
    str, Text(1, 2000), WithJsonSchema({"type": "string", "format": "uri", "minLength": 1, "maxLength": 2000})
]


class DeliveryFailed(Exception):  # noqa: N818
    """An event did not arrive; it is tried again, unless nobody wants any (`for_good`)."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for a plugin, as JSON that has an `id`. `reveal` tells what a credential of its settings holds."""

    event: Mapping[str, Any]
    settings: Any
    outbound: Outbound
    reveal: Callable[[ObjectId], Awaitable[str]]


Deliver = Callable[[Delivery], Awaitable[None]]


def check_url(outbound: Outbound, settings: Any) -> None:
    """Raise BadUserInput for the `url` of settings that no request is made to."""
    try:
        outbound.check(settings.url)
    except httpx2.TransportError as error:
        raise BadUserInput(str(error), field="settings.url") from error


def _accept(_outbound: Outbound, _settings: Any) -> None:
    return None


def _everything(_event: Mapping[str, Any], _settings: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class PluginKind:
    """A plugin that workspaces may install. `deliver` raises DeliveryFailed; it may be called twice for one event. One
    without it is told of nothing.

    `check` raises BadUserInput for settings that are well-formed and still no good, `wants` tells which events are
    delivered at all.
    """

    key: str
    name: str
    description: str
    version: str
    settings: type[Input]
    deliver: Deliver | None
    check: Callable[[Outbound, Any], None] = _accept
    wants: Callable[[Mapping[str, Any], Any], bool] = _everything

    def read(self, settings: Mapping[str, Any]) -> Input:
        """The checked settings; raises BadUserInput that names the one at fault."""
        try:
            return read_input(self.settings, settings)
        except BadUserInput as error:
            told = error.message.removeprefix(f"{error.field}: ")
            raise BadUserInput(told, field=f"settings.{error.field}") from error


def credentials_in(settings: Input) -> Iterator[ObjectId]:
    """The credentials that settings name, however deep."""
    return _credentials(settings.model_dump())


def _credentials(value: Any) -> Iterator[ObjectId]:
    if isinstance(value, ObjectId) and kind_of(value) is Kind.CREDENTIAL:
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _credentials(inner)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _credentials(inner)
