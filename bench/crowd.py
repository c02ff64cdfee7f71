"""A crowd of WebSockets that costs next to nothing: one loop over epoll that reads frame headers and little else.

Client and server share the machine, so whatever the client spends is missing from the figure.
"""

import base64
import os
import secrets
import select
import socket
from array import array
from collections.abc import Callable, Sequence
from time import perf_counter, time
from urllib.parse import urlsplit

import orjson
from rich.progress import Progress

READ_BYTES = 262_144
AT_ONCE = 100
"""Sockets that are on their way to being open."""
SEATS_OF_AN_ADDRESS = 2_000
"""A gateway lets one address have half of its places, which are as many as it may have files open."""
PATIENCE = 120.0
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_HEADER_SPACE = 64
"""How far into a message the word that tells its type may be."""


class Loop:
    """Calls `ready` of whatever has something to read."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._watched: dict[int, Seat | Poster] = {}

    def watch(self, one: "Seat | Poster", events: int = select.EPOLLIN) -> None:
        self._watched[one.socket.fileno()] = one
        self._poll.register(one.socket.fileno(), events)

    def change(self, one: "Seat | Poster", events: int) -> None:
        self._poll.modify(one.socket.fileno(), events)

    def forget(self, one: "Seat | Poster") -> None:
        number = one.socket.fileno()
        if self._watched.pop(number, None) is not None:
            self._poll.unregister(number)

    def run(self, done: Callable[[], bool], *, patience: float = PATIENCE, pulse: float = 0.02) -> None:
        """Go on until something is done, asked at least every `pulse` seconds. Raises RuntimeError, out of patience."""
        watched, poll = self._watched, self._poll
        until = perf_counter() + patience
        while not done():
            if perf_counter() > until:
                raise RuntimeError("A server did not answer in time.")
            for number, _ in poll.poll(pulse, 4096):
                one = watched.get(number)
                if one is not None:
                    one.ready()

    def rest(self, seconds: float) -> None:
        """Only answer what must be answered for a while."""
        end = perf_counter() + seconds
        self.run(lambda: perf_counter() >= end, patience=seconds + 1)


class Crowd:
    """Sockets that subscribed to the same server. `arrivals[n]` has when the n-th event came to each (time.time)."""

    def __init__(self, loop: Loop, url: str, *, greets: bool, event: bytes = b'"next"') -> None:
        parts = urlsplit(url)
        self.event = event
        """The word that tells a message with an event."""
        self.address = (str(parts.hostname), int(parts.port or 80))
        self.loop = loop
        self.greets = greets
        """Whether the server says StreamReady first."""
        self.seats: list[Seat] = []
        self.live = 0
        self.messages = 0
        self.arrivals: list[array[float]] = []
        self.shown: list[bytes] = []
        """What the first seat got."""

    def open(self, asks: Sequence["Ask"], show: Progress, name: str) -> None:
        """Open a socket for each and wait until all have subscribed."""
        task = show.add_task(name, total=len(asks))
        left = iter(asks)
        goal = self.live + len(asks)

        def done() -> bool:
            show.update(task, completed=len(asks) - (goal - self.live))
            while len(self.seats) - self.live < AT_ONCE and (ask := next(left, None)) is not None:
                self.seats.append(Seat(self, ask, len(self.seats)))
            return self.live >= goal

        self.loop.run(done, patience=PATIENCE + len(asks) / 50)
        show.remove_task(task)

    def expect(self, events: int) -> None:
        """Forget what came so far; the next events are counted from 0."""
        self.messages = 0
        self.shown = []
        self.arrivals = [array("d") for _ in range(events)]
        for seat in self.seats:
            seat.count = 0

    def close(self) -> None:
        for seat in self.seats:
            seat.close()


class Ask:
    """What one seat says: where it connects, who it is, and what it subscribes to."""

    __slots__ = ("init", "path", "protocol", "subscribe")

    def __init__(self, query: str, variables: dict[str, str], token: str | None = None) -> None:
        self.path, self.protocol = "/graphql", "Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
        payload = {} if token is None else {"payload": {"authorization": f"Bearer {token}"}}
        self.init = masked(_TEXT, orjson.dumps({"type": "connection_init", **payload}))
        asked = {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}}
        self.subscribe = masked(_TEXT, orjson.dumps(asked))


class BoardAsk(Ask):
    """What a client of the agent board says: its token is in the address, and it says nothing before it subscribes."""

    def __init__(self, project: str, token: str) -> None:
        self.path, self.protocol = f"/api/ws?token={token}", ""
        self.init = masked(_TEXT, orjson.dumps({"type": "subscribe", "payload": {"projectId": project}}))
        self.subscribe = b""


_buffer = bytearray(READ_BYTES)


class Seat:
    """One socket of a crowd."""

    __slots__ = ("_ask", "_crowd", "_place", "_rest", "_state", "count", "socket")

    def __init__(self, crowd: Crowd, ask: Ask, place: int) -> None:
        self._crowd = crowd
        self._ask: Ask | None = ask
        self._place = place
        self._rest = b""
        self._state = "connecting"
        self.count = 0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The system chooses the port once it knows the peer: each address has all of them for itself.
        self.socket.setsockopt(socket.IPPROTO_IP, getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24), 1)
        self.socket.bind((f"127.0.0.{1 + place // SEATS_OF_AN_ADDRESS}", 0))
        self.socket.connect_ex(crowd.address)
        crowd.loop.watch(self, select.EPOLLOUT)

    def ready(self) -> None:
        """Read what there is."""
        if self._state == "connecting":
            self._shake_hands()
            return
        try:
            size = self.socket.recv_into(_buffer)
        except BlockingIOError:
            return
        if not size:
            raise RuntimeError("A server closed a socket.")
        data: bytes | bytearray = _buffer
        if self._rest:
            data = self._rest + _buffer[:size]
            size = len(data)
        place = self._answered(data, size) if self._state == "upgrading" else 0
        place = self._frames(data, place, size)
        if place < size or self._rest:
            self._rest = bytes(data[place:size])

    def close(self) -> None:
        self._crowd.loop.forget(self)
        self.socket.close()

    def _shake_hands(self) -> None:
        if error := self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        host, port = self._crowd.address
        assert self._ask is not None
        self.socket.send(
            f"GET {self._ask.path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{self._ask.protocol}\r\n".encode()
        )
        self._state = "upgrading"
        self._crowd.loop.change(self, select.EPOLLIN)

    def _answered(self, data: bytes | bytearray, size: int) -> int:
        """Where the frames begin, once the answer to the handshake is there."""
        end = data.find(b"\r\n\r\n", 0, size)
        if end < 0:
            return 0
        if not data.startswith(b"HTTP/1.1 101 "):
            raise RuntimeError(f"A server refused a socket: {bytes(data[:end])!r}")
        assert self._ask is not None
        self._state = "initialising"
        self.socket.send(self._ask.init)
        return end + 4

    def _frames(self, data: bytes | bytearray, place: int, size: int) -> int:
        """Take the whole frames of some data; returns where the rest begins."""
        if self._state == "upgrading":
            return 0
        while size - place >= 2:
            length = data[place + 1]
            start = place + 2
            if length == 126:
                if size - place < 4:
                    break
                length = data[place + 2] << 8 | data[place + 3]
                start += 2
            elif length == 127:
                if size - place < 10:
                    break
                length = int.from_bytes(data[place + 2 : place + 10], "big")
                start += 8
            end = start + length
            if end > size:
                break
            if (
                data[place] == 0x80 | _TEXT
                and data.find(self._crowd.event, start, min(end, start + _HEADER_SPACE)) >= 0
            ):
                self._event(data, start, end)
            else:
                self._control(data[place] & 15, bytes(data[start:end]))
            place = end
        return place

    def _event(self, data: bytes | bytearray, start: int, end: int) -> None:
        crowd = self._crowd
        if self._state != "live":
            self._live()
            return
        count = self.count
        if count < len(crowd.arrivals):
            crowd.arrivals[count].append(time())
        self.count = count + 1
        crowd.messages += 1
        if not self._place:
            crowd.shown.append(bytes(data[start:end]))

    def _control(self, kind: int, message: bytes) -> None:
        if kind == _PING:
            self.socket.send(masked(_PONG, message))
        elif kind == _CLOSE:
            raise RuntimeError(f"A server closed a socket: {message!r}")
        elif kind == _TEXT:
            match orjson.loads(message)["type"]:
                case "connection_ack":
                    assert self._ask is not None
                    self._state = "subscribing"
                    self.socket.send(self._ask.subscribe)
                    self._ask = None
                    if not self._crowd.greets:
                        self._live()
                case "subscribed":
                    self._ask = None
                    self._live()
                case "ping":
                    self.socket.send(masked(_TEXT, b'{"type":"pong"}'))
                case "pong" | "ka":
                    pass
                case _:
                    raise RuntimeError(f"A server refused: {message!r}")

    def _live(self) -> None:
        self._state = "live"
        self._crowd.live += 1


class Poster:
    """A connection that posts one thing after the other; `pending` are the bodies that wait."""

    def __init__(self, loop: Loop, url: str, path: str, token: str = "") -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), int(parts.port or 80))
        self._loop = loop
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: {parts.netloc}\r\n"
            + (f"authorization: Bearer {token}\r\n" if token else "")
            + "content-type: application/json\r\ncontent-length: "
        ).encode()
        self._answer = b""
        self._busy = False
        self._waiting: list[bytes] = []
        self.sent: list[float] = []
        """When each was sent (time.time)."""
        self._connect()

    @property
    def is_idle(self) -> bool:
        return not self._busy

    def post(self, *bodies: bytes) -> None:
        """Post these after all that was posted before."""
        self._waiting += bodies
        if not self._busy:
            self._next()

    def ready(self) -> None:
        """Read an answer, and post what is next."""
        part = self.socket.recv(READ_BYTES)
        if not part:
            if self._busy:
                raise RuntimeError("A server closed a connection.")
            self._loop.forget(self)  # idle for longer than it keeps connections
            self.socket.close()
            self._connect()
            return
        self._answer += part
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        if len(body) < length:
            return
        if b" 20" not in lines[0] or b'"errors"' in body:
            raise RuntimeError(f"{lines[0]!r}: {body[:500]!r}")
        self._answer = b""
        self._busy = False
        if self._waiting:
            self._next()

    def close(self) -> None:
        self._loop.forget(self)
        self.socket.close()

    def _connect(self) -> None:
        self.socket = socket.create_connection(self._address)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop.watch(self)

    def _next(self) -> None:
        body = self._waiting.pop(0)
        self._busy = True
        self.sent.append(time())
        self.socket.send(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))


def masked(kind: int, payload: bytes) -> bytes:
    """A client's frame. The mask is of zeros: the peer cannot tell, and it changes nothing."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes((0x80 | kind,)) + length + bytes(4) + payload
