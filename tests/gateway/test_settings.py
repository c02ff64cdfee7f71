import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from auth.vault import new_vault_key
from gateway.app import create_app
from gateway.secret_file import kept_secret
from gateway.settings import Settings, SettingsError
from resolvers.script import sandbox


def environ(tmp_path: Path, **values: str) -> dict[str, str]:
    return {"ORRERY_DATA_DIR": str(tmp_path / "data")} | values


def test_an_empty_environment_gives_the_documented_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_env({"ORRERY_PORT": "  "})

    assert settings.data_dir == tmp_path / ".data"
    assert settings.base_url == "http://127.0.0.1:3001"
    assert (settings.mongodb_url, settings.mongodb_database) == (None, "orrery")
    assert (settings.bus, settings.workers) == ("memory://", 1)
    assert (settings.env, settings.production) == ("development", False)
    assert settings.jwt_expires_in == timedelta(days=7)
    assert (settings.log_retention, settings.log_max_events) == (timedelta(days=30), 100_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, expected: timedelta, tmp_path: Path) -> None:
    assert Settings.from_env(environ(tmp_path, JWT_EXPIRES_IN=text)).jwt_expires_in == expected


def test_connections_and_patience_are_settings(tmp_path: Path) -> None:
    given = Settings.from_env(environ(tmp_path, ORRERY_MONGODB_POOL="20", ORRERY_MONGODB_PATIENCE="5m"))
    default = Settings.from_env(environ(tmp_path))

    assert (given.mongodb_pool, given.mongodb_patience) == (20, timedelta(minutes=5))
    assert (default.mongodb_pool, default.mongodb_patience) == (100, timedelta(minutes=1))


def test_the_roots_of_projects_are_folders_that_hold_them(tmp_path: Path) -> None:
    given = Settings.from_env(environ(tmp_path, ORRERY_PROJECT_ROOTS="/srv/{org}/repos : /home/shared"))

    assert [(root.place("acme").path, root.is_shared) for root in given.project_roots] == [
        ("/srv/acme/repos", False),
        ("/home/shared", True),
    ]
    for text in ("relative", "/", "/{org}", "/proc/self", "/srv/../etc", "/srv/x{org}", "/srv/{org}/{org}"):
        with pytest.raises(SettingsError, match="ORRERY_PROJECT_ROOTS"):
            Settings.from_env(environ(tmp_path, ORRERY_PROJECT_ROOTS=text))


def test_what_starts_agents_is_looked_for_in_one_folder(tmp_path: Path) -> None:
    given = Settings.from_env(environ(tmp_path, ORRERY_AUTOMATIONS_DIR="/srv/{org}/agents")).automations_root

    assert given is not None
    assert given.place("acme").path == "/srv/acme/agents"
    assert Settings.from_env(environ(tmp_path)).automations_root is None
    with pytest.raises(SettingsError, match="ORRERY_AUTOMATIONS_DIR"):
        Settings.from_env(environ(tmp_path, ORRERY_AUTOMATIONS_DIR="agents"))


def test_scripts_are_run_in_the_sandbox_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "is_there", lambda: True)

    assert Settings.from_env(environ(tmp_path)).runs_scripts is False
    assert Settings.from_env(environ(tmp_path, ORRERY_SCRIPTS="sandbox")).runs_scripts is True
    with pytest.raises(SettingsError, match="ORRERY_SCRIPTS"):
        Settings.from_env(environ(tmp_path, ORRERY_SCRIPTS="true"))
    monkeypatch.setattr(sandbox, "is_there", lambda: False)
    with pytest.raises(SettingsError, match="bubblewrap"):
        Settings.from_env(environ(tmp_path, ORRERY_SCRIPTS="sandbox"))


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("true", True), ("0", False), ("False", False)])
def test_trusted_documents_alone_are_a_setting(text: str, expected: bool, tmp_path: Path) -> None:
    given = Settings.from_env(environ(tmp_path, ORRERY_TRUSTED_DOCUMENTS_ONLY=text))

    assert given.trusted_documents_only is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("5000", 5000), ("10MB", 10 * 1024**2), ("2 gb", 2 * 1024**3), ("1TB", 1024**4)]
)
def test_a_quota_is_a_number_of_bytes_with_a_unit_or_without(text: str, expected: int, tmp_path: Path) -> None:
    assert Settings.from_env(environ(tmp_path, ORRERY_STORAGE_QUOTA=text)).storage_quota == expected


