"""The model of `orrery demo`, as gateways in development know it (`gateway.demo_server` is what it is on)."""

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
    demo = LanguageModel(
        name=NAME, protocol="openai", model=NAME, base_url=f"http://{address(port)}/v1", price=Price(1.0, 4.0, 0.1)
    )
    return LanguageModels({NAME: demo, **models.by_name}, models.default)
