"""Events of a person's conversations with models, in their own stream."""

from typing import Annotated

from models.enums import TokenScope
from models.records import ConversationRecord, MessageRecord
from realtime.events.base import Event, Shown
from realtime.events.notification import PERSONAL


class ConversationUpdated(Event, topics=PERSONAL, token_scope=TokenScope.PILOTAGE_READ):
    """A conversation of the viewer began, changed or ended."""

    conversation: Annotated[ConversationRecord, Shown("The conversation.")]


class MessageAdded(Event, topics=PERSONAL, token_scope=TokenScope.PILOTAGE_READ):
    """Something was said in a conversation of the viewer."""

    conversation: Annotated[ConversationRecord, Shown("The conversation.")]
    message: Annotated[MessageRecord, Shown("What was said.")]