def test_private_hosts_are_listed_with_commas(tmp_path: Path) -> None:
    text = "Models.internal, 127.0.0.1:8080,[::1]:8080 ,"

    hosts = Settings.from_env(environ(tmp_path, ORRERY_ALLOWED_PRIVATE_HOSTS=text)).allowed_private_hosts

    assert hosts == {"models.internal", "127.0.0.1:8080", "[::1]:8080"}


def test_origins_are_listed_with_commas(tmp_path: Path) -> None:
    text = "https://app.example, http://localhost:5173,http://[::1]:8080 ,"

    origins = Settings.from_env(environ(tmp_path, ORRERY_ALLOWED_ORIGINS=text)).allowed_origins

    assert origins == {"https://app.example", "http://localhost:5173", "http://[::1]:8080"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORRERY_PORT", "0"),
        ("ORRERY_PORT", "65536"),
        ("ORRERY_PORT", "http"),
        ("ORRERY_PORT", "³"),
        ("ORRERY_ENV", "staging"),
        ("ORRERY_ALLOWED_PRIVATE_HOSTS", "http://localhost"),
        ("ORRERY_ALLOWED_PRIVATE_HOSTS", "::1"),
        ("ORRERY_VAULT_KEYS", "nonsense"),
        ("ORRERY_STORAGE_QUOTA", "0"),
        ("ORRERY_STORAGE_QUOTA", "2 GiB"),
        ("ORRERY_STORAGE_QUOTA", "much"),
        ("ORRERY_BUS_URL", "kafka://localhost"),
        ("ORRERY_BUS_URL", "memory"),
        ("ORRERY_BUS_URL", "mongodb://other:27017/orrery"),
        ("ORRERY_WORKERS", "0"),
        ("ORRERY_WORKERS", "65"),
        ("ORRERY_WORKERS", "all"),
        ("ORRERY_MONGODB_URL", "postgres://localhost/orrery"),
        ("ORRERY_MONGODB_URL", "mongodb:///orrery"),
        ("ORRERY_MONGODB_URL", "mongodb://localhost/a.b"),
        ("ORRERY_MONGODB_URL", "mongodb://[::1/orrery"),
        ("ORRERY_MONGODB_POOL", "3"),
        ("ORRERY_MONGODB_POOL", "10001"),
        ("ORRERY_MONGODB_POOL", "many"),
        ("ORRERY_MONGODB_PATIENCE", "60"),
        ("ORRERY_SECRET_KEY", "short"),
        ("ORRERY_SMTP_URL", "mail.example.com"),
        ("ORRERY_SMTP_URL", "http://mail.example.com"),
        ("ORRERY_SMTP_URL", "smtp://user@mail.example.com"),
        ("ORRERY_SMTP_URL", "smtp://mail.example.com/path"),
        ("ORRERY_SMTP_URL", "smtp://mail.example.com:99999"),
        ("ORRERY_MAIL_FROM", "nobody"),
        ("ORRERY_PUBLIC_URL", "orrery.example.com"),
        ("ORRERY_PUBLIC_URL", "https://orrery.example.com/?x=1"),
        ("ORRERY_REQUIRE_VERIFIED_EMAIL", "maybe"),
        ("ORRERY_TRUSTED_DOCUMENTS_ONLY", "yes"),
        ("ORRERY_MAX_CONNECTIONS_PER_USER", "0"),
        ("ORRERY_MAX_CONNECTIONS_PER_USER", "many"),
        ("ORRERY_MAX_CONNECTIONS_PER_ADDRESS", "0"),
        ("ORRERY_ALLOWED_ORIGINS", "*"),
        ("ORRERY_ALLOWED_ORIGINS", "app.example"),
        ("ORRERY_ALLOWED_ORIGINS", "https://app.example/"),
        ("ORRERY_ALLOWED_ORIGINS", "https://APP.example"),
        ("JWT_EXPIRES_IN", "7"),
        ("JWT_EXPIRES_IN", "0d"),
        ("JWT_EXPIRES_IN", "-1d"),
        ("JWT_EXPIRES_IN", "9999d"),
        ("JWT_EXPIRES_IN", "2w"),
        ("ORRERY_LOG_RETENTION", "forever"),
        ("ORRERY_LOG_MAX_EVENTS", "0"),
        ("ORRERY_LOG_MAX_EVENTS", "1e6"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_that_names_the_variable(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ(tmp_path, **{name: value}))

    assert name in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "workers", "bus"),
    [
        (None, 1, "memory://"),
        (None, 2, "mongodb"),
        ("mongodb://", 1, "mongodb://"),
        ("mongodb", 2, "mongodb"),
        ("redis://localhost", 2, "redis://localhost"),
    ],
)
def test_several_workers_hear_of_each_other_over_the_database_unless_another_bus_is_named(
    given: str | None, workers: int, bus: str, tmp_path: Path
) -> None:
    values = {} if given is None else {"ORRERY_BUS_URL": given}

    assert Settings.from_env(environ(tmp_path, ORRERY_WORKERS=str(workers), **values)).bus == bus


