"""Language models, as the operator of a gateway declares them (`gateway.model_file` reads the file)."""

from dataclasses import dataclass, field
from typing import Literal

Protocol = Literal["openai", "anthropic"]


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
class LanguageModel:
    """A model that missions are run by. `name` is what agents call it, `model` what its provider does.

    `key_variable` names the variable of the environment that holds the key, `credential` the secret of a workspace's
    vault that does; one without either is asked without a key. `context` and `max_output` are tokens; `at_once` is how
    many requests a process makes at a time. `price` is None where nobody said: then it is looked up. `fallbacks` are
    the names of those that are asked where this one cannot be.
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


@dataclass(frozen=True, slots=True)
class LanguageModels:
    """The models that there are, by name. None of them: missions wait for agents that are driven from outside.

    Without a `default`, which a file of models always has, missions are run of those agents alone that name a model.
    """

    by_name: dict[str, LanguageModel] = field(default_factory=dict)
    default: str | None = None

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def serves(self, name: str | None) -> bool:
        """Whether missions of an agent with this model are for the runtime, even if it can only say what is missing."""
        return self.default is not None or name in self.by_name

    def find(self, name: str | None) -> LanguageModel | None:
        """The model of a name, or the default for none; None where there is no such model."""
        wanted = name or self.default
        return None if wanted is None else self.by_name.get(wanted)
