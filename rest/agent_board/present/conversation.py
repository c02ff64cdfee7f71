"""Conversations of people with models."""

from collections.abc import Sequence
from typing import Literal, cast

from typing_extensions import TypedDict

import models
from models.conversation_enums import ConversationState, ConversationStatus
from models.records import CardRecord, ConversationRecord, MessageRecord
from rest.present import Id, presents, shown

StateWord = Literal["idle", "answering", "waiting"]
MissingWord = Literal["proposals", "answer", "budget", "credential"]
PreSessionWord = Literal["active", "accepted", "cancelled"]


@presents(models.Message, only=("role", "content", "created_at"))
class MessageData(TypedDict):
    """What was said: by the `user`, by the model (`assistant`), what that has done (`tool`), or why there is no answer
    (`system`)."""


class AssistantData(TypedDict):
    """What the assistant of a project is doing, and the last fifty messages, oldest first. `missing` is what it waits
    for, `problem` says it to people."""

    conversationId: Id | None
    status: StateWord
    missing: MissingWord | None
    problem: str | None
    model: str | None
    messages: list[MessageData]


class PreSessionData(TypedDict):
    """A pre-session. `prompt` is the last draft, or the card's prompt where there is none; `answering` whether its
    model is about to say something, `missing` and `problem` why it does not."""

    sessionId: Id
    cardId: Id
    status: PreSessionWord
    prompt: str | None
    answering: bool
    missing: MissingWord | None
    problem: str | None


def message(record: MessageRecord) -> MessageData:
    return shown(MessageData, record)


def assistant(record: ConversationRecord | None, said: Sequence[MessageRecord]) -> AssistantData:
    """`said` is in its order; None of a conversation where nothing was said yet."""
    if record is None:
        nothing: AssistantData = {
            "conversationId": None,
            "status": "idle",
            "missing": None,
            "problem": None,
            "model": None,
            "messages": [],
        }
        return nothing
    return {
        "conversationId": str(record["_id"]),
        "status": cast("StateWord", ConversationState(record["state"]).value),
        "missing": cast("MissingWord | None", record["waiting_for"]),
        "problem": record["problem"],
        "model": record["model"],
        "messages": [message(each) for each in said],
    }


def pre_session(record: ConversationRecord, card: CardRecord | None) -> PreSessionData:
    """`card` is the one that it is about, as long as that is there."""
    current = None if card is None else card["description"]
    return {
        "sessionId": str(record["_id"]),
        "cardId": str(record["card_id"]),
        "status": cast("PreSessionWord", ConversationStatus(record["status"]).value),
        "prompt": current if record["draft"] is None else record["draft"],
        "answering": record["state"] == ConversationState.ANSWERING,
        "missing": cast("MissingWord | None", record["waiting_for"]),
        "problem": record["problem"],
    }
