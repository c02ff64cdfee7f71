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
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from gateway.toml_file import BadPlaceError, known, read_toml, read_values, text, whole
from models.language_model import LanguageModel, LanguageModels, Price, Protocol

MAX_MODELS = 100

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def models_at(text: str) -> LanguageModels:
    """The models of the file that a setting names. Raises ValueError."""
    return read_models(Path(text).expanduser())


def read_models(path: Path) -> LanguageModels:
    """The models that a file declares. Raises ValueError, with a sentence that begins with the place in the file."""
    return read_toml(path, _models)


def _models(data: Mapping[str, Any]) -> LanguageModels:
    known(data, "the file", {"default", "models"})
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
    return LanguageModels(found, default)


def _model(name: str, table: Any) -> LanguageModel:
    place = f"models.{name}"
    if not _NAME.fullmatch(name):
        raise BadPlaceError(place, "must have a name of 1 to 100 letters, digits and . _ : / -")
    known(table, place, _READERS.keys() | {"protocol"})
    if table.get("protocol") not in ("openai", "anthropic"):
        raise BadPlaceError(f"{place}.protocol", 'must be "openai" or "anthropic"')
    if "key" in table and "credential" in table:
        raise BadPlaceError(place, "must have a key or a credential, not both")
    given = read_values(table, place, _READERS)
    return LanguageModel(name=name, protocol=cast(Protocol, table["protocol"]), **{"model": name, **given})


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
}
