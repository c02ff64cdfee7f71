"""Events of the installation, in a history of its own that no client follows."""

from typing import Annotated

from models.installation_enums import LogLevel
from models.records import BackupRecord
from realtime.events.base import Carried, Event, Id


class InstallationAuthChanged(Event):
    """Authentication at the agent board's interface was turned off, or on again."""

    enabled: bool


class LogExportChanged(Event):
    """Where the log is sent has changed; its address and its headers are in no history."""

    enabled: bool
    level: LogLevel


class BackupChanged(Event):
    """A backup was begun, was completed, or has failed."""

    backup: Annotated[BackupRecord, Carried()]


class BackupDeleted(Event):
    """A backup was deleted with its file."""

    deleted_id: Id


class OidcChanged(Event):
    """Another identity provider says who people are, or none does; its address and its secret are in no history."""

    configured: bool