def test_several_workers_cannot_share_a_bus_in_memory(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ORRERY_BUS_URL"):
        Settings.from_env(environ(tmp_path, ORRERY_BUS_URL="memory://")).with_workers(2)


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(SettingsError, match="ORRERY_DATA_DIR"):
        Settings.from_env(environ(tmp_path))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("mongodb://localhost:27017", "orrery"),
        ("mongodb://u:p%2Fw@a:1,b:2/board?replicaSet=rs", "board"),
        ("mongodb+srv://cluster.example.com/?w=majority", "orrery"),
    ],
)
def test_the_database_is_named_by_the_path_of_the_url(url: str, name: str, tmp_path: Path) -> None:
    assert Settings.from_env(environ(tmp_path, ORRERY_MONGODB_URL=url)).mongodb_database == name


def test_the_generated_key_is_private_and_survives_a_restart(tmp_path: Path) -> None:
    first = Settings.from_env(environ(tmp_path))
    second = Settings.from_env(environ(tmp_path))

    file = tmp_path / "data" / "secret_key"
    assert first.secret_key == second.secret_key == file.read_text()
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept_secret, [tmp_path / "key"] * 32))

    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_a_truncated_key_is_refused_rather_than_used(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc")

    with pytest.raises(SettingsError, match="damaged"):
        kept_secret(tmp_path / "key")


def test_secrets_stay_out_of_the_representation(tmp_path: Path) -> None:
    settings = Settings.from_env(
        environ(tmp_path, ORRERY_SECRET_KEY="k" * 40, ORRERY_MONGODB_URL="mongodb://u:hunter2@localhost/x")
    )

    assert "k" * 40 not in repr(settings)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:3001"), ("::", "http://[::1]:3001"), ("board.lan", "http://board.lan:3001")],  # noqa: S104
)
def test_the_base_url_is_one_that_a_browser_can_open(host: str, url: str, tmp_path: Path) -> None:
    assert Settings.from_env(environ(tmp_path, ORRERY_HOST=host)).base_url == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 25, "offered", None, None)),
        ("smtp://a%40b:p%3Aw@mail.example.com:2525", ("mail.example.com", 2525, "starttls", "a@b", "p:w")),
        ("smtp+starttls://mail.example.com", ("mail.example.com", 587, "starttls", None, None)),
        ("smtps://u:p@mail.example.com", ("mail.example.com", 465, "tls", "u", "p")),
        ("smtp://u:p@127.0.0.1:1025", ("127.0.0.1", 1025, "none", "u", "p")),
    ],
)
def test_a_password_for_the_mail_server_is_never_sent_in_the_clear_to_another_machine(
    url: str, expected: tuple[object, ...], tmp_path: Path
) -> None:
    values = environ(tmp_path, ORRERY_SMTP_URL=url, ORRERY_MAIL_FROM="Orrery <orrery@example.com>")

    smtp = Settings.from_env(values).smtp

    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.security, smtp.user, smtp.password) == expected
    assert "p:w" not in repr(smtp)


