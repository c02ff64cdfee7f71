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


class RemoteState(Told):
    """Whether the newest backup is in the repository that backups are copied to."""

    IN_SYNC = "in_sync", "It is there, unchanged."
    BEHIND = "behind", "It is not there."
    DIFFERENT = "different", "What is there by its name is something else."
    UNVERIFIED = "unverified", "Something is there by its name that cannot be compared: it was encrypted, say."
    NO_BACKUP = "no_backup", "There is no backup."
    UNREACHABLE = "unreachable", "The repository does not answer, or is none."
    REFUSED = "refused", "The repository takes another credential."
    TOO_LARGE = "too_large", "The repository sends more than is read: its server cannot leave files out."


class AuthProvider(Told):
    """What says who somebody is."""

    LOCAL = "local", "A password here."
    OIDC = "oidc", "The identity provider of the installation; there is no password here."


class GatewayPart(Told):
    """What the gateway works with."""

    DATABASE = "database", "What everything is stored in."
    BUS = "bus", "What tells its processes of each other."
    REDIS = "redis", "Redis, where that is the bus."
    VAULT = "vault", "What seals the values of credentials."
    MAIL = "mail", "A server that mails go out by; without one they are kept in a folder."
    MODELS = "models", "Models that missions are run by."
    GIT = "git", "The program that folders of projects are read and changed with."


class PartStatus(Told):
    """Whether a part of the gateway is there."""

    UP = "up", "It is there, and answers."
    DOWN = "down", "It does not answer."
    OFF = "off", "It is not set up."
