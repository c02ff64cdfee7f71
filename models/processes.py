"""Processes for work that would hold the interpreter's lock: it costs everybody else no more than its answer does.

A thread of a pool (`models.pool`) asks and waits; the pool says who asks when, and so how many processes there are.
One that dies, or does not answer in time, takes nothing with it but what it was asked.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, TypeVar, cast
from weakref import finalize

from models.process_child import receive, send

T = TypeVar("T")

DEADLINE = 60.0
"""Seconds that a process has for an answer, before it is killed: many times what any work may cost."""

IDLE = 300.0
"""Seconds after which a process that nobody asks is ended, for the sake of its memory."""

_CHILD = Path(__file__).with_name("process_child.py")
_GIVEN = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
"""All that a process is given of the environment, which holds secrets of ours as well."""


class ProcessDiedError(Exception):
    """A process ended before it had answered."""


class ProcessTooSlowError(Exception):
    """A process had not answered when its time was up, and was killed."""


class Processes:
    """One process for each thread that asks at the same time, begun when it is needed."""

    def __init__(self, *, deadline: float = DEADLINE, idle: float = IDLE) -> None:
        self._deadline = deadline
        self._idle = idle
        self._lock = Lock()
        self._waiting: dict[_Child, Timer] = {}  # with what will end each
        self._working: set[_Child] = set()
        finalize(self, _end, self._lock, self._waiting, self._working)  # with the interpreter at the latest

    def run(self, work: Callable[..., T], *args: Any) -> T:
        """What `work`, a function of a module, returns in a process. It blocks until then.

        Arguments, and what is returned or raised, are pickled. Raises ProcessDiedError, ProcessTooSlowError.
        """
        child = self._take()
        try:
            done, found = child.ask((work, args), self._deadline)
        except BaseException:
            with self._lock:
                self._working.discard(child)
            child.end()
            raise
        self._give_back(child)
        if done:
            return cast(T, found)
        raise found

    def end(self) -> None:
        """End all processes; whoever waits for one is told ProcessDiedError. Whoever asks afterwards gets a new one."""
        _end(self._lock, self._waiting, self._working)

    @property
    def pids(self) -> set[int]:
        """The process ids of those that there are."""
        with self._lock:
            return {child.pid for child in (*self._waiting, *self._working)}

    def _take(self) -> "_Child":
        with self._lock:
            while self._waiting:
                child, ending = self._waiting.popitem()
                ending.cancel()
                if child.is_alive:
                    break
                child.end()
            else:
                child = _Child()
            self._working.add(child)
        return child

    def _give_back(self, child: "_Child") -> None:
        with self._lock:
            self._working.discard(child)
            self._waiting[child] = _later(self._idle, self._end_idle, child)

    def _end_idle(self, child: "_Child") -> None:
        with self._lock:
            is_idle = self._waiting.pop(child, None) is not None
        if is_idle:  # else it was taken at the same moment
            child.end()


class _Child:
    """A process, and the two pipes that lead to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own script, and nothing that anybody sent
            [sys.executable, "-P", str(_CHILD)],  # -P: what lies beside the script has names of the standard library
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: os.environ[name] for name in _GIVEN if name in os.environ},
            # Ctrl-C reaches every process of the terminal's group, and this one may have an answer to give yet. A
            # session of its own may be a group of its own for the scheduler, in which niceness says nothing.
            process_group=0,
        )
        self._is_late = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, order: Any, deadline: float) -> tuple[bool, Any]:
        """Whether the work was done, and what it returned or raised."""
        timer = _later(deadline, self._stop)
        try:
            send(cast(IO[bytes], self._process.stdin), order)
            answer: tuple[bool, Any] = receive(cast(IO[bytes], self._process.stdout))
        except (EOFError, OSError) as error:
            if self._is_late:
                raise ProcessTooSlowError(f"A process had not answered after {deadline:g} seconds") from error
            raise ProcessDiedError(f"A process ended before it had answered (status {self._process.wait()})") from error
        finally:
            timer.cancel()
        return answer

    def _stop(self) -> None:
        self._is_late = True
        self.kill()

    def kill(self) -> None:
        """Kill it; whoever asked it is told."""
        self._process.kill()

    def end(self) -> None:
        """Kill it, and leave nothing of it; for whoever asked last."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what it did not read any more
                cast(IO[bytes], pipe).close()


def _end(lock: Lock, waiting: dict[_Child, Timer], working: set[_Child]) -> None:
    with lock:
        for child in working:
            child.kill()
        for child, ending in waiting.items():
            ending.cancel()
            child.end()
        waiting.clear()


def _later(seconds: float, work: Callable[..., None], *args: Any) -> Timer:
    timer = Timer(seconds, work, args)
    timer.daemon = True
    timer.start()
    return timer
