"""The model of `orrery demo`, as gateways in development know it (`gateway.demo_server` is what it is on)."""

from dataclasses import replace
from importlib.util import find_spec

from gateway.demo_address import address
from models.language_model import LanguageModel, LanguageModels, Price

NAME = "demo"
RUNTIME_LIBRARY = "pydantic_ai"
"""Comes with the extra `agents`; the gateway itself never loads it."""


def with_demo(models: LanguageModels, port: int) -> LanguageModels:
    """The models with that of the demo beside them, where the runtime is installed. It is nobody's default."""
    if find_spec(RUNTIME_LIBRARY) is None:
        return models
    demo = LanguageModel(name=NAME, protocol="openai", model=NAME, base_url=_url(port), price=Price(1.0, 4.0, 0.1))
    return replace(models, by_name={NAME: demo, **models.by_name})


def hosts_of_demo(models: LanguageModels, port: int) -> frozenset[str]:
    """What a process of agents may reach for the demo's model: nothing where another one has its name."""
    demo = models.by_name.get(NAME)
    return frozenset({address(port)} if demo is not None and demo.base_url == _url(port) else ())


def _url(port: int) -> str:
    return f"http://{address(port)}/v1"
