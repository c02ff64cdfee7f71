"""The file that `ORRERY_MODELS` names: the language models that missions are run by, in TOML.

default = "large"

[models.large]
protocol = "anthropic"            # or "openai", which many servers speak
model = "name-at-the-provider"
base_url = "https://…"            # the provider's own where it is left out
key = "ANTHROPIC_API_KEY"         # the variable of the environment; or credential = "its id"
context = 200000
max_output = 8192
price = { input = 3.0, output = 15.0, cached = 0.3 }
fallbacks = ["small"]
provider = "anthropic"            # whose credentials of organizations it is asked with, if not its own

[providers.anthropic]             # what is not said here is known of "openai" and "anthropic"
protocol = "anthropic"
base_url = "https://…"
[providers.anthropic.oauth]       # where credentials come with a sign-in
authorize_url = "https://…"
token_url = "https://…"
client_id = "orrery"
secret = "VARIABLE"               # of the environment
scopes = ["…"]
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from gateway.toml_file import BadPlaceError, known, read_toml, read_values, text, whole
from models.language_model import (
    BASE_URLS,
    LanguageModel,
    LanguageModels,
    ModelProvider,
    OAuthClient,
    Price,
    Protocol,
)

MAX_MODELS = 100
MAX_SCOPES = 50

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def models_at(text: str) -> LanguageModels:
    """The models of the file that a setting names. Raises ValueError."""
    return read_models(Path(text).expanduser())


def read_models(path: Path) -> LanguageModels:
    """The models that a file declares. Raises ValueError, with a sentence that begins with the place in the file."""
    return read_toml(path, _models)


def _models(data: Mapping[str, Any]) -> LanguageModels:
    known(data, "the file", {"default", "models", "providers"})
    tables = data.get("models")
    if not isinstance(tables, dict) or not 1 <= len(tables) <= MAX_MODELS:
        raise BadPlaceError("models", f"must be 1 to {MAX_MODELS} tables such as [models.large]")
    found = {name: _model(name, table) for name, table in tables.items()}
    default = data.get("default", next(iter(found)))
    if default not in found:
        raise BadPlaceError("default", f"must be one of {', '.join(found)}")
    for model in found.values():
        for fallback in model.fallbacks:
            if fallback not in found or fallback == model.name:
                raise BadPlaceError(f"models.{model.name}.fallbacks", "must name other models of the file")
    providers = data.get("providers", {})
    if not isinstance(providers, dict) or len(providers) > MAX_MODELS:
        raise BadPlaceError("providers", f"must be at most {MAX_MODELS} tables such as [providers.large]")
    return LanguageModels(found, default, {name: _provider(name, table) for name, table in providers.items()})


def _provider(name: str, table: Any) -> ModelProvider:
    place = f"providers.{name}"
    if not _PROVIDER.fullmatch(name):
        raise BadPlaceError(place, "must have a name of 1 to 50 of a-z, 0-9 and . _ -")
    known(table, place, {"protocol", "base_url", "oauth"})
    protocol = _protocol(table, place)
    given = {"base_url": BASE_URLS[protocol], **read_values(table, place, {"base_url": ("base_url", _url)})}
    oauth = None
    if "oauth" in table:
        place = f"{place}.oauth"
        known(table["oauth"], place, _OAUTH.keys())
        if missing := {"authorize_url", "token_url", "client_id"} - table["oauth"].keys():
            raise BadPlaceError(f"{place}.{min(missing)}", "is required")
        oauth = OAuthClient(**read_values(table["oauth"], place, _OAUTH))
    return ModelProvider(name, protocol, oauth=oauth, **given)


def _protocol(table: Mapping[str, Any], place: str) -> Protocol:
    if table.get("protocol") not in BASE_URLS:
        raise BadPlaceError(f"{place}.protocol", 'must be "openai" or "anthropic"')
    return cast(Protocol, table["protocol"])


def _model(name: str, table: Any) -> LanguageModel:
    place = f"models.{name}"
    if not _NAME.fullmatch(name):
        raise BadPlaceError(place, "must have a name of 1 to 100 letters, digits and . _ : / -")
    known(table, place, _READERS.keys() | {"protocol"})
    protocol = _protocol(table, place)
    if "key" in table and "credential" in table:
        raise BadPlaceError(place, "must have a key or a credential, not both")
    given = read_values(table, place, _READERS)
    return LanguageModel(name=name, protocol=protocol, **{"model": name, **given})


def _variable(value: Any) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ValueError("must be the name of a variable of the environment, not the key itself")
    return value


def _credential(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{24}", value):
        raise ValueError("must be the id of a credential, 24 hexadecimal digits")
    return value


def _url(value: Any) -> str:
    url = text(value)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise ValueError("must be an http:// or https:// address without a query")
    return url


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 3600:
        raise ValueError("must be a number of seconds, at most 3600")
    return float(value)


def _price(value: Any) -> Price:
    keys = {"input", "output"}
    if not isinstance(value, dict) or not keys <= value.keys() <= keys | {"cached"}:
        raise ValueError("must be { input = …, output = …, cached = … }, in US dollars for a million tokens")
    for amount in value.values():
        if not isinstance(amount, int | float) or isinstance(amount, bool) or not 0 <= amount <= 1_000_000:
            raise ValueError("must have amounts from 0 to 1000000")
    cached = value["cached"] if "cached" in value else value["input"]
    return Price(float(value["input"]), float(value["output"]), float(cached))


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value) or len(value) > MAX_MODELS:
        raise ValueError("must be a list of names")
    return tuple(value)


def _provider_name(value: Any) -> str:
    if not isinstance(value, str) or not _PROVIDER.fullmatch(value):
        raise ValueError("must be the name of a provider: 1 to 50 of a-z, 0-9 and . _ -")
    return value


def _scopes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_SCOPES:
        raise ValueError(f"must be a list of at most {MAX_SCOPES} scopes")
    return tuple(text(scope) for scope in value)


_OAUTH: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "authorize_url": ("authorize_url", _url),
    "token_url": ("token_url", _url),
    "client_id": ("client_id", text),
    "secret": ("secret_variable", _variable),
    "scopes": ("scopes", _scopes),
}
_READERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "model": ("model", text),
    "base_url": ("base_url", _url),
    "key": ("key_variable", _variable),
    "credential": ("credential", _credential),
    "context": ("context", whole(100_000_000)),
    "max_output": ("max_output", whole(10_000_000)),
    "at_once": ("at_once", whole(10_000)),
    "timeout": ("timeout", _seconds),
    "price": ("price", _price),
    "fallbacks": ("fallbacks", _names),
    "provider": ("provider", _provider_name),
}
