# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""The process of the embedded database: a script that the gateway starts by its path, never a module to import.

Standard input is a pipe that the gateway holds open. Its end, however the gateway ended, stops the database: unlike
a signal on the parent's death this depends on no platform and on no thread of the parent. Standard output carries
one line, the port, once connections are accepted; standard error is the log.
"""

import argparse
import contextlib
import fcntl
import gc
import logging
import os
import runpy
import signal
import socket
import sys
import threading
from pathlib import Path
from types import ModuleType

OPLOG_RETENTION_SECONDS = 24 * 3600.0
STOP_SECONDS = 8.0
SWITCH_SECONDS = 0.0005
"""After how long a command at work lets the next thread go on, as in `gateway.serve`: a short command waits for its
turn a few times, each time behind a long one for Python's own 5 ms."""
YOUNG_OBJECTS = 50_000
"""After so many new objects it looks for garbage, not Python's 700."""
SHAPES = ("shapely", "shapely.errors", "shapely.geometry", "shapely.geometry.base")
"""What the database loads to find places on a map, and numpy with it: more than half of its start. No document of ours
has a place."""


class Shapes(ModuleType):
    """Stands for a module of shapes: its classes are there to be named, and refuse to be made."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*_: object) -> None:
            raise NotImplementedError("the embedded database finds no places on a map")

        return type(name, (Exception,), {"__init__": refuse})


def main() -> int:
    """Serve until standard input ends or a SIGTERM arrives; the exit status is 0 for a clean stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pid-file", type=Path, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()

    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("secantus").setLevel("WARNING")
    log = logging.getLogger("orrery.database")

    os.umask(0o077)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())

    # Held for the life of the process, so that the pid in a locked file is always that of a living child.
    pid_file = open(arguments.pid_file, "a+", encoding="ascii")  # noqa: SIM115
    try:
        fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.error("another database process holds %s", arguments.pid_file)
        return 3
    pid_file.truncate(0)
    pid_file.write(str(os.getpid()))
    pid_file.flush()

    sys.setswitchinterval(SWITCH_SECONDS)
    threading.Thread(target=_watch_parent, args=(stop,), daemon=True, name="parent").start()
    server = _open(arguments.data, arguments.user, arguments.password_file, arguments.port)
    if stop.is_set():
        server.storage.close()
        return 0
    server.start()
    # The libraries stay: looking through them for garbage again and again is in vain. What a command makes is freed by
    # its counts, all but little of it.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 10, 10)
    log.info("serving on port %d", server.port)
    with contextlib.suppress(BrokenPipeError):
        print(server.port, flush=True)
    stop.wait()

    log.info("stopping")
    # Commits are on disk already, so giving up on a stop that hangs loses nothing.
    watchdog = threading.Timer(STOP_SECONDS, os._exit, args=(4,))
    watchdog.daemon = True
    watchdog.start()
    # Closing a socket does not wake a thread that waits in accept() on it; without this a stop takes two seconds more.
    with contextlib.suppress(AttributeError, OSError):
        server._socket.shutdown(socket.SHUT_RDWR)
    server.stop()
    log.info("stopped")
    return 0


def _open(data: Path, user: str, password_file: Path, port: int):  # type: ignore[no-untyped-def]
    """A server over `data` that knows `user` before its port opens, so that it is never without authentication."""
    sys.modules.update({name: Shapes(name) for name in SHAPES})
    from secantus.auth import SCRAM_SHA_256, derive_credentials
    from secantus.server import SecantusDBServer

    for script in ("speed", "keys", "entries", "values", "cursors"):
        runpy.run_path(str(Path(__file__).with_name(f"embedded_{script}.py")))["quicken"]()
    # Built by hand rather than through the database's own command, which would read a configuration file out of the
    # current, the home or the system folder.
    server = SecantusDBServer(
        host="127.0.0.1",
        port=port,
        storage_path=str(data),
        require_auth=True,
        enable_test_commands=False,
        sync_on_commit=True,
        cache_size="512M",
        oplog_retention_seconds=OPLOG_RETENTION_SECONDS,
    )
    password = password_file.read_text(encoding="ascii").strip()
    credentials = derive_credentials(password, mechanism=SCRAM_SHA_256, username=user).to_doc()
    record = {
        "_id": f"admin.{user}",
        "user": user,
        "db": "admin",
        "credentials": dict(credentials),
        "roles": [{"role": "root", "db": "admin"}],
        "mechanisms": [SCRAM_SHA_256],
    }
    server.storage.add_user("admin", user, record, replace=True)
    return server


def _watch_parent(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
