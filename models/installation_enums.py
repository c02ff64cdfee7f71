"""The closed sets of values of what is there once for the whole installation."""

from models.enums import Told


class LogLevel(Told):
    """How much an entry of the log matters."""

    INFO = "info", "What goes on."
    WARN = "warn", "What is not as it should be, and goes on."
    ERROR = "error", "What failed."


class BackupStatus(Told):
    """Where a backup stands."""

    RUNNING = "running", "It is being made."
    COMPLETED = "completed", "It was read back and is whole."
    FAILED = "failed", "There is none."


class AuthProvider(Told):
    """What says who somebody is."""

    LOCAL = "local", "A password here."
    OIDC = "oidc", "The identity provider of the installation; there is no password here."
