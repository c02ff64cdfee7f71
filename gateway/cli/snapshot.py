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
class Generated:
    """A file at `path`, whose own name in the repository is `name`, and what makes its text."""

    path: Path
    name: str
    make: Callable[[], str]

    def read(self) -> str:
        """What is kept; nothing where the file is not there."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def write(self) -> None:
        text = self.make()
        try:
            self.path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{self.path} cannot be written: {error.strerror}.") from error
        STDERR.print(f"Wrote {escape(str(self.path))}.", soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What `orrery command` generates `of` something: the `files`, each of which may need those before it."""

    files: tuple[Generated, ...]
    of: str
    command: str

    def keep(self, *, check: bool, write: bool) -> None:
        """Compare the files with what is made or write that to them; print it where neither is asked for."""
        if check and write:
            raise CommandError("--check and --write exclude each other.")
        if check:
            self._check()
            return
        for file in self.files:
            if write:
                file.write()
            else:
                sys.stdout.write(file.make())

    def _check(self) -> None:
        kept = [file.read() for file in self.files]
        checked = Checked(rooms_folder() / ".cache" / f"{self.command}.json", rooms_folder())
        if checked.is_known("".join(kept)):
            return
        for file, text in zip(self.files, kept, strict=True):
            made = file.make()
            if text != made:
                self._show_difference(file.name, text, made)
                raise CommandError(f"{file.name} has drifted from {self.of}: run orrery {self.command} --write.")
        checked.note("".join(kept))

    def _show_difference(self, name: str, kept: str, made: str) -> None:
        compared = difflib.unified_diff(kept.splitlines(), made.splitlines(), name, self.of, lineterm="", n=1)
        lines = list(compared)
        for line in lines[:SHOWN_LINES]:
            STDERR.print(line, markup=False, soft_wrap=True)
        if len(lines) > SHOWN_LINES:
            STDERR.print(f"... {len(lines) - SHOWN_LINES} more lines", markup=False)
