"""Conversations: what a person and a model say to each other, inside a project."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.conversation_enums import ConversationKind, ConversationState, ConversationStatus, MessageRole
from models.enums import MissionWait, TokenScope
from models.facts import Facts
from models.ids import Kind
from models.records import ConversationRecord, MessageRecord


@kind(0xD8)
class Conversation(Stored[ConversationRecord]):
    """A conversation. It is its person's alone: `created_by`. The `id` of an assistant's follows from the person and
    the project, so that there is one.

    The runtime works on it as on a mission, with a `MissionRun`, steps and calls of the same id, and reads of it what
    it reads of a mission: `agent_id` is the built-in agent that its calls of models count for, `step_count` the turns
    that its model has taken, `max_steps` those after which it has to have answered, `activity_count` counts its
    messages. What its model calls is done as the person, with the `scopes` that the last message came with, for as long
    as that credential is good: its kind, its id, and when it ends where that is not said at the id. The model is shown
    nothing of the steps before `began_at_step`.

    `base_digest` is of the card's prompt when a pre-session began, `draft` what it is to become.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CONVERSATION))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it is inside.", refers=Kind.PROJECT)]
    card_id: Annotated[PydanticObjectId | None, Facts("The card whose prompt it is about.", refers=Kind.CARD)] = None
    agent_id: PydanticObjectId
    created_by: PydanticObjectId
    kind: Annotated[ConversationKind, Facts("What it is for.")]
    status: Annotated[ConversationStatus, Facts("Whether it goes on.")] = ConversationStatus.ACTIVE
    state: Annotated[ConversationState, Facts("What its model is doing.")] = ConversationState.IDLE
    waiting_for: Annotated[MissionWait | None, Facts("What is missing for an answer.")] = None
    problem: Annotated[str | None, Facts("Why there is no answer.")] = None
    draft: Annotated[str | None, Facts("The prompt of the card as its model would have it.")] = None
    base_digest: str | None = None
    scopes: list[TokenScope] = Field(default_factory=list)
    came_with: str | None = None
    came_with_id: PydanticObjectId | None = None
    came_with_until: datetime | None = None
    model: Annotated[str | None, Facts("The model that last answered.")] = None
    step_count: int = 0
    max_steps: int = 0
    began_at_step: int = 1
    activity_count: Annotated[int, Facts("How many messages there were.")] = 0
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "conversations"
        indexes = [
            IndexModel([("created_by", ASCENDING), ("card_id", ASCENDING), ("status", ASCENDING)]),
            IndexModel([("created_by", ASCENDING), ("project_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
        ]


@kind(0xD9)
class Message(Stored[MessageRecord]):
    """What was said in a conversation. `position` counts from 1 within it, and gives the order."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MESSAGE))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    conversation_id: PydanticObjectId
    created_by: PydanticObjectId
    position: Annotated[int, Facts("Its place in the conversation, from 1.")]
    role: Annotated[MessageRole, Facts("Who said it.")]
    content: Annotated[str, Facts("What was said.")]
    created_at: Annotated[datetime, Facts("When it was said.")] = Field(default_factory=utc_now)

    class Settings:
        name = "messages"
        indexes = [
            IndexModel([("conversation_id", ASCENDING), ("position", ASCENDING)], unique=True),
            IndexModel([("created_by", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
        ]
