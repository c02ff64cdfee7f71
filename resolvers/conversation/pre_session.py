"""Pre-sessions: a person and a model work out the prompt of a card, before an agent is started with it."""

from hashlib import sha256

from bson import ObjectId

from auth.policies import board
from models import Card, Conversation, MissionRun
from models.base import collection, to_record
from models.conversation_enums import ConversationKind, ConversationState, ConversationStatus
from models.errors import Conflict, NotFound
from models.records import CardRecord, ConversationRecord, MessageRecord
from realtime.events.conversation import ConversationUpdated
from realtime.log import Change, Committed
from resolvers.card.update import apply_update
from resolvers.conversation.conversation import WRITE, check_own, find_conversation
from resolvers.conversation.message import set_conversation
from resolvers.conversation.say import assistant_of_workspace, say
from resolvers.inputs.card import CardUpdate
from resolvers.inputs.conversation import PreSessionCreate, PreSessionSay
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD, CONVERSATION
from resolvers.kit.operation import Caller, operation

OWN = "it is the person's own"


@operation(
    "preSessionCreate",
    inside=CARD.reading("workspace_id", "project_id"),
    permission=board.WRITE,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    no_tool=OWN,
)
async def create_pre_session(ctx: Context, card: CardRecord, values: PreSessionCreate) -> Committed[ConversationRecord]:
    """Begin to work out the prompt of a card with a model.

    A person has one about a card at a time.
    """

    async def body(change: Change) -> ConversationRecord:
        current = await _card(change, card["_id"])
        active = {"created_by": ctx.user_id, "card_id": card["_id"], "status": ConversationStatus.ACTIVE.value}
        before = await collection(Conversation).find_one(active, {"_id": 1}, session=change.session)
        if before is not None:
            raise Conflict("There is a pre-session about this card already", sessionId=str(before["_id"]))
        agent = await assistant_of_workspace(change, current["workspace_id"])
        conversation = to_record(
            Conversation(
                workspace_id=current["workspace_id"],
                project_id=current["project_id"],
                card_id=current["_id"],
                agent_id=agent["_id"],
                created_by=ctx.user_id,
                kind=ConversationKind.PRE_SESSION,
                base_digest=_digest(current),
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await collection(Conversation).insert_one(conversation, session=change.session)
        event = ConversationUpdated(conversation=conversation, project_id=current["project_id"], card_id=current["_id"])
        change.append(ctx.user_id, event)
        return conversation

    return await ctx.write(card["workspace_id"], body)


@operation(
    "preSessionMessage",
    opens=CONVERSATION.reading("created_by"),
    permission=board.WRITE,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    no_tool=OWN,
)
async def message_pre_session(
    ctx: Context, door: ConversationRecord, values: PreSessionSay
) -> Committed[MessageRecord]:
    """Say something in a pre-session; its model asks, or hands in a draft of the prompt.

    It reads as the viewer, and changes nothing.
    """

    async def body(change: Change) -> MessageRecord:
        conversation = await _active(ctx, change, door)
        agent = await assistant_of_workspace(change, conversation["workspace_id"])
        return await say(ctx, change, conversation, agent, values.content)

    check_own(ctx, door)
    return await ctx.write(door["workspace_id"], body)


@operation(
    "preSessionAccept",
    opens=CONVERSATION.reading("created_by"),
    permission=board.WRITE,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    no_tool=OWN,
)
async def accept_pre_session(ctx: Context, door: ConversationRecord) -> Committed[ConversationRecord]:
    """Let the last draft of a pre-session be the prompt of its card.

    Raises Conflict where there is none, and where the prompt was changed since the pre-session began.
    """

    async def body(change: Change) -> ConversationRecord:
        conversation = await _active(ctx, change, door)
        if conversation["draft"] is None:
            raise Conflict("There is no draft of the prompt yet")
        card = await _card(change, conversation["card_id"])
        if _digest(card) != conversation["base_digest"]:
            raise Conflict("The prompt of the card was changed since this began")
        await apply_update(change, card["_id"], CardUpdate.of(description=conversation["draft"]))
        return await _end(change, conversation, ConversationStatus.ACCEPTED)

    check_own(ctx, door)
    return await ctx.write(door["workspace_id"], body)


@operation(
    "preSessionCancel",
    opens=CONVERSATION.reading("created_by"),
    permission=board.READ,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    no_tool=OWN,
)
async def cancel_pre_session(ctx: Context, door: ConversationRecord) -> Committed[ConversationRecord]:
    """End a pre-session; the prompt of its card stays as it is."""

    async def body(change: Change) -> ConversationRecord:
        return await _end(change, await _active(ctx, change, door), ConversationStatus.CANCELLED)

    check_own(ctx, door)
    return await ctx.write(door["workspace_id"], body)


async def _active(ctx: Context, change: Change, door: ConversationRecord) -> ConversationRecord:
    """A pre-session of the caller that goes on; raises Conflict for one that does not, or is none."""
    conversation = await find_conversation(change, door["_id"])
    if conversation["kind"] != ConversationKind.PRE_SESSION:
        raise NotFound(CONVERSATION.title)
    if conversation["status"] != ConversationStatus.ACTIVE:
        raise Conflict(f"This pre-session is {conversation['status']}", **{"from": conversation["status"]})
    return conversation


async def _end(change: Change, conversation: ConversationRecord, to: ConversationStatus) -> ConversationRecord:
    """End a pre-session: whoever works on it commits nothing any more."""
    await collection(MissionRun).delete_one({"_id": conversation["_id"]}, session=change.session)
    ended = {"status": to.value, "state": ConversationState.IDLE.value, "waiting_for": None, "problem": None}
    return await set_conversation(change, conversation, ended)


async def _card(change: Change, card_id: ObjectId | None) -> CardRecord:
    found = await collection(Card).find_one({"_id": card_id}, session=change.session)
    if found is None:
        raise NotFound("Card")
    return found


def _digest(card: CardRecord) -> str:
    return sha256((card["description"] or "").encode()).hexdigest()
