"""One turn of a model: asked, heard word by word, and asked again where it fails."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import uniform
from types import MappingProxyType

from bson import ObjectId
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import ModelMessage, ModelResponse, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from agents.runtime.child import history, provider, telemetry
from agents.runtime.child.provider import Providers
from agents.runtime.child.writes import Writes
from models.errors import OrreryError
from models.language_model import LanguageModel
from models.records import CredentialRecord
from realtime.counts import COUNTS
from resolvers.credential.token import Token, token_for
from resolvers.mission.run import Held, keep_output, tell_delta
from resolvers.mission.turns import Attempt, Request, drop_attempt
from resolvers.state.mission_wake import ENVIRONMENT, Seen, rotated_at
from resolvers.usage.spending import Amount

log = logging.getLogger("orrery.agents")

TOGETHER = 0.05
"""Seconds of text that are told together."""
KEPT_EVERY = 2.0
"""Seconds after which what is being written is kept, for whoever comes later."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: of the first rest after a failure, which doubles, and of the longest; how often a model is asked."""

    first_rest: float = 1.0
    longest_rest: float = 60.0
    tries: int = 6


class NoAnswerError(Exception):
    """No model answered: what is told of it. `about_key` says that one's key is missing or was refused, `about_room`
    that the conversation is too long. `keys` are those that were tried."""

    keys: Seen = MappingProxyType({ENVIRONMENT: None})

    def __init__(self, told: str, *, about_key: bool = False, about_room: bool = False) -> None:
        super().__init__(told)
        self.about_key = about_key
        self.about_room = about_room


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, and which one, in which attempt."""

    response: ModelResponse
    spec: LanguageModel
    attempt: Attempt


async def ask(
    held: Held,
    writes: Writes,
    providers: Providers,
    specs: Sequence[LanguageModel],
    messages: Sequence[ModelMessage],
    parameters: ModelRequestParameters,
    pace: Pace,
    credentials: Sequence[CredentialRecord] = (),
) -> Answer:
    """The answer of the first of some models that gives one, each asked with the first of the `credentials` that is of
    its provider, or else with its own key.

    Raises NoAnswerError where none does, BudgetExhausted, and RunLostError.
    """
    failure: NoAnswerError | None = None
    # What is assigned is told of as a change of the organization.
    keys: dict[str, datetime | None] = {ENVIRONMENT: None, str(held.organization_id): None}
    for spec in specs:
        credential_id = _credential(spec, credentials)
        if credential_id is not None:
            keys[str(credential_id)] = await rotated_at(credential_id)
        try:
            model = providers.model(spec, await _key(held, spec, credential_id))
            async with providers.room(spec):
                return await _insist(held, writes, model, spec, messages, parameters, pace, credential_id)
        except provider.NoKeyError as error:
            failure = NoAnswerError(str(error), about_key=True)
        except NoAnswerError as error:
            failure = error
            if error.about_room:
                break
    failure = failure or NoAnswerError("there is no model")
    failure.keys = keys
    raise failure


async def _insist(
    held: Held,
    writes: Writes,
    model: Model,
    spec: LanguageModel,
    messages: Sequence[ModelMessage],
    parameters: ModelRequestParameters,
    pace: Pace,
    credential_id: ObjectId | None,
) -> Answer:
    """Ask a model again and again, as far as that may help."""
    rest = pace.first_rest
    for left in range(pace.tries - 1, -1, -1):
        worst = worst_of(spec, messages, parameters)
        attempt = await writes.begin_attempt(Request(held, worst, spec.name, credential_id))
        speech = Speech(held, attempt)
        try:
            response = await _hear(model, spec, messages, parameters, speech)
            if provider.is_whole(response):
                COUNTS.add("model_requests", spec.name, "answered")
                return Answer(response, spec, attempt)
            COUNTS.add("model_requests", spec.name, "cut")
            told, wanted = "its answer was cut off", None
        except Exception as error:
            COUNTS.add("model_requests", spec.name, "failed")
            told = provider.told(error)
            if provider.is_refusal(error):
                await drop_attempt(held, attempt)
            if not provider.is_transient(error):
                log.warning("the model %s refused a request: %s", spec.name, told, exc_info=provider.unexpected(error))
                raise NoAnswerError(
                    f"The model {spec.name} refused the request ({told})",
                    about_key=provider.is_about_key(error),
                    about_room=provider.is_about_room(error),
                ) from error
            wanted = provider.retry_after(error)
        finally:
            await speech.end()
        if left:
            log.info("the model %s did not answer (%s); asking again", spec.name, told)
            await asyncio.sleep(min(max(wanted or 0.0, uniform(rest / 2, rest)), pace.longest_rest))
            rest *= 2
    raise NoAnswerError(f"The model {spec.name} did not answer, asked {pace.tries} times ({told})")


def worst_of(spec: LanguageModel, messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> Amount:
    """What a request may come to at worst: no token is less than a byte, none more than the model's context is taken,
    and the answer is bounded."""
    size = len(history.dump(messages)) + sum(len(repr(tool)) for tool in parameters.function_tools)
    tokens = min(size, spec.context)
    cost = provider.cost_of(spec, RequestUsage(input_tokens=tokens, output_tokens=spec.max_output))
    return Amount(cost or 0, tokens + spec.max_output)


def _credential(spec: LanguageModel, assigned: Sequence[CredentialRecord]) -> ObjectId | None:
    """The credential that a model is asked with; None for the key of the environment, or none."""
    theirs = (credential["_id"] for credential in assigned if spec.asks and credential.get("provider") == spec.asks)
    return next(theirs, ObjectId(spec.credential) if spec.credential is not None else None)


async def _key(held: Held, spec: LanguageModel, credential_id: ObjectId | None) -> Token | None:
    """The key of a model, of the environment or of the vault. Raises NoKeyError."""
    if credential_id is None:
        key = provider.key_of(spec)
        return None if key is None else Token(key)
    try:
        return await token_for(held.ctx.services, held.workspace_id, credential_id)
    except OrreryError as error:
        raise provider.NoKeyError(f"The credential of the model {spec.name} cannot be used ({error.code})") from error


async def _hear(
    model: Model,
    spec: LanguageModel,
    messages: Sequence[ModelMessage],
    parameters: ModelRequestParameters,
    speech: "Speech",
) -> ModelResponse:
    settings = ModelSettings(max_tokens=spec.max_output, timeout=spec.timeout)
    async with model_request_stream(
        model,
        messages,
        model_settings=settings,
        model_request_parameters=parameters,
        instrument=telemetry.instrumentation(),
    ) as stream:
        async for event in stream:
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                speech.say(event.part.content)
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                speech.say(event.delta.content_delta)
        return stream.get()


class Speech:
    """What a model says in one attempt: told a few words at a time, and kept now and then."""

    def __init__(self, held: Held, attempt: Attempt) -> None:
        self._held = held
        self._attempt = attempt
        self._text = ""
        self._told = 0
        self._timer: asyncio.TimerHandle | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._keep_at = asyncio.get_running_loop().time() + KEPT_EVERY

    def say(self, text: str) -> None:
        """Some more was said."""
        self._text += text
        if self._timer is None and text:
            self._timer = asyncio.get_running_loop().call_later(TOGETHER, self._tell)

    async def end(self) -> None:
        """Tell what is left."""
        if self._timer is not None:
            self._timer.cancel()
            self._tell()
        if self._keeping is not None:
            await asyncio.wait([self._keeping])

    def _tell(self) -> None:
        self._timer = None
        tell_delta(self._held, self._attempt.after, self._attempt.number, self._told, self._text[self._told :])
        self._told = len(self._text)
        now = asyncio.get_running_loop().time()
        if now >= self._keep_at and (self._keeping is None or self._keeping.done()):
            self._keep_at = now + KEPT_EVERY
            self._keeping = asyncio.create_task(
                keep_output(self._held, self._attempt.number, self._text), name="output"
            )
            self._keeping.add_done_callback(_note)


def _note(keeping: "asyncio.Task[None]") -> None:
    if not keeping.cancelled() and (error := keeping.exception()) is not None:
        log.debug("what a model writes could not be kept", exc_info=error)
