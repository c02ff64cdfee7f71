"""The log of the gateway in a file of the data folder, a JSON object a line; all processes write to the same one.

What is in it is what is kept of a line elsewhere (`gateway.log_text`): no secret, and nothing that a tenant wrote.
"""

import fcntl
import os
from pathlib import Path

import orjson

from models.base import timestamp
from models.records import LogEntryRecord
from resolvers.installation.log_file import NAMES

FOLDER = "logs"
MAX_BYTES = 5 * 1024 * 1024
"""Of one file; with it the next one is begun, and the oldest goes."""


class LogFile:
    """The files in a folder, the current one first."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._paths = [folder / name for name in NAMES]
        self._max_bytes = max_bytes

    def write(self, entry: LogEntryRecord) -> None:
        """Add a line. Raises OSError, as where the disk is full."""
        told = {
            "at": timestamp(entry["created_at"]),
            "level": entry["level"],
            "message": entry["message"],
            "target": entry["target"],
            "fields": entry["fields"],
        }
        line = orjson.dumps(told) + b"\n"
        self._paths[0].parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            # Opened for each line, so that no process goes on with a file that another has put aside.
            file = os.open(self._paths[0], os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(file).st_size
                if not size or size + len(line) <= self._max_bytes:
                    is_cut_off = bool(size) and os.pread(file, 1, size - 1) != b"\n"  # who wrote it died meanwhile
                    os.write(file, b"\n" + line if is_cut_off else line)
                    return
                self._put_aside(file)
            finally:
                os.close(file)

    def _put_aside(self, file: int) -> None:
        """Make room for a new file, unless another process has meanwhile."""
        fcntl.flock(file, fcntl.LOCK_EX)
        current = self._paths[0]
        if not current.exists() or not os.path.samestat(os.fstat(file), current.stat()):
            return
        for newer, older in reversed(list(zip(self._paths, self._paths[1:], strict=False))):
            if newer.exists():
                newer.replace(older)
