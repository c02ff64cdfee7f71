"""Saying something in a conversation: it is kept, and the runtime answers."""

from bson import ObjectId

from models import MissionCall, MissionRun, MissionStep
from models.base import Record, collection, to_record
from models.conversation_enums import ConversationState, MessageRole
from models.enums import MissionWait
from models.errors import Conflict
from models.records import AgentRecord, ConversationRecord, MessageRecord
from realtime.log import Change
from resolvers.agent.agent import TOKEN_SCOPES
from resolvers.agent.built_in import BuiltIn, find_built_in
from resolvers.conversation.message import insert_message, said_since
from resolvers.kit.context import Context
from resolvers.state.mission_wake import wake

ASSISTANT = BuiltIn(
    "assistant",
    "Assistant",
    "What conversations of people with models count for. What is done in these is done by the person.",
    (),
)
MAX_UNREAD = 20
"""Messages that its model has not read."""
MAX_TURNS = 20
"""Of a model for one answer."""
REMEMBERED = 60
"""Turns that a model is shown again. With more, it begins anew, with what was said last."""
NO_MODEL = "This gateway has no model for it: see ORRERY_MODELS"


async def assistant_of_workspace(change: Change, workspace_id: ObjectId) -> AgentRecord:
    """The built-in agent that conversations of a workspace count for."""
    return await find_built_in(change, workspace_id, ASSISTANT)


async def say(
    ctx: Context, change: Change, conversation: ConversationRecord, agent: AgentRecord, text: str
) -> MessageRecord:
    """Write a message of the person within a change, and have the runtime answer it with what they may do now.

    Raises Conflict where too many are not read yet. Where there is no model, the message is kept, and the conversation
    tells what is missing.
    """
    run = await collection(MissionRun).find_one({"_id": conversation["_id"]}, session=change.session)
    read_until = 0 if run is None else run["read_until"]
    if len(await said_since(conversation["_id"], read_until, change)) >= MAX_UNREAD:
        raise Conflict(f"{MAX_UNREAD} messages are not answered yet: wait for that", limit=MAX_UNREAD)
    has_model = ctx.services.models.find(agent.get("model")) is not None
    state = ConversationState.ANSWERING if has_model else ConversationState.WAITING
    changes: Record = {
        "state": state.value,
        "waiting_for": None if has_model else MissionWait.CREDENTIAL.value,
        "problem": None if has_model else NO_MODEL,
        "agent_id": agent["_id"],
        "scopes": sorted(scope.value for scope in ctx.subject.scopes & frozenset(TOKEN_SCOPES)),
        "came_with": ctx.subject.credential.value,
        "came_with_id": ctx.subject.credential_id,
        "came_with_until": ctx.subject.expires_at,
        "max_steps": conversation["step_count"] + MAX_TURNS,
    }
    if conversation["state"] == ConversationState.IDLE and conversation["step_count"] >= _forgets_at(conversation):
        changes["began_at_step"] = conversation["step_count"] + 1
        await _forget(change, conversation["_id"], conversation["step_count"])
    _, message = await insert_message(change, conversation, MessageRole.USER, text, changes)
    if run is None:
        await _insert_run(change, conversation)
    else:
        await wake(change, conversation["_id"])
    return message


def _forgets_at(conversation: ConversationRecord) -> int:
    return conversation["began_at_step"] - 1 + REMEMBERED


async def _forget(change: Change, conversation_id: ObjectId, last: int) -> None:
    """Delete the turns that the model is shown no more: as many as it was shown, and those of one answer."""
    of_then = {"mission_id": conversation_id, "n": {"$lte": last}}
    await collection(MissionStep).delete_many(of_then, session=change.session)
    await collection(MissionCall).delete_many(of_then, session=change.session)


async def _insert_run(change: Change, conversation: ConversationRecord) -> None:
    run = MissionRun(
        id=conversation["_id"],
        workspace_id=conversation["workspace_id"],
        agent_id=conversation["agent_id"],
        due_at=change.at,
        created_at=change.at,
    )
    await collection(MissionRun).insert_one(to_record(run), session=change.session)
