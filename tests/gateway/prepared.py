"""Data folders whose database is migrated already: most of a command's start in a new one is the making of indexes."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

from gateway.embedded_version import NAME as VERSION
from gateway.settings import make_data_dir
from tests.gateway.fork_server import Forked
from tests.patience import PATIENCE

DATABASE = "db"


def prepare(data_dir: Path) -> None:
    """Let a folder that has no database yet have one that is migrated and empty."""
    if not (data_dir / VERSION).exists():
        make_data_dir(data_dir)
        shutil.copytree(_prepared() / DATABASE, data_dir / DATABASE)
        shutil.copy(_prepared() / VERSION, data_dir / VERSION)


@cache
def _prepared() -> Path:
    """Such a folder, made once for this process and removed with it."""
    made = Path(tempfile.mkdtemp(prefix="orrery-prepared-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    with TemporaryFile() as output:
        status = Forked(["migrate"], {**os.environ, "ORRERY_DATA_DIR": str(made)}, output, output).wait(PATIENCE)
        output.seek(0)
        assert status == 0, output.read().decode()
    return made
