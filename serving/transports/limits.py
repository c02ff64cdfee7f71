"""The bounds of the live transports; times in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebSocketLimits:
    """Bounds of one socket.

    ``allowed_origins`` are origins as a browser sends them (``https://app.example``) that may connect beside the
    server's own. ``max_connections`` is how many sockets and event streams one user may have open in a process.
    ``revalidate_interval`` is for an engine that has to be asked whether access has ended. ``send_queue`` is how many
    messages wait for a slow reader on a server that takes no ready-made frames, before its operations wait as well.
    """

    allowed_origins: frozenset[str] = frozenset()
    init_timeout: float = 5.0
    ping_interval: float = 20.0
    pong_timeout: float = 20.0
    revalidate_interval: float = 4.0
    flush_timeout: float = 2.0
    close_timeout: float = 5.0
    max_operations: int = 20
    max_connections: int = 1_000
    max_message_bytes: int = 65_536
    send_queue: int = 16


@dataclass(frozen=True, slots=True)
class SseLimits:
    """Bounds of one event stream; ``retry`` is in milliseconds, as the format has it.

    ``max_connections`` counts the user's sockets too.
    """

    retry: int = 2000
    keep_alive_interval: float = 12.0
    revalidate_interval: float = 4.0
    flush_timeout: float = 2.0
    close_timeout: float = 5.0
    max_connections: int = 1_000
    send_queue: int = 16