def test_a_mail_server_takes_a_sender(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ORRERY_MAIL_FROM"):
        Settings.from_env(environ(tmp_path, ORRERY_SMTP_URL="smtp://mail.example.com"))


def test_links_lead_to_the_public_address(tmp_path: Path) -> None:
    settings = Settings.from_env(environ(tmp_path, ORRERY_PUBLIC_URL="https://orrery.example.com/"))

    assert settings.base_url == "https://orrery.example.com"


def test_proxies_and_the_budget_of_a_source_are_read(tmp_path: Path) -> None:
    environment = {"ORRERY_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7", "ORRERY_REGISTRATIONS_PER_HOUR": "5"}
    settings = Settings.from_env({"ORRERY_DATA_DIR": str(tmp_path / "data"), **environment})

    assert [str(one) for one in settings.trusted_proxies] == ["10.0.0.0/8", "192.0.2.7/32"]
    assert settings.registrations_per_hour == 5
    with pytest.raises(SettingsError, match="ORRERY_TRUSTED_PROXIES"):
        Settings.from_env({"ORRERY_DATA_DIR": str(tmp_path / "data"), "ORRERY_TRUSTED_PROXIES": "proxy.example"})


def test_a_vault_key_is_made_and_kept_in_development_alone(tmp_path: Path) -> None:
    first, second = (Settings.from_env(environ(tmp_path)).vault_keys for _ in range(2))
    file = tmp_path / "data" / "vault_keys"

    assert first == second
    assert len(first) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Settings.from_env(environ(tmp_path / "other", ORRERY_ENV="production")).vault_keys == ()


def test_vault_keys_are_a_setting_that_is_told_nowhere(tmp_path: Path) -> None:
    key = new_vault_key()

    settings = Settings.from_env(environ(tmp_path, ORRERY_VAULT_KEYS=key.text))

    assert settings.vault_keys == (key,)
    assert not (tmp_path / "data" / "vault_keys").exists()
    assert key.text.partition(":")[2] not in repr(settings)


@pytest.mark.parametrize(
    "exposed",
    [
        {"ORRERY_HOST": "192.0.2.1"},
        {"ORRERY_ENV": "production"},
        {"ORRERY_PUBLIC_URL": "https://orrery.example"},
        {"ORRERY_TRUSTED_PROXIES": "127.0.0.1"},
        {"ORRERY_AGENT_BOARD_PREFIX": ""},
    ],
    ids=lambda exposed: next(iter(exposed)),
)
def test_authentication_is_optional_on_loopback_alone(tmp_path: Path, exposed: dict[str, str]) -> None:
    optional = environ(tmp_path, ORRERY_AGENT_BOARD_AUTH="optional")

    assert Settings.from_env(optional).auth_optional
    assert not Settings.from_env(environ(tmp_path, ORRERY_AGENT_BOARD_AUTH="required")).auth_optional
    with pytest.raises(SettingsError, match=f"ORRERY_AGENT_BOARD_AUTH is optional.*{next(iter(exposed))}"):
        Settings.from_env({**optional, **exposed})
    with pytest.raises(SettingsError, match="ORRERY_HOST"):
        create_app(replace(Settings.from_env(optional), host="192.0.2.1"))  # as `--host` says
    with pytest.raises(SettingsError, match="ORRERY_AGENT_BOARD_AUTH must be"):
        Settings.from_env(environ(tmp_path, ORRERY_AGENT_BOARD_AUTH="off"))
