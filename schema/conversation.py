"""Conversations of people with models."""

import strawberry

import models
from resolvers.conversation.conversation import assistant_of, messages_of, pre_session_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.references import CardRef, ProjectRef


@shows(models.Message, "What was said in a conversation.")
class Message:
    id: strawberry.ID = strawberry.field(description="The id.")


@shows(models.Conversation, "A conversation of the viewer with a model, inside a project.")
class Conversation:
    id: strawberry.ID = strawberry.field(description="The id.")
    messages: Connection[Message] = edge(
        messages_of, arguments=window, description="What was said, the oldest first: the last thousand."
    )


@extends(ProjectRef, after="documents")
class OfProject:
    assistant: Conversation | None = edge(
        assistant_of, description="The viewer's conversation with its assistant; null before the first message."
    )


@extends(CardRef, after="credential")
class OfCard:
    pre_session: Conversation | None = edge(
        pre_session_of, description="The viewer's conversation about its prompt, as long as that goes on."
    )
