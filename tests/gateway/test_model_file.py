"""The file of language models: what it may say, and how it is told what is wrong with it."""

from pathlib import Path

import pytest

from gateway.model_file import read_models
from gateway.settings import Settings, SettingsError

LARGE = """
default = "large"
[models.large]
protocol = "anthropic"
key = "LARGE_KEY"
price = { input = 3.0, output = 15.0 }
fallbacks = ["small"]
[models.small]
protocol = "openai"
base_url = "http://127.0.0.1:8000/v1"
model = "local"
context = 8000
[models.hosted]
protocol = "openai"
base_url = "https://models.example/v1"
provider = "example"
[providers.example]
protocol = "openai"
base_url = "https://models.example/v1"
[providers.example.oauth]
authorize_url = "https://models.example/authorize"
token_url = "https://models.example/token"
client_id = "orrery"
secret = "EXAMPLE_SECRET"
scopes = ["models"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "models.toml"
    file.write_text(text)
    return file


def test_a_file_declares_models_by_name(tmp_path: Path) -> None:
    models = read_models(written(tmp_path, LARGE))

    large, small = models.find(None), models.find("small")
    assert large is not None
    assert small is not None
    assert (large.name, large.model, large.key_variable, large.fallbacks) == ("large", "large", "LARGE_KEY", ("small",))
    assert (small.model, small.context, small.price) == ("local", 8000, None)
    assert large.price is not None
    assert large.price.of(1_000, 10) == 3_150
    assert models.find("other") is None


def test_a_model_is_asked_with_credentials_of_its_provider_alone(tmp_path: Path) -> None:
    models = read_models(written(tmp_path, LARGE))

    # An address of the operator's is sent no key of a provider that it is not said to be.
    assert {name: model.asks for name, model in models.by_name.items()} == {
        "large": "anthropic",
        "small": None,
        "hosted": "example",
    }
    known = models.provider("example")
    assert known is not None
    assert known.oauth is not None
    assert (known.oauth.client_id, known.oauth.secret_variable, known.oauth.scopes) == (
        "orrery",
        "EXAMPLE_SECRET",
        ("models",),
    )
    assert [models.provider(name) is None for name in ("openai", "anthropic", "nobody")] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "models must be 1 to 100 tables"),
        ("[models.a]\nprotocol = 'soap'", "models.a.protocol must be"),
        ("[models.a]\nprotocol = 'openai'\nkey = 'sk-secret'", "models.a.key must be the name of a variable"),
        ("[models.a]\nprotocol = 'openai'\nkey = 'A'\ncredential = '0'", "models.a must have a key or a credential"),
        ("[models.a]\nprotocol = 'openai'\nbase_url = 'ftp://x'", "models.a.base_url must be an http"),
        ("[models.a]\nprotocol = 'openai'\ncontext = 0", "models.a.context must be a whole number"),
        ("[models.a]\nprotocol = 'openai'\nprice = { input = -1, output = 1 }", "models.a.price must have amounts"),
        ("[models.a]\nprotocol = 'openai'\nfallbacks = ['a']", "models.a.fallbacks must name other models"),
        ("[models.a]\nprotocol = 'openai'\ntemperature = 1", "models.a knows no temperature"),
        ("default = 'b'\n[models.a]\nprotocol = 'openai'", "default must be one of a"),
        ("[models.a]\nprotocol = 'openai'\nprovider = 'A'", "models.a.provider must be the name of a provider"),
        ("[models.a]\nprotocol = 'openai'\n[providers.b]\nurl = 'x'", "providers.b knows no url"),
        (
            "[models.a]\nprotocol = 'openai'\n[providers.b]\nprotocol = 'openai'\n[providers.b.oauth]\nclient_id = 'c'",
            "providers.b.oauth.authorize_url is required",
        ),
        ("[models", "is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_without_secrets(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="names ") as refused:
        read_models(written(tmp_path, text))

    assert problem in str(refused.value)
    assert "sk-secret" not in str(refused.value)


def test_a_setting_names_the_file_and_how_many_processes_there_are(tmp_path: Path) -> None:
    environ = {"ORRERY_DATA_DIR": str(tmp_path), "ORRERY_MODELS": str(written(tmp_path, LARGE))}

    settings = Settings.from_env({**environ, "ORRERY_AGENT_PROCESSES": "2"})

    assert (settings.models.default, settings.agent_processes) == ("large", 2)
    with pytest.raises(SettingsError, match="ORRERY_MODELS names"):
        Settings.from_env({**environ, "ORRERY_MODELS": str(tmp_path / "none.toml")})
    with pytest.raises(SettingsError, match="ORRERY_AGENT_PROCESSES must be"):
        Settings.from_env({**environ, "ORRERY_AGENT_PROCESSES": "many"})
