"""What a check has found to be right: as long as nothing that it is made of has changed, it need not be made again."""

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Checked:
    """The note of one check that has passed, in a `file`; `root` is the folder that the rooms are in.

    What it was made of are the rooms that it loaded, every file of them, and the libraries by their versions.
    """

    file: Path
    root: Path

    def is_known(self, text: str) -> bool:
        """Whether `text` was found to be right, and all that it is made of is what it was."""
        try:
            noted = json.loads(self.file.read_bytes())
            return bool(noted["digest"] == self._digest(text, noted["rooms"]))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def note(self, text: str) -> None:
        """Remember that `text` is right, where that can be written."""
        files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        paths = [Path(file) for file in files if isinstance(file, str)]
        rooms = {path.relative_to(self.root).parts[0] for path in paths if self._is_ours(path)}
        noted = {"digest": self._digest(text, rooms), "rooms": sorted(rooms)}
        with suppress(OSError):
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text(json.dumps(noted), encoding="utf-8")

    def _is_ours(self, path: Path) -> bool:
        return path.is_relative_to(self.root) and not path.is_relative_to(sys.prefix)

    def _digest(self, text: str, rooms: Iterable[str]) -> str:
        found = blake2b(json.dumps([text, sys.version, _libraries()]).encode())
        for source in sorted(source for room in rooms for source in (self.root / room).rglob("*.py")):
            found.update(str(source.relative_to(self.root)).encode() + b"\0" + source.read_bytes() + b"\0")
        return found.hexdigest()


def _libraries() -> list[str]:
    """The names and versions of all that is installed."""
    found: set[str] = set()
    for folder in filter(os.path.isdir, sys.path):
        found.update(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    return sorted(found)
