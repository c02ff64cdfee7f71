"""The assistant of a project, and pre-sessions: conversations of the caller with a model."""

from typing import Annotated

from models.errors import Conflict
from models.ids import Kind
from models.records import CardRecord, ConversationRecord
from resolvers.conversation.conversation import get_assistant, list_messages, message_assistant, pre_session_of
from resolvers.conversation.pre_session import (
    accept_pre_session,
    cancel_pre_session,
    create_pre_session,
    message_pre_session,
)
from resolvers.inputs.conversation import CONTENT, AssistantSay, PreSessionCreate, PreSessionSay
from resolvers.kit.access import access
from resolvers.kit.input import CardId, Input, Prose
from resolvers.kit.nouns import CARD, CONVERSATION
from resolvers.kit.page import Window
from rest.agent_board import guards
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.conversation import (
    AssistantData,
    MessageData,
    PreSessionData,
    assistant,
    message,
    pre_session,
)
from rest.routing import Call

SHOWN = 50
MAX_PAGE = 500

routes = board_routes(
    "assistant",
    guards.PROJECT_PATH + "/assistant",
    about="What the caller and the assistant of a project say to each other.",
    place=170,
    tag_place=222,
)
pre_sessions = board_routes(
    "pre-sessions",
    guards.PROJECT_PATH + "/pre-session",
    about="Working out the prompt of a card, before an agent is started with it.",
    tag_place=223,
)

Content = Annotated[str, CONTENT, Prose]


class MessageBody(Input):
    """What is said."""

    content: Content


class PreSessionBody(Input):
    """The card whose prompt is to be worked out."""

    card_id: CardId


@routes.get("", "Read what the assistant is doing", runs=get_assistant)
async def get(call: Call) -> AssistantData:
    """With the last fifty messages of the caller's conversation with it."""
    found = await get_assistant(call.ctx, (await guards.project(call))["_id"])
    if found is None:
        return assistant(None, [])
    said = await list_messages(call.ctx, found["_id"], Window.read(last=SHOWN))
    return assistant(found, said.nodes)


@routes.post("/message", "Say something to the assistant", runs=message_assistant, body=MessageBody)
async def say(call: Call) -> MessageData:
    """The answer comes over the WebSocket, as `assistant_message`. What is missing for one, the status tells."""
    project_id = (await guards.project(call))["_id"]
    values = AssistantSay(project_id=project_id, content=call.body(MessageBody).content)
    return message((await message_assistant(call.ctx, values)).value)


@pre_sessions.post("", "Begin a pre-session", runs=create_pre_session, body=PreSessionBody, names_object=True)
async def create(call: Call) -> PreSessionData:
    """One of the caller about a card at a time: where one is active, that is the answer."""
    project_id, card_id = call.id("projectId", Kind.PROJECT), call.body(PreSessionBody).card_id
    wanted = frozenset({"project_id", "description"})
    card = guards.within(await access(call.ctx, CARD, card_id, CARD.reads, fields=wanted), project_id, CARD)
    try:
        return pre_session((await create_pre_session(call.ctx, PreSessionCreate(card_id=card_id))).value, card)
    except Conflict:
        # Clients that were closed meanwhile know its id no more, and could neither go on with it nor cancel it.
        [active] = await pre_session_of(call.ctx, [card], None)
        if active is None:
            raise
        return pre_session(active, card)


@pre_sessions.post("/{preSessionId}/message", "Say something in a pre-session", runs=message_pre_session)
async def say_in_pre_session(call: Call) -> MessageData:
    """The answer comes over the WebSocket, as `pre_session_message`."""
    found = await _conversation(call)
    return message((await message_pre_session(call.ctx, found["_id"], call.body(PreSessionSay))).value)


@pre_sessions.post("/{preSessionId}/accept", "Accept the prompt of a pre-session", runs=accept_pre_session, status=200)
async def accept(call: Call) -> PreSessionData:
    """Its last draft becomes the prompt of the card; 409 where that was changed since."""
    found = await _conversation(call)
    return await _shown(call, (await accept_pre_session(call.ctx, found["_id"])).value)


@pre_sessions.post("/{preSessionId}/cancel", "Cancel a pre-session", runs=cancel_pre_session, status=200)
async def cancel(call: Call) -> PreSessionData:
    found = await _conversation(call)
    return await _shown(call, (await cancel_pre_session(call.ctx, found["_id"])).value)


@pre_sessions.get("/{preSessionId}/messages", "List the messages of a pre-session", runs=list_messages)
async def find_messages(call: Call) -> list[MessageData]:
    """The last five hundred, oldest first."""
    found = await _conversation(call)
    said = await list_messages(call.ctx, found["_id"], Window.read(last=MAX_PAGE))
    return [message(record) for record in said.nodes]


async def _conversation(call: Call) -> ConversationRecord:
    """The pre-session of the path, in the project of the path."""
    return await guards.inside(call, CONVERSATION, "preSessionId")


async def _shown(call: Call, record: ConversationRecord) -> PreSessionData:
    card: CardRecord | None = None
    if record["card_id"] is not None:
        wanted = frozenset({"description"})
        card = await access(call.ctx, CARD, record["card_id"], CARD.reads, fields=wanted)
    return pre_session(record, card)
