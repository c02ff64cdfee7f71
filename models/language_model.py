"""Language models, as the operator of a gateway declares them (`gateway.model_file` reads the file)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Protocol = Literal["openai", "anthropic"]
BASE_URLS: Mapping[Protocol, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
}
"""Of those who made the protocols."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, which is millionths of a dollar for one."""

    input: float
    output: float
    cached: float

    def of(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> int:
        """Millionths of a US dollar, rounded up; `cached_tokens` are among the `input_tokens`."""
        fresh = max(input_tokens - cached_tokens, 0)
        return -int(-(fresh * self.input + cached_tokens * self.cached + output_tokens * self.output) // 1)


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """What the gateway is to a provider that lets credentials in by a sign-in of their owner. `secret_variable` names
    the variable of the environment that holds its secret there, if it has one."""

    authorize_url: str
    token_url: str
    client_id: str
    secret_variable: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelProvider:
    """Who answers for models, as credentials name it."""

    name: str
    protocol: Protocol
    base_url: str
    oauth: OAuthClient | None = None


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model that missions are run by. `name` is what agents call it, `model` what its provider does.

    `key_variable` names the variable of the environment that holds the key, `credential` the secret of a workspace's
    vault that does; one without either is asked without a key. `context` and `max_output` are tokens; `at_once` is how
    many requests a process makes at a time. `price` is None where nobody said: then it is looked up. `fallbacks` are
    the names of those that are asked where this one cannot be. `provider` is whose credentials of organizations it is
    asked with (`asks`).
    """

    name: str
    protocol: Protocol
    model: str
    base_url: str | None = None
    key_variable: str | None = None
    credential: str | None = None
    context: int = 128_000
    max_output: int = 4_096
    at_once: int = 16
    timeout: float = 120.0
    price: Price | None = None
    fallbacks: tuple[str, ...] = field(default=())
    provider: str | None = None

    @property
    def asks(self) -> str | None:
        """The provider whose credentials it may be sent: at an address of the operator's, none but one that is named,
        as the key of one provider is nothing for another."""
        return self.provider or (self.protocol if self.base_url is None else None)


@dataclass(frozen=True, slots=True)
class LanguageModels:
    """The models that there are, by name. None of them: missions wait for agents that are driven from outside.

    Without a `default`, which a file of models always has, missions are run of those agents alone that name a model.
    """

    by_name: dict[str, LanguageModel] = field(default_factory=dict)
    default: str | None = None
    providers: dict[str, ModelProvider] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def serves(self, name: str | None) -> bool:
        """Whether missions of an agent with this model are for the runtime, even if it can only say what is missing."""
        return self.default is not None or name in self.by_name

    def provider(self, name: str) -> ModelProvider | None:
        """A provider by its name: what the operator says of it, else one of those who made the protocols."""
        made: dict[str, ModelProvider] = {
            protocol: ModelProvider(protocol, protocol, url) for protocol, url in BASE_URLS.items()
        }
        return self.providers.get(name) or made.get(name)

    def find(self, name: str | None) -> LanguageModel | None:
        """The model of a name, or the default for none; None where there is no such model."""
        wanted = name or self.default
        return None if wanted is None else self.by_name.get(wanted)
