"""The closed sets of values of conversations."""

from models.enums import Told


class ConversationKind(Told):
    """What a conversation is for."""

    ASSISTANT = "assistant", "A project: its model acts as the person."
    PRE_SESSION = "pre_session", "The prompt of a card: its model writes a draft."


class ConversationStatus(Told):
    """Whether a conversation goes on."""

    ACTIVE = "active", "It does."
    ACCEPTED = "accepted", "Its draft became the prompt of the card."
    CANCELLED = "cancelled", "It ended without that."


class ConversationState(Told):
    """What the model of a conversation is doing."""

    IDLE = "idle", "Nothing: all is answered."
    ANSWERING = "answering", "It answers, or is about to."
    WAITING = "waiting", "It would answer, and something is missing."


class MessageRole(Told):
    """Who said something in a conversation."""

    USER = "user", "The person."
    ASSISTANT = "assistant", "The model."
    TOOL = "tool", "What the model has done."
    SYSTEM = "system", "The gateway: why there is no answer."
