"""The models, as the library that speaks to them knows them, and what their failures mean."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
from anthropic import AsyncAnthropic
from genai_prices import calc_price
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from pydantic import ValidationError
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelRateLimitError,
    ModelRequestTimeout,
    ModelServerError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.usage import RequestUsage

from models.language_model import BASE_URLS, LanguageModel
from models.outbound import NotMade, Refused
from resolvers.credential.token import Token

_TRANSIENT = (
    ModelRateLimitError,
    ModelUnavailableError,
    ModelServerError,
    ModelConnectionError,
    ModelRequestTimeout,
    UnexpectedModelBehavior,
    httpx2.TransportError,
)


AS_THEY_ARE = ModelProfile(json_schema_transformer=None)
"""The schemas of tools are sent as they are given: to make them over for each request was a tenth of its work."""


class QuickOpenAI(AsyncOpenAI):
    """The client of OpenAI's protocol, which has each piece of a stream checked by compiled code, in a twentieth of the
    time; what is not as the protocol says, and yet of use, is read as ever."""

    def _process_response_data(self, *, data: object, cast_to: type[Any], response: httpx2.Response) -> Any:
        if cast_to is ChatCompletionChunk:
            with suppress(ValidationError):
                return ChatCompletionChunk.model_validate(data)
        return super()._process_response_data(data=data, cast_to=cast_to, response=response)


MAX_MADE = 500
"""Models with their keys that a process keeps: tokens change by the hour."""


class NoKeyError(Exception):
    """The key of a model is not there."""


@dataclass(slots=True)
class Providers:
    """The models of a process, made when they are first asked for. `client` is what all requests go through."""

    client: httpx2.AsyncClient
    _made: dict[tuple[str, Token | None], Model] = field(default_factory=dict)
    _rooms: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    def model(self, spec: LanguageModel, key: Token | None) -> Model:
        """A model with a key."""
        made = self._made.get((spec.name, key))
        if made is None:
            if len(self._made) >= MAX_MADE:
                del self._made[next(iter(self._made))]
            made = self._made[spec.name, key] = _make(spec, key or Token("none"), self.client)
        return made

    @asynccontextmanager
    async def room(self, spec: LanguageModel) -> AsyncIterator[None]:
        """One of the requests that may be made to a model at a time."""
        async with self._rooms.setdefault(spec.name, asyncio.Semaphore(spec.at_once)):
            yield


def key_of(spec: LanguageModel) -> str | None:
    """The key of a model that is in the environment; None for one that takes none. Raises NoKeyError."""
    if spec.key_variable is None:
        return None
    if not (key := os.environ.get(spec.key_variable)):
        raise NoKeyError(f"{spec.key_variable} of the gateway's environment is not set")
    return key


def is_transient(error: Exception) -> bool:
    """Whether the same request may succeed later. What the guard refuses would be refused again."""
    if _refused(error) is not None:
        return False
    if isinstance(error, ModelHTTPError) and not isinstance(error, _TRANSIENT):
        return error.status_code in (408, 409, 425, 429) or error.status_code >= 500
    return isinstance(error, _TRANSIENT) and not isinstance(error, ModelContextWindowExceededError)


def is_refusal(error: Exception) -> bool:
    """Whether the provider did nothing for a request, and takes nothing for it: it said so, or was never asked."""
    if isinstance(error, ModelConnectionError):
        return error.phase in ("pool", "connect") or isinstance(_refused(error), NotMade)
    return isinstance(error, ModelHTTPError) and not error.in_stream


def is_about_key(error: Exception) -> bool:
    """Whether the key was refused."""
    return isinstance(error, ModelAuthenticationError)


def is_about_room(error: Exception) -> bool:
    """Whether the conversation is too long for the model."""
    return isinstance(error, ModelContextWindowExceededError)


def retry_after(error: Exception) -> float | None:
    """Seconds that the provider asks to wait."""
    return error.retry_after if isinstance(error, ModelAPIError) else None


def unexpected(error: Exception) -> Exception | None:
    """The error, where it is none that a provider is known for: it is logged whole."""
    return None if isinstance(error, ModelAPIError) else error


def told(error: Exception) -> str:
    """What went wrong, for people: never what a provider sent, which may repeat what it was sent."""
    if (refused := _refused(error)) is not None:
        return str(refused)
    status = getattr(error, "status_code", None)
    return f"status {status}" if status else type(error).__name__.removeprefix("_").removesuffix("Error")


def _refused(error: BaseException | None) -> Refused | None:
    """What the guard of outgoing requests said, where an error of a model's client is due to that."""
    while error is not None and not isinstance(error, Refused):
        error = error.__cause__
    return error


def cost_of(spec: LanguageModel, usage: RequestUsage) -> int | None:
    """Millionths of a US dollar; None where nobody knows the price."""
    if spec.price is not None:
        return spec.price.of(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens)
    try:
        return -int(-calc_price(usage, spec.model, provider_id=spec.protocol).total_price * 1_000_000 // 1)
    except LookupError:
        return None


def is_whole(response: ModelResponse) -> bool:
    """Whether nothing of a response was cut off: it says why it ends, which a stream that only stops does not."""
    said = (response.provider_details or {}).get("finish_reason") or response.finish_reason == "content_filter"
    return response.state == "complete" and bool(said)


def _make(spec: LanguageModel, key: Token, client: httpx2.AsyncClient) -> Model:
    is_token = key.is_bearer and spec.protocol == "anthropic"
    options: dict[str, Any] = {
        "base_url": spec.base_url or BASE_URLS[spec.protocol],
        "auth_token" if is_token else "api_key": key.text,
        "max_retries": 0,
        "timeout": spec.timeout,
        "http_client": client,
    }
    if spec.protocol == "anthropic":
        anthropic = AnthropicProvider(anthropic_client=AsyncAnthropic(**options))
        return AnthropicModel(spec.model, provider=anthropic, profile=AS_THEY_ARE)
    openai = OpenAIProvider(openai_client=QuickOpenAI(**options))
    return OpenAIChatModel(spec.model, provider=openai, profile=AS_THEY_ARE)
