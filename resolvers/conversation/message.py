"""Messages of conversations: written and told within the change that they belong to."""

from bson import ObjectId

from models import Conversation, Message
from models.base import Record, collection, to_record, with_changes
from models.conversation_enums import MessageRole
from models.records import ConversationRecord, MessageRecord
from realtime.events.conversation import ConversationUpdated, MessageAdded
from realtime.log import Change
from resolvers.content.prose import harmless

KEPT = 1_000
"""Messages of one conversation: with one more, the oldest goes."""
MAX_CONTENT = 20_000
"""Characters of a message of a model."""


async def insert_message(
    change: Change, conversation: ConversationRecord, role: MessageRole, content: str, changes: Record | None = None
) -> tuple[ConversationRecord, MessageRecord]:
    """Write a message of a conversation that was read in this change, and change that; both as they are then."""
    position = conversation["activity_count"] + 1
    message = to_record(
        Message(
            workspace_id=conversation["workspace_id"],
            project_id=conversation["project_id"],
            conversation_id=conversation["_id"],
            created_by=conversation["created_by"],
            position=position,
            role=role,
            content=harmless(content[:MAX_CONTENT]),
            created_at=change.at,
        )
    )
    await collection(Message).insert_one(message, session=change.session)
    if position > KEPT:
        oldest = {"conversation_id": conversation["_id"], "position": position - KEPT}
        await collection(Message).delete_one(oldest, session=change.session)
    after = await _set(change, conversation, {**(changes or {}), "activity_count": position})
    change.append(after["created_by"], MessageAdded(conversation=after, message=message, **_about(after)))
    return after, message


async def set_conversation(change: Change, conversation: ConversationRecord, changes: Record) -> ConversationRecord:
    """Change a conversation that was read in this change, and tell of it; the conversation as it is then."""
    after = await _set(change, conversation, changes)
    change.append(after["created_by"], ConversationUpdated(conversation=after, **_about(after)))
    return after


async def said_since(conversation_id: ObjectId, position: int, change: Change | None = None) -> list[MessageRecord]:
    """What the person said after a position."""
    after = {"conversation_id": conversation_id, "position": {"$gt": position}}
    session = None if change is None else change.session
    found = await collection(Message).find(after, session=session).sort("position", 1).to_list()
    return [message for message in found if message["role"] == MessageRole.USER]


def _about(conversation: ConversationRecord) -> Record:
    return {"project_id": conversation["project_id"], "card_id": conversation["card_id"]}


async def _set(change: Change, conversation: ConversationRecord, changes: Record) -> ConversationRecord:
    changes = {**changes, "updated_at": change.at}
    await collection(Conversation).update_one({"_id": conversation["_id"]}, {"$set": changes}, session=change.session)
    return with_changes(conversation, changes)
