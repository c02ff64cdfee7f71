"""The workers of a whole run are forked by a process that has loaded the tests: each would take half a minute to.

In every other respect they are those of pytest-xdist: each collects by itself, with a database of its own.
"""

import gc
import os
import random
import select
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORKER = Path(__file__).with_name("worker.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """Let the workers be forked by a server, which ends with this process."""
    address = f"{mkdtemp(prefix='orrery-tests-')}/workers"
    with socket.create_server(address, family=socket.AF_UNIX) as listener:
        command = [sys.executable, "-m", "tests.workers", str(listener.fileno()), *config.args]
        server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, pass_fds=[listener.fileno()])
    config.add_cleanup(lambda: _end(server, Path(address)))
    python = shlex.join([sys.executable, "-S", str(WORKER), address])
    specs[:] = [type(spec)(f"{spec}//python={python}") for spec in specs]


def _end(server: subprocess.Popen[bytes], address: Path) -> None:
    server.communicate()
    address.unlink()
    address.parent.rmdir()


def _fork(listener: socket.socket) -> socket.socket | None:
    """Fork for each that connects, until standard input is closed. Returns in the worker, with what says by being open
    that it is there; None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how one ended
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return None
        asking, _ = listener.accept()
        _, files, _, _ = socket.recv_fds(asking, 1, 3)
        if os.fork():
            asking.close()
        else:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            listener.close()
            random.seed()
            for number, file in enumerate(files):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        if asking.fileno() != -1:
            return asking


def main() -> None:
    """Load the tests below some paths, and be each worker that is asked for at the listener of the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(fileno=int(sys.argv[1]))
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        # Whatever fails here fails in each worker again, which tells it.
        pytest.main(["--collect-only", "-qq", "--capture=no", *sys.argv[2:]])
    gc.collect()
    gc.freeze()
    if _fork(listener) is not None:
        # What execnet has a Python do that it starts.
        exec(eval(sys.stdin.readline()), {"__name__": "__main__"})  # noqa: S102, S307


if __name__ == "__main__":
    main()
