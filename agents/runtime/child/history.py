"""The conversation with a model: kept turn by turn as JSON, and built again from that, byte for byte as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from bson import ObjectId
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from models.records import MissionCallRecord, MissionStepRecord

FORMAT = "pydantic-ai/2"
"""Of messages as they are kept: another one comes with what reads this one."""

MAX_CALLS = 32
MAX_ARGUMENTS = 256 * 1024
"""Bytes of the arguments of one call."""
ELIDED = "[left out to save room: call again if you need it]"


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that a model asks for. `problem` is why it is not even tried."""

    tool: str
    arguments: str
    problem: str | None = None


def dump(messages: Sequence[ModelMessage]) -> str:
    return ModelMessagesTypeAdapter.dump_json(list(messages)).decode()


def load(steps: Sequence[MissionStepRecord], elided_before: int) -> list[ModelMessage]:
    """What was said, as the model is shown it: of turns before `elided_before` without the results of calls."""
    found: list[ModelMessage] = []
    for step in steps:
        messages = ModelMessagesTypeAdapter.validate_json(step["messages"])
        found += [_elided(message) for message in messages] if step["n"] < elided_before else messages
    return found


def ends_with_text(step: MissionStepRecord) -> bool:
    """Whether a model said something aloud in a turn."""
    response = ModelMessagesTypeAdapter.validate_json(step["messages"])[-1]
    return isinstance(response, ModelResponse) and bool(text_of(response))


def text_of(response: ModelResponse) -> str:
    """What a model said aloud."""
    return "".join(part.content for part in response.parts if isinstance(part, TextPart)).strip()


def cleaned(response: ModelResponse, n: int) -> tuple[ModelResponse, list[Asked]]:
    """A response as it may be sent back, and the calls that it asks for.

    Each call has an id of ours, since providers repeat theirs, and arguments that are JSON: bad ones would be refused
    by the provider in every later request. Thoughts without a signature were cut.
    """
    parts: list[ModelResponsePart] = []
    calls: list[Asked] = []
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            asked = _asked(part, len(calls))
            parts.append(replace(part, args=asked.arguments, tool_call_id=call_name(n, len(calls))))
            calls.append(asked)
        elif not (isinstance(part, ThinkingPart) and part.signature is None):
            parts.append(part)
    return replace(response, parts=parts), calls


def call_name(n: int, index: int) -> str:
    """What the model is told a call is called."""
    return f"call_{n}_{index}"


def request(
    instructions: str, said: Sequence[str], calls: Sequence[MissionCallRecord], results: Mapping[ObjectId, str]
) -> ModelRequest:
    """The next message to the model: what became of its calls, then what people say."""
    parts: list[ModelRequestPart] = [
        ToolReturnPart(
            tool_name=call["tool"],
            content=results.get(call["_id"]) or call["result"] or "",
            tool_call_id=call_name(call["n"], call["index"]),
        )
        for call in calls
    ]
    parts += [UserPromptPart(text) for text in said]
    return ModelRequest(parts=parts, instructions=instructions)


def _asked(part: ToolCallPart, index: int) -> Asked:
    if index >= MAX_CALLS:
        return Asked(part.tool_name, "{}", f"One turn may ask for {MAX_CALLS} calls: ask again for this one")
    try:
        given: Any = orjson.loads(part.args or "{}") if isinstance(part.args, str | None) else part.args
        text = orjson.dumps(given).decode()
    except (orjson.JSONDecodeError, TypeError):
        return Asked(part.tool_name, "{}", "The arguments were no JSON: send them again")
    if not isinstance(given, dict):
        return Asked(part.tool_name, "{}", "The arguments must be a JSON object")
    if len(text) > MAX_ARGUMENTS:
        return Asked(part.tool_name, "{}", f"The arguments may have {MAX_ARGUMENTS} bytes")
    return Asked(part.tool_name, text)


def _elided(message: ModelMessage) -> ModelMessage:
    if not isinstance(message, ModelRequest):
        return message
    parts: list[ModelRequestPart] = [
        ToolReturnPart(part.tool_name, ELIDED, part.tool_call_id) if isinstance(part, ToolReturnPart) else part
        for part in message.parts
    ]
    return replace(message, parts=parts)
