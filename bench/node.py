"""The Node peers as a process of their own, asked over its standard input."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.data import SDL
from bench.timing import Run

PEERS = Path(__file__).parent / "peers"


def installed() -> bool:
    """Whether the peers are there, after installing them where Node is present and they are not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    if not (PEERS / "node_modules").is_dir():
        print("Installing the Node peers ...")
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        return subprocess.run(command, cwd=PEERS, check=False).returncode == 0
    return True


class Node:
    """The peers, answering from given rows."""

    def __init__(self, rows: dict[str, Any]) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump({"sdl": SDL, "rows": rows}, file)
        self._data = Path(file.name)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", "memory.mjs", str(self._data)],
            cwd=PEERS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=None,
        )
        self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._data.unlink()

    def run(self, peer: str, query: str) -> Run:
        """A peer as something to time."""

        def run(times: int) -> list[int]:
            spent: list[int] = self.ask(peer, query, times)["nanoseconds"]
            return spent

        return run

    def ask(self, peer: str, query: str, times: int = 1) -> dict[str, Any]:
        """Let a peer answer a query a number of times; its text comes back where that is once."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"peer": peer, "query": query, "times": times}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The Node peers ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer
