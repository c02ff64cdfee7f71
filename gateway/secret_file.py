"""Random secrets that are kept in files of the data folder, for their owner alone."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from gateway.settings_error import SettingsError

MIN_SECRET_BYTES = 32


def kept_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
    """The random secret kept in the file `path` (mode 600), made at the first call.

    The file appears whole or not at all, and processes that start at once all end with the same secret.
    """
    try:
        if not path.exists():
            temporary = _written(path, make())
            try:
                # A link, unlike a rename, never replaces the secret of a process that was faster.
                os.link(temporary, path)
            except FileExistsError:
                pass
            finally:
                temporary.unlink()
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The file {path} in ORRERY_DATA_DIR cannot be read or written.") from error
    if len(secret) < MIN_SECRET_BYTES:
        raise SettingsError(f"The file {path} in ORRERY_DATA_DIR is damaged: it must hold at least 32 characters.")
    return secret


def replace_secret(path: Path, secret: str) -> None:
    """Let the file `path` (mode 600) hold another secret, at once and as a whole."""
    os.replace(_written(path, secret), path)


def _written(path: Path, secret: str) -> Path:
    """A new file beside `path`, on disk."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return temporary
