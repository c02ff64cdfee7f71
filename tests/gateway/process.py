"""The command `orrery` as a process of its own, for tests."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryFile
from typing import IO

from gateway.client import Client
from tests.conftest import MANY
from tests.gateway.fork_server import Forked
from tests.gateway.prepared import prepare
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    status: int
    output: str
    errors: str

    @property
    def troubles(self) -> list[str]:
        """What it logged that an operator should look at."""
        return [line for line in self.errors.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL|Traceback)\b", line)]


class Started:
    """A command that was started, and what it writes to two files."""

    def __init__(self, process: Forked | Popen[bytes], output: IO[bytes], errors: IO[bytes]) -> None:
        self._process, self._output, self._errors = process, output, errors
        self.pid = process.pid

    def send_signal(self, sent: signal.Signals) -> None:
        """Nothing happens to what has ended."""
        self._process.send_signal(sent)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def output(self) -> str:
        """What it has written to standard output."""
        return _text(self._output)

    def ended(self) -> Ended:
        """Wait for its end."""
        status = self._process.wait(PATIENCE)
        return Ended(status, _text(self._output), _text(self._errors))


@contextmanager
def _started(arguments: Sequence[str], environment: Mapping[str, str], root: Path | None) -> Iterator[Started]:
    """A command out of the rooms in `root`; without one it is forked from a process that has loaded it."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        process: Forked | Popen[bytes]
        if root is None:
            process = Forked(arguments, environment, output, errors)
        else:
            command = [sys.executable, "-m", "gateway", *arguments]
            process = Popen(command, cwd=root, env=environment, stdin=DEVNULL, stdout=output, stderr=errors)
        yield Started(process, output, errors)


@dataclass(slots=True)
class Serving:
    """A running gateway; `told` is what it printed once it was ready."""

    process: Started
    url: str
    data_dir: Path
    told: str

    @property
    def client(self) -> Client:
        return Client(self.url)

    @property
    def database_pid(self) -> int:
        return int((self.data_dir / "db.pid").read_text())

    def end(self, by: signal.Signals = signal.SIGINT) -> Ended:
        """Send a signal and wait for the end."""
        self.process.send_signal(by)
        return self.process.ended()


def _text(file: IO[bytes]) -> str:
    # At its beginning, wherever the process writes: both have one place in the file.
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode()


def orrery(*arguments: str, data_dir: Path, **variables: str) -> Ended:
    """Run a command to its end over a data folder."""
    with _started(arguments, environment(data_dir, variables), None) as command:
        return command.ended()


def serving(data_dir: Path, **variables: str) -> AbstractContextManager[Serving]:
    """A gateway on loopback, ended with the block unless it has ended before.

    It takes a free port where `ORRERY_PORT` is not among the variables. A folder that holds nothing is prepared first.
    """
    if "ORRERY_MONGODB_URL" not in variables:
        prepare(data_dir)
    return _serving(data_dir, variables)


def serving_alone(data_dir: Path, **variables: str) -> AbstractContextManager[Serving]:
    """The same, started as users start it and with memory of its own, for measuring."""
    return _serving(data_dir, variables, ROOT)


def serving_from(root: Path, data_dir: Path) -> AbstractContextManager[Serving]:
    """The same, out of the rooms in a folder."""
    return _serving(data_dir, {}, root)


@contextmanager
def _serving(data_dir: Path, variables: dict[str, str], root: Path | None = None) -> Iterator[Serving]:
    port = variables.get("ORRERY_PORT", "0")
    arguments = ("serve", "--port", port)
    with _started(arguments, environment(data_dir, variables), root) as process:
        try:
            while "\n  Data " not in (told := process.output()):
                assert process.is_running(), process.ended()
                time.sleep(0.02)
            found = re.search(r"http://127\.0\.0\.1:\d+", told)
            assert found, told
            yield Serving(process, found[0] if port == "0" else f"http://127.0.0.1:{port}", data_dir, told)
        finally:
            if process.is_running():
                process.send_signal(signal.SIGTERM)
                process.ended()


def environment(data_dir: Path, variables: dict[str, str]) -> dict[str, str]:
    """This process's environment without any of our settings, but for those given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ORRERY_", "JWT_"))}
    # Wide enough that no sentence is wrapped.
    return {**inherited, "COLUMNS": "500", "ORRERY_DATA_DIR": str(data_dir), **MANY, **variables}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
