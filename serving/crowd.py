"""The connections of a process: how many each address has, and which of them wait for a request.

A connection costs its opener nothing, so those whose request is not there give way: to one that comes when all places
are taken, the oldest of them; to one of an address that has as many as it may, the oldest of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from serving.source import Network, address_of

Close = Callable[[], None]
Key = object
"""Whatever stands for a connection: its transport, which outlives a change of its protocol."""


@dataclass(slots=True)
class _Address:
    connections: set[Key] = field(default_factory=set)
    idle: dict[Key, Close] = field(default_factory=dict)
    """The idle ones, oldest first, and what closes each."""


class Crowd:
    """Who is connected. `places` are all connections that there may be, `per_address` those of one address.

    The trusted `proxies` stand for many clients, and have no bound of their own.
    """

    def __init__(self, places: int, per_address: int, proxies: Sequence[Network] = ()) -> None:
        self._places = places
        self._per_address = per_address
        self._proxies = proxies
        self._addresses: dict[str | None, _Address] = {}
        self._idle: dict[Key, Close] = {}
        self._of: dict[Key, str | None] = {}

    def __len__(self) -> int:
        return len(self._of)

    def enter(self, key: Key, peer: str, close: Close) -> bool:
        """Let a connection in, idle, and close another where that is what its place takes.

        False where its address has as many as it may, and none of them is idle.
        """
        address = address_of(peer, self._proxies)
        of_address = self._addresses.setdefault(address, _Address())
        if address is not None and len(of_address.connections) >= self._per_address:
            if not of_address.idle:
                return False
            self._close(next(iter(of_address.idle)))
        elif len(self._of) >= self._places and self._idle:
            self._close(next(iter(self._idle)))
        self._of[key] = address
        self._addresses.setdefault(address, of_address).connections.add(key)
        self.rest(key, close)
        return True

    def rest(self, key: Key, close: Close) -> None:
        """A connection waits for a request from now on; `close` ends it."""
        if key in self._of:
            self._idle[key] = self._addresses[self._of[key]].idle[key] = close

    def work(self, key: Key) -> None:
        """A connection has a request now."""
        if self._idle.pop(key, None) is not None:
            del self._addresses[self._of[key]].idle[key]

    def leave(self, key: Key) -> None:
        """A connection has ended."""
        self.work(key)
        if key in self._of:
            address = self._of.pop(key)
            rest = self._addresses[address]
            rest.connections.discard(key)
            if not rest.connections:
                del self._addresses[address]

    def _close(self, key: Key) -> None:
        close = self._idle[key]
        self.leave(key)
        close()
