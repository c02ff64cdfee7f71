"""What the commands share: where they print, how they show progress, how they fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from gateway.locking import holder

if TYPE_CHECKING:
    from gateway.settings import Settings

STDOUT = Console(highlight=False)
STDERR = Console(stderr=True, highlight=False)


class CommandError(Exception):
    """A command cannot be carried out; the message is one sentence."""


def require_no_gateway(settings: "Settings", instead: str) -> None:
    """Raise CommandError, which says what to do `instead`, where a running gateway owns the data folder."""
    lock = settings.data_dir / "gateway.pid"
    if settings.mongodb_url is None and (pid := holder(lock)) is not None:
        raise CommandError(f"A running gateway (process {pid}) owns the data folder {settings.data_dir}: {instead}.")


class Steps:
    """A progress bar of consecutive steps."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def begin(self, what: str, total: int | None = None) -> None:
        """Start a step of `total` units; None: nobody knows how many."""
        self._progress.reset(self._task, total=total, description=what)

    def advance(self, units: int = 1) -> None:
        self._progress.advance(self._task, units)

    def end(self) -> None:
        """Fill the bar."""
        self._progress.update(self._task, total=1, completed=1)


@contextmanager
def steps() -> Iterator[Steps]:
    """A progress bar on standard error while the block runs; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=STDERR, transient=True, disable=not STDERR.is_terminal) as progress:
        yield Steps(progress, progress.add_task("", total=None))
