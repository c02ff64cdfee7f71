"""What tests have done in a process of `models.processes`: functions of a module that imports little."""

import os
import sys
import time
from pathlib import Path


def pid() -> int:
    return os.getpid()


def answer(value: object) -> object:
    return value


def fail(message: str) -> None:
    raise LookupError(message)


def die() -> None:
    os._exit(3)


def work_until(started: Path, gate: Path) -> int:
    """Tell that it works, and hold the interpreter until there is a file `gate`."""
    started.write_text(str(os.getpid()))
    while not gate.exists():
        pass
    return os.getpid()


def hang(started: Path) -> None:
    started.write_text(str(os.getpid()))
    sleep()


def sleep() -> None:
    time.sleep(3600)


def surroundings() -> tuple[list[str], list[str], int, set[str]]:
    """The names of its environment, what its open files are, its niceness, and the packages that it has loaded."""
    print("what a library says is no answer")
    folder = Path("/proc/self/fd")
    files = [os.readlink(one) for one in folder.iterdir() if one.exists()] if folder.exists() else []
    return sorted(os.environ), files, os.nice(0), {name.partition(".")[0] for name in sys.modules}
