"""Starts `orrery` by forking a process that has loaded it: most of a command's start is the loading of its libraries.

The process that is forked belongs to the test process. A child of it is the command in every other respect: a process
with arguments, environment, signals and an exit status of its own. `test_cli_start.py` starts it as users do.
"""

import atexit
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 1 << 17
"""Bytes of an order: arguments and environment."""
_STARTING = threading.Lock()


class Forked:
    """A running command, as `subprocess.Popen` has it."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], out: IO[bytes], err: IO[bytes]
    ) -> None:
        self._told, tell = os.pipe()
        self.returncode: int | None = None
        order = json.dumps({"arguments": arguments, "environment": dict(environment)}).encode()
        assert len(order) <= LONGEST
        socket.send_fds(_server(), [order], [out.fileno(), err.fileno(), tell])
        os.close(tell)
        self.pid = self._number()

    def poll(self) -> int | None:
        """Its exit status, if it has ended."""
        return self.returncode if self.returncode is not None else self._ended(0)

    def wait(self, timeout: float) -> int:
        """Its exit status, once it has ended; raises TimeoutExpired after so many seconds."""
        status = self.returncode if self.returncode is not None else self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("orrery", timeout)
        return status

    def send_signal(self, sent: signal.Signals) -> None:
        """Nothing happens to what has ended."""
        if self.poll() is None:
            os.kill(self.pid, sent)

    def _ended(self, timeout: float) -> int | None:
        if select.select([self._told], [], [], timeout)[0]:
            self.returncode = self._number()
            os.close(self._told)
        return self.returncode

    def _number(self) -> int:
        return int(os.read(self._told, 16))


def _server() -> socket.socket:
    """The one fork server of this process, also where several threads start a command at once."""
    with _STARTING:
        return _started()


@cache
def _started() -> socket.socket:
    """The end of a socket at whose other end the fork server listens; closing it ends the server."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.gateway.fork_server", str(theirs.fileno())]
    # What is read from the environment as a module is loaded.
    variables = {**os.environ, "COLUMNS": "500"}
    server = subprocess.Popen(command, cwd=ROOT, env=variables, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()

    def end() -> None:
        ours.close()
        server.wait()

    atexit.register(end)
    return ours


def serve(orders: socket.socket) -> list[str] | None:
    """Fork for each order until there are no more. Returns in the child, with its arguments; None at the end."""
    told: dict[int, int] = {}
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    sources: list[socket.socket | int] = [orders, woken]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if woken in ready:
            os.read(woken, 512)
            _tell_who_ended(told)
        if orders in ready:
            text, files, _, _ = socket.recv_fds(orders, LONGEST, 3)
            if not text:
                return None
            out, err, tell = files
            order = json.loads(text)
            if not (pid := os.fork()):
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.dup2(out, 1)
                os.dup2(err, 2)
                for file in (*files, *told.values(), woken, wake, orders.fileno()):
                    os.close(file)
                orders.detach()
                os.environ.clear()
                os.environ.update(order["environment"])
                random.seed()
                return list(order["arguments"])
            os.close(out)
            os.close(err)
            os.write(tell, b"%d" % pid)
            told[pid] = tell


def _tell_who_ended(told: dict[int, int]) -> None:
    for pid in list(told):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            tell = told.pop(pid)
            os.write(tell, b"%d" % os.waitstatus_to_exitcode(status))
            os.close(tell)


def main() -> None:
    """Load all that a command may need, and fork until the socket of the first argument is closed.

    Passwords are hashed at the lowest cost there is, as in the tests' own process.
    """
    import gc

    import gateway.app
    import gateway.cli.commands
    import gateway.workers
    from auth import passwords
    from schema.graph import graph
    from tests.hashing import CHEAP

    for on_demand in ("agents.oauth.protocol", "agents.server.server"):  # what the first request loads
        import_module(on_demand)
    graph()
    passwords.hasher = CHEAP
    gc.freeze()
    arguments = serve(socket.socket(fileno=int(sys.argv[1])))
    if arguments is not None:
        sys.argv = ["orrery", *arguments]
        gateway.cli.main()


if __name__ == "__main__":
    main()
