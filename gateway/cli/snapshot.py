"""What is generated and kept in the repository: printed, written, or compared with what is kept."""

import difflib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from gateway.cli.checked import Checked
from gateway.cli.console import STDERR, CommandError
from gateway.paths import rooms_folder

SHOWN_LINES = 40


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file at `path`; `name` is its own in the repository, `of` what it is generated from, by `orrery command`."""

    path: Path
    name: str
    of: str
    command: str

    def keep(self, make: Callable[[], str], *, check: bool, write: bool) -> None:
        """Compare the file with what is made or write that to it; print it where neither is asked for."""
        if check and write:
            raise CommandError("--check and --write exclude each other.")
        if write:
            self._write(make())
        elif check:
            self._check(make)
        else:
            sys.stdout.write(make())

    def _write(self, text: str) -> None:
        try:
            self.path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{self.path} cannot be written: {error.strerror}.") from error
        STDERR.print(f"Wrote {escape(str(self.path))}.", soft_wrap=True)

    def _check(self, make: Callable[[], str]) -> None:
        try:
            kept = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            kept = ""
        checked = Checked(rooms_folder() / ".cache" / f"{self.command}.json", rooms_folder())
        if checked.is_known(kept):
            return
        text = make()
        if kept != text:
            self._show_difference(kept, text)
            raise CommandError(f"{self.name} has drifted from {self.of}: run orrery {self.command} --write.")
        checked.note(kept)

    def _show_difference(self, kept: str, text: str) -> None:
        compared = difflib.unified_diff(kept.splitlines(), text.splitlines(), self.name, self.of, lineterm="", n=1)
        lines = list(compared)
        for line in lines[:SHOWN_LINES]:
            STDERR.print(line, markup=False, soft_wrap=True)
        if len(lines) > SHOWN_LINES:
            STDERR.print(f"... {len(lines) - SHOWN_LINES} more lines", markup=False)
