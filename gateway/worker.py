"""One worker process: started by `gateway/workers.py` as `python -m gateway.worker`, never by hand.

Standard input brings its orders, and is then held open: its end, however the parent ended, ends the worker. Standard
output carries one line, that it is ready or the sentence that says why it is not, and then a beat every few seconds for
as long as its event loop turns.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import socket
import sys
import threading
from dataclasses import dataclass

from gateway.garbage import begin_to_load
from gateway.settings import Settings

READY = "ready"
BEAT_SECONDS = 5.0
ORPHAN_SECONDS = 8.0
"""How long a worker may take to end once its parent has gone: time to close its streams, but not to wait for a database
that has gone as well."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker has to do: its settings, and the listening sockets that it was started with."""

    settings: Settings
    files: tuple[int, ...]
    access_log: bool


def main() -> int:
    """Serve until SIGTERM or until standard input ends."""
    begin_to_load()
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent, over a pipe
    threading.Thread(target=_watch_parent, daemon=True, name="parent").start()
    # Not at the top: the parent loads this module too.
    from gateway.cli.serve import log_to_standard_error
    from gateway.database import DatabaseError
    from gateway.serve import ServeError, run
    from gateway.settings import SettingsError

    log_to_standard_error()
    sockets = [socket.socket(fileno=file) for file in order.files]
    try:
        run(order.settings, sockets, _serves, access_log=order.access_log, shared=True)
    except (ServeError, DatabaseError, SettingsError) as error:
        _tell(str(error))
        return 1
    except BaseException:
        logging.getLogger("orrery.workers").exception("a worker failed")
        raise
    return 0


def _serves() -> None:
    _tell(READY)
    os.set_blocking(sys.stdout.fileno(), False)
    _beat()


def _beat() -> None:
    with contextlib.suppress(OSError):  # nobody reads: a parent that is stopped, or has gone
        os.write(sys.stdout.fileno(), b".")
    asyncio.get_running_loop().call_later(BEAT_SECONDS, _beat)


def _tell(line: str) -> None:
    print(line, flush=True)


def _watch_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    watchdog = threading.Timer(ORPHAN_SECONDS, os._exit, args=(4,))
    watchdog.daemon = True
    watchdog.start()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    # Under the name that the orders are made of, which `__main__` is not.
    from gateway import worker

    sys.exit(worker.main())
