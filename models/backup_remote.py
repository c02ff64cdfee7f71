"""A repository elsewhere that backups are copied to, by whoever runs the installation."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class BackupRemote:
    """Where it is, without what it is read with."""

    url: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def parse_backup_remote(text: str) -> BackupRemote:
    """An address such as `https://token@github.com/acme/db-backups.git`. Raises ValueError."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("must be an address") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ValueError("must be an https:// address, or an http:// one of this machine")
    if not host or not parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be the address of a repository, without query and fragment")
    place = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    name, secret = (None if part is None else unquote(part) for part in (parts.username, parts.password))
    return BackupRemote(f"{parts.scheme}://{place}{parts.path}", name, secret)
