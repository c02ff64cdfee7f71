"""One process of `models.processes`: a script that is started by its path, never by hand.

Standard input brings one order after the other, and is held open in between: its end, however the parent ended, ends
the process, also in the middle of an order. Standard output takes the answers. Both are pickles behind their lengths.
"""

import contextlib
import gc
import os
import pickle
import sys
import traceback
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import ModuleType
from typing import IO, Any

LENGTH = 8
"""Bytes that say how long the pickle is which follows."""

NICENESS = 10
"""Whoever waits for something else comes first; at 19 a busy machine would hardly let it work at all."""


def send(stream: IO[bytes], value: Any) -> None:
    """Write a value; raises what pickle raises for one that cannot be sent, before anything is written."""
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(pickled).to_bytes(LENGTH))
    stream.write(pickled)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The value that comes next; raises EOFError where none comes, or not all of it."""
    size = int.from_bytes(_exactly(stream, LENGTH))
    return pickle.loads(_exactly(stream, size))  # noqa: S301 - from our own parent or child, over a pipe


def _exactly(stream: IO[bytes], size: int) -> bytes:
    read = stream.read(size)
    if len(read) < size:
        raise EOFError
    return read


def main() -> None:
    """Answer until standard input ends."""
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    _find_modules()
    # What an order makes is freed by its counts; looking for circles in it would double its time.
    gc.disable()
    orders: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(orders,), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        while True:
            send(answers, _answer(orders.get()))
            gc.collect()


def _listen(orders: SimpleQueue[Any]) -> None:
    with contextlib.suppress(EOFError):
        while True:
            orders.put(receive(sys.stdin.buffer))
    os._exit(0)


def _find_modules() -> None:
    """Let our rooms be imported, but `models` without its documents, which nothing that is worked out here knows: the
    database's libraries would be most of the process's memory, and of the second that it takes to start."""
    root = Path(__file__).resolve().parents[1]
    sys.path.insert(0, str(root))
    models = ModuleType("models")
    models.__path__ = [str(root / "models")]
    sys.modules["models"] = models


def _answer(order: Any) -> tuple[bool, Any]:
    work, given = order
    try:
        return True, work(*given)
    except Exception as error:
        error.add_note("".join(traceback.format_exception(error)))
        return False, error


if __name__ == "__main__":
    main()
