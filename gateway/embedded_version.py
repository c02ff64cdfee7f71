"""Which SecantusDB wrote a data folder: no other version is sure to understand its files."""

import os
from importlib.metadata import version
from pathlib import Path

PACKAGE = "SecantusDB"
NAME = "db.version"


class OtherVersionError(Exception):
    """Another version wrote the folder; the message is one sentence that says what to do."""


def check_version(folder: Path) -> None:
    """Write the installed version into a data folder that has none yet. Raises `OtherVersionError` for another one."""
    file, installed = folder / NAME, version(PACKAGE)
    try:
        written = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        _write(file, installed)
        return
    if written != installed:
        raise OtherVersionError(
            f"The data folder {folder} was written by {PACKAGE} {written}, and {installed} is installed: install the "
            f"former (pip install {PACKAGE}=={written}), run orrery dump FILE, and with the latter orrery restore FILE "
            "into another folder."
        )


def _write(file: Path, text: str) -> None:
    """The file appears whole or not at all."""
    part = file.with_name(f"{NAME}.part")
    part.write_text(f"{text}\n", encoding="utf-8")
    os.replace(part, file)
