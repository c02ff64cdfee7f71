"""The command `orrery` as a process of its own, for tests."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.client import Client
from tests.conftest import MANY
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


@dataclass(slots=True)
class Serving:
    """A running gateway; `told` is what it printed once it was ready."""

    process: subprocess.Popen[str]
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
        output, errors = self.process.communicate(timeout=PATIENCE)
        return Ended(self.process.returncode, output, errors)


def orrery(*arguments: str, data_dir: Path, **variables: str) -> Ended:
    """Run a command to its end over a data folder."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=ROOT,
        env=environment(data_dir, variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(data_dir: Path, **variables: str) -> Iterator[Serving]:
    """A gateway on loopback, ended with the block unless it has ended before.

    It takes a free port where `ORRERY_PORT` is not among the variables.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "--port", variables.get("ORRERY_PORT", "0")],
        cwd=ROOT,
        env=environment(data_dir, variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            told = ""
            while (line := process.stdout.readline()) and not line.strip().startswith("Data"):
                told += line
            assert line, process.communicate()[1]
            found = re.search(r"http://127\.0\.0\.1:\d+", told)
            assert found, told
            yield Serving(process, found[0], data_dir, told + line)
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=PATIENCE)


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
