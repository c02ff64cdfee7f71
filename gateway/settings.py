"""Settings of one gateway process, read from the environment once at start."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import unquote, urlsplit

from agents.server.operator_token import OperatorToken, operator_token
from auth.vault import VaultKey, new_vault_key, parse_vault_keys
from execution.limits import Limits
from gateway import demo_address, demo_model
from gateway.mail_settings import DEFAULT_SENDER, Sender, SmtpServer, parse_sender, parse_smtp_url
from gateway.model_file import models_at
from gateway.origins import origin_of, parse_origins, parse_public_url
from gateway.package_file import packages_at
from gateway.plan_file import plans_at
from gateway.prefix import parse_prefix
from gateway.sandbox_setting import parse_scripts
from gateway.secret_file import MIN_SECRET_BYTES, kept_secret
from gateway.settings_error import SettingsError as SettingsError
from gateway.toml_file import parse_size
from gateway.workers_bound import MAX_WORKERS
from models.backup_remote import BackupRemote, parse_backup_remote
from models.billing import STRIPE, Billing
from models.language_model import LanguageModels
from models.outbound_rules import parse_hosts
from models.project_roots import ProjectRoot, parse_project_roots, parse_root
from rest.prefixes import DEFAULT as DEFAULT_PREFIXES
from rest.prefixes import Prefixes
from serving.graph.document_limits import DEFAULTS, NAMES, chosen
from serving.source import Network, parse_networks

T = TypeVar("T")

Environment = Literal["development", "production"]

DEFAULT_DATABASE = "orrery"
SECRET_FILE = "secret_key"  # noqa: S105
VAULT_FILE = "vault_keys"
BUS_SCHEMES = ("memory", "redis", "rediss")
OWN_BUS = ("mongodb", "mongodb://")
MAX_POOL = 10_000
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
AGENT_BOARD, ORKOSI = "ORRERY_AGENT_BOARD_PREFIX", "ORRERY_ORKOSI_PREFIX"

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DATABASE_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a gateway needs to start.

    `mongodb_url` is `None` for the embedded database. `bus_url` is `memory://…`, `redis://…`, `rediss://…`, or
    `mongodb` for the database itself; None chooses. Secrets and the URLs, which may carry a password, stay out of the
    representation.
    """

    secret_key: str = field(repr=False)
    data_dir: Path = Path(".data")
    host: str = "127.0.0.1"
    port: int = 3001
    mongodb_url: str | None = field(default=None, repr=False)
    mongodb_database: str = DEFAULT_DATABASE
    mongodb_pool: int = 100
    mongodb_patience: timedelta = timedelta(minutes=1)
    bus_url: str | None = field(default=None, repr=False)
    workers: int = 1
    env: Environment = "development"
    jwt_expires_in: timedelta = timedelta(days=7)
    log_retention: timedelta = timedelta(days=30)
    log_max_events: int = 100_000
    limits: Limits = DEFAULTS
    smtp: SmtpServer | None = None
    mail_from: Sender = DEFAULT_SENDER
    public_url: str | None = None
    require_verified_email: bool = False
    registrations_per_hour: int = 100
    trusted_proxies: tuple[Network, ...] = ()
    storage_quota: int = 1024**3
    allowed_origins: frozenset[str] = frozenset()
    max_connections_per_user: int = 1_000
    max_connections_per_address: int | None = None
    trusted_documents_only: bool = False
    allowed_private_hosts: frozenset[str] = frozenset()
    vault_keys: tuple[VaultKey, ...] = ()
    mcp_token: OperatorToken | None = None
    billing: Billing = field(default_factory=Billing)
    models: LanguageModels = field(default_factory=LanguageModels)
    agent_processes: int = 1
    demo_port: int = demo_address.PORT
    agent_board_prefix: str = DEFAULT_PREFIXES.agent_board
    orkosi_prefix: str = DEFAULT_PREFIXES.orkosi
    project_roots: Sequence[ProjectRoot] = ()
    automations_root: ProjectRoot | None = None
    auth_optional: bool = False
    backups_kept: int = 7
    backup_quota: int = 20 * 1024**3
    backup_remote: BackupRemote | None = None
    runs_scripts: bool = False

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def prefixes(self) -> Prefixes:
        """Where the interfaces are mounted."""
        return Prefixes(self.agent_board_prefix, self.orkosi_prefix)

    @property
    def bus(self) -> str:
        """The URL of the bus: over the database where there are several workers and none is named."""
        if self.bus_url is not None:
            return self.bus_url
        return "mongodb" if self.workers > 1 else "memory://"

    def with_workers(self, count: int) -> "Settings":
        """The same for a number of workers. Raises `SettingsError` where the bus does not reach from one to another."""
        if count > 1 and self.bus_url is not None and self.bus_url.startswith("memory:"):
            raise SettingsError(
                "ORRERY_BUS_URL names memory://, which does not reach from one worker to another: leave it unset."
            )
        return replace(self, workers=count)

    def require_safely_open(self) -> None:
        """Raise `SettingsError` unless this machine alone reaches the gateway, not in production, and the agent board's
        interface has a place of its own: what it takes for authentication to be turned off there."""
        reasons = {
            "ORRERY_ENV must not be production": self.production,
            "ORRERY_HOST must be 127.0.0.1, ::1 or localhost": self.host not in LOOPBACK,
            "ORRERY_PUBLIC_URL must not be set": self.public_url is not None,
            "ORRERY_TRUSTED_PROXIES must not be set": bool(self.trusted_proxies),
            f"{AGENT_BOARD} must not be empty": not self.agent_board_prefix,
        }
        for reason, applies in reasons.items():
            if applies:
                raise SettingsError(f"ORRERY_AGENT_BOARD_AUTH is optional, which lets anybody in: {reason}.")

    @property
    def base_url(self) -> str:
        """Where a browser finds the gateway, without a trailing slash; on this machine, unless `public_url` is set."""
        if self.public_url is not None:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"http://{host}:{self.port}"

    @property
    def base_path(self) -> str:
        """The path of `base_url`: empty, or one such as `/orrery`."""
        return urlsplit(self.base_url).path

    @property
    def socket_origins(self) -> frozenset[str]:
        """Origins whose pages may open a WebSocket whatever its Host says: those allowed, and that of `public_url`."""
        return self.allowed_origins if self.public_url is None else self.allowed_origins | {origin_of(self.public_url)}

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the variables of `environ` (by default the process's own); an empty one counts as unset.

        Creates the data folder and, where `ORRERY_SECRET_KEY` is unset, a key in it that later starts reuse.
        Raises `SettingsError`.
        """
        source = os.environ if environ is None else environ
        values = {name: value.strip() for name, value in source.items() if value.strip()}
        mongodb_url = values.get("ORRERY_MONGODB_URL")
        settings = cls(
            secret_key=_secret(values.get("ORRERY_SECRET_KEY", "")),
            data_dir=Path(values.get("ORRERY_DATA_DIR", ".data")).expanduser().absolute(),
            host=values.get("ORRERY_HOST", "127.0.0.1"),
            port=_between(values.get("ORRERY_PORT", "3001"), 1, 65535, variable="ORRERY_PORT"),
            mongodb_url=mongodb_url,
            mongodb_database=_database_name(mongodb_url) if mongodb_url else DEFAULT_DATABASE,
            # Two transactions of the check at start are open at once, and a stream of changes stays open.
            mongodb_pool=_between(
                values.get("ORRERY_MONGODB_POOL", "100"), 4, MAX_POOL, variable="ORRERY_MONGODB_POOL"
            ),
            mongodb_patience=parse_duration(
                values.get("ORRERY_MONGODB_PATIENCE", "60s"), variable="ORRERY_MONGODB_PATIENCE"
            ),
            bus_url=_bus_url(values.get("ORRERY_BUS_URL")),
            env=_environment(values.get("ORRERY_ENV", "development")),
            jwt_expires_in=parse_duration(values.get("JWT_EXPIRES_IN", "7d"), variable="JWT_EXPIRES_IN"),
            log_retention=parse_duration(values.get("ORRERY_LOG_RETENTION", "30d"), variable="ORRERY_LOG_RETENTION"),
            log_max_events=_count(values.get("ORRERY_LOG_MAX_EVENTS", "100000"), variable="ORRERY_LOG_MAX_EVENTS"),
            limits=_limits(values),
            smtp=_parsed(values, "ORRERY_SMTP_URL", parse_smtp_url),
            mail_from=_parsed(values, "ORRERY_MAIL_FROM", parse_sender) or DEFAULT_SENDER,
            public_url=_parsed(values, "ORRERY_PUBLIC_URL", parse_public_url),
            require_verified_email=_parsed(values, "ORRERY_REQUIRE_VERIFIED_EMAIL", _flag) or False,
            registrations_per_hour=_count(
                values.get("ORRERY_REGISTRATIONS_PER_HOUR", "100"), variable="ORRERY_REGISTRATIONS_PER_HOUR"
            ),
            trusted_proxies=_parsed(values, "ORRERY_TRUSTED_PROXIES", parse_networks) or (),
            storage_quota=_parsed(values, "ORRERY_STORAGE_QUOTA", parse_size) or 1024**3,
            allowed_origins=_parsed(values, "ORRERY_ALLOWED_ORIGINS", parse_origins) or frozenset(),
            max_connections_per_user=_count(
                values.get("ORRERY_MAX_CONNECTIONS_PER_USER", "1000"), variable="ORRERY_MAX_CONNECTIONS_PER_USER"
            ),
            max_connections_per_address=_parsed(
                values,
                "ORRERY_MAX_CONNECTIONS_PER_ADDRESS",
                lambda text: _count(text, variable="ORRERY_MAX_CONNECTIONS_PER_ADDRESS"),
            ),
            trusted_documents_only=_parsed(values, "ORRERY_TRUSTED_DOCUMENTS_ONLY", _flag) or False,
            vault_keys=_parsed(values, "ORRERY_VAULT_KEYS", parse_vault_keys) or (),
            mcp_token=_parsed(values, "MCP_TOKEN", lambda it: operator_token(it, values.get("MCP_TOKEN_WORKSPACE"))),
            billing=Billing(
                values.get("ORRERY_STRIPE_KEY"),
                values.get("ORRERY_STRIPE_URL", STRIPE),
                values.get("ORRERY_STRIPE_WEBHOOK_SECRET"),
                _parsed(values, "ORRERY_PLANS", plans_at) or {},
                _parsed(values, "ORRERY_PLANS", packages_at) or {},
            ),
            allowed_private_hosts=_parsed(values, "ORRERY_ALLOWED_PRIVATE_HOSTS", parse_hosts) or frozenset(),
            models=_parsed(values, "ORRERY_MODELS", models_at) or LanguageModels(),
            agent_processes=_between(
                values.get("ORRERY_AGENT_PROCESSES", "1"), 0, MAX_WORKERS, variable="ORRERY_AGENT_PROCESSES"
            ),
            demo_port=_between(
                values.get("ORRERY_DEMO_PORT", str(demo_address.PORT)), 1, 65535, variable="ORRERY_DEMO_PORT"
            ),
            backups_kept=_between(values.get("ORRERY_BACKUPS_KEPT", "7"), 1, 500, variable="ORRERY_BACKUPS_KEPT"),
            backup_quota=_parsed(values, "ORRERY_BACKUP_QUOTA", parse_size) or 20 * 1024**3,
            backup_remote=_parsed(values, "ORRERY_BACKUP_REMOTE", parse_backup_remote),
            auth_optional=_parsed(values, "ORRERY_AGENT_BOARD_AUTH", _optional) or False,
            agent_board_prefix=_prefix(source, AGENT_BOARD, DEFAULT_PREFIXES.agent_board),
            orkosi_prefix=_prefix(source, ORKOSI, DEFAULT_PREFIXES.orkosi),
            project_roots=_parsed(values, "ORRERY_PROJECT_ROOTS", parse_project_roots) or (),
            automations_root=_parsed(values, "ORRERY_AUTOMATIONS_DIR", parse_root),
            runs_scripts=_parsed(values, "ORRERY_SCRIPTS", parse_scripts) or False,
        )
        if not settings.production:
            settings = replace(settings, models=demo_model.with_demo(settings.models, settings.demo_port))
        if settings.auth_optional:
            settings.require_safely_open()
        if "MCP_TOKEN_WORKSPACE" in values and settings.mcp_token is None:
            raise SettingsError("MCP_TOKEN_WORKSPACE needs MCP_TOKEN, the token that reads the workspace.")
        if settings.smtp is not None and settings.mail_from is DEFAULT_SENDER:
            raise SettingsError("ORRERY_MAIL_FROM must name the sender of the mails that go to ORRERY_SMTP_URL.")
        settings = settings.with_workers(
            _between(values.get("ORRERY_WORKERS", "1"), 1, MAX_WORKERS, variable="ORRERY_WORKERS")
        )
        make_data_dir(settings.data_dir)
        if not settings.secret_key:
            key = kept_secret(settings.data_dir / SECRET_FILE)
            object.__setattr__(settings, "secret_key", key)
        if not settings.vault_keys and not settings.production:
            object.__setattr__(settings, "vault_keys", _kept_vault_keys(settings.data_dir / VAULT_FILE))
        return settings


def _prefix(source: Mapping[str, str], variable: str, default: str) -> str:
    """Where an interface is mounted: one that is empty says that it is not."""
    return _parsed({variable: default, **source}, variable, parse_prefix) or ""


def _parsed(values: Mapping[str, str], variable: str, parse: Callable[[str], T]) -> T | None:
    text = values.get(variable)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise SettingsError(f"{variable} {error}.") from error


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError("must be true or false, or 1 or 0")
    return text.lower() in ("true", "1")


def _optional(text: str) -> bool:
    if text not in ("required", "optional"):
        raise ValueError("must be required or optional")
    return text == "optional"


def _limits(values: Mapping[str, str]) -> Limits:
    given: dict[str, int] = {}
    for name in NAMES:
        variable = f"ORRERY_LIMIT_{name.upper()}"
        if (text := values.get(variable)) is not None:
            given[name] = _count(text, variable=variable)
    return chosen(given)


def _count(text: str, *, variable: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**12:
        raise SettingsError(f"{variable} must be a whole number above 0, not {text!r}.")
    return int(text)


def parse_duration(text: str, *, variable: str) -> timedelta:
    """A whole number with a unit `s`, `m`, `h` or `d`, such as `12h`; at least a second, at most ten years."""
    match = _DURATION.fullmatch(text)
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None
    if duration is None or duration > timedelta(days=3650):
        raise SettingsError(f"{variable} must be a number followed by s, m, h or d, at most 3650d, not {text!r}.")
    return duration


def make_data_dir(path: Path) -> None:
    """Create the data folder, readable by its owner alone; raises `SettingsError` where that is not possible."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"ORRERY_DATA_DIR names {path}, which cannot be used: {error.strerror}.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingsError(f"ORRERY_DATA_DIR names {path}, which is not writable.")


def _kept_vault_keys(path: Path) -> tuple[VaultKey, ...]:
    try:
        return parse_vault_keys(kept_secret(path, lambda: new_vault_key().text))
    except ValueError as error:
        raise SettingsError(f"The file {path} in ORRERY_DATA_DIR {error}.") from error


def _secret(text: str) -> str:
    if text and len(text.encode()) < MIN_SECRET_BYTES:
        raise SettingsError(f"ORRERY_SECRET_KEY must have at least {MIN_SECRET_BYTES} bytes.")
    return text


def _between(text: str, least: int, most: int, *, variable: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and least <= int(text) <= most):
        raise SettingsError(f"{variable} must be a number between {least} and {most}, not {text!r}.")
    return int(text)


def _environment(text: str) -> Environment:
    match text:
        case "development" | "production":
            return text
    raise SettingsError(f"ORRERY_ENV must be development or production, not {text!r}.")


def _bus_url(text: str | None) -> str | None:
    if text is None or text in OWN_BUS:
        return text
    scheme, found, _ = text.partition("://")
    if found and scheme == "mongodb":
        raise SettingsError(
            "ORRERY_BUS_URL names a MongoDB server: write mongodb alone, which is the database of the gateway itself."
        )
    if found and scheme in BUS_SCHEMES:
        return text
    raise SettingsError("ORRERY_BUS_URL must start with memory://, redis:// or rediss://, or be mongodb.")


def _database_name(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SettingsError("ORRERY_MONGODB_URL is not a URL.") from error
    if parts.scheme not in ("mongodb", "mongodb+srv") or not parts.netloc:
        raise SettingsError("ORRERY_MONGODB_URL must start with mongodb:// or mongodb+srv:// and name a host.")
    name = unquote(parts.path.lstrip("/")) or DEFAULT_DATABASE
    if not _DATABASE_NAME.fullmatch(name):
        raise SettingsError("ORRERY_MONGODB_URL names a database with other characters than letters, digits, - and _.")
    return name
