"""Conversations of people with models."""

import strawberry

import models
from resolvers.conversation.conversation import messages_of
from schema.connection import Connection, window
from schema.fields import shows
from schema.loading import edge


@shows(models.Message, "What was said in a conversation.")
class Message:
    id: strawberry.ID = strawberry.field(description="The id.")


@shows(models.Conversation, "A conversation of the viewer with a model, inside a project.")
class Conversation:
    id: strawberry.ID = strawberry.field(description="The id.")
    messages: Connection[Message] = edge(
        messages_of, arguments=window, description="What was said, the oldest first: the last thousand."
    )
