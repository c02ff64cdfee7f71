"""Conversations with the assistant of a project, and what can be reached from any: each is its person's alone."""

from collections.abc import Sequence

from bson import ObjectId

from auth.policies import board
from models import Conversation, Project
from models.base import AnyRecord, collection, to_record
from models.conversation_enums import ConversationKind, ConversationStatus
from models.enums import TokenScope
from models.errors import NotFound
from models.ids import Kind, among, id_of
from models.records import CardRecord, ConversationRecord, MessageRecord, ProjectRecord
from realtime.log import Change, Committed
from resolvers.conversation.say import assistant_of_workspace, say
from resolvers.inputs.conversation import AssistantSay
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CONVERSATION, MESSAGE, PROJECT
from resolvers.kit.operation import Caller, edge, operation
from resolvers.kit.page import Page, Window, pages, pages_by

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE


@operation(
    "assistant",
    opens=PROJECT.by("project_id"),
    permission=board.READ,
    scope=READ,
    read_only=True,
    caller=Caller.NO_AGENT,
    no_tool="it is the person's own",
)
async def get_assistant(ctx: Context, project: ProjectRecord) -> ConversationRecord | None:
    """The caller's conversation with the assistant of a project; None before the first message."""
    return await collection(Conversation).find_one({"_id": assistant_id(ctx, project["_id"])})


@operation(
    "assistantMessage",
    inside=PROJECT,
    permission=board.WRITE,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    no_tool="it is the person's own",
)
async def message_assistant(ctx: Context, project: ProjectRecord, values: AssistantSay) -> Committed[MessageRecord]:
    """Say something to the assistant of a project.

    A model answers, and does what it is asked as the viewer, with what the viewer may do inside the project; it deletes
    nothing. The answer comes as an event of the viewer's own.
    """
    conversation_id = assistant_id(ctx, project["_id"])

    async def body(change: Change) -> MessageRecord:
        await require_parent(change, Project, project["_id"])
        agent = await assistant_of_workspace(change, project["workspace_id"])
        this = {"_id": conversation_id}
        conversation = await collection(Conversation).find_one(this, session=change.session)
        if conversation is None:
            conversation = to_record(
                Conversation(
                    id=conversation_id,
                    workspace_id=project["workspace_id"],
                    project_id=project["_id"],
                    agent_id=agent["_id"],
                    created_by=ctx.user_id,
                    kind=ConversationKind.ASSISTANT,
                    created_at=change.at,
                    updated_at=change.at,
                )
            )
            await collection(Conversation).insert_one(conversation, session=change.session)
        return await say(ctx, change, conversation, agent, values.content)

    return await ctx.write(project["workspace_id"], body)


def assistant_id(ctx: Context, project_id: ObjectId) -> ObjectId:
    """The id of the caller's conversation with the assistant of a project."""
    return id_of(Kind.CONVERSATION, project_id, ctx.user_id)


def check_own(ctx: Context, conversation: ConversationRecord) -> None:
    """Raise NotFound for a conversation of somebody else."""
    if conversation["created_by"] != ctx.user_id:
        raise NotFound(CONVERSATION.title)


async def find_conversation(change: Change, conversation_id: ObjectId) -> ConversationRecord:
    """A conversation as it stands within a change; raises NotFound."""
    found = await collection(Conversation).find_one({"_id": conversation_id}, session=change.session)
    if found is None:
        raise NotFound(CONVERSATION.title)
    return found


@operation(
    "messages",
    opens=CONVERSATION.by("conversation_id").reading("created_by"),
    permission=board.READ,
    scope=READ,
    read_only=True,
    caller=Caller.NO_AGENT,
    no_tool="it is the person's own",
)
async def list_messages(ctx: Context, conversation: ConversationRecord, window: Window) -> Page[MessageRecord]:
    """A page of what was said in a conversation of the caller, the oldest first."""
    check_own(ctx, conversation)
    found = await pages(MESSAGE.model, "conversation_id", [conversation["_id"]], window, sort=[("position", 1)])
    return found[conversation["_id"]]


messages_of = pages_by(MESSAGE, "conversation_id", sort=[("position", 1)])
"""What was said in a conversation, in its order."""


@edge(scope=READ, viewer=True)
async def assistant_of(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[ConversationRecord | None]:
    """The viewer's conversation with the assistant of each project."""
    ids = {project["_id"]: assistant_id(ctx, project["_id"]) for project in projects}
    these = collection(Conversation).find({"_id": among(list(ids.values()))})
    found = {conversation["_id"]: conversation for conversation in await these.to_list()}
    return [found.get(ids[project["_id"]]) for project in projects]


@edge(scope=READ, viewer=True)
async def pre_session_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[ConversationRecord | None]:
    """The viewer's pre-session about each card that goes on."""
    mine: AnyRecord = {
        "created_by": ctx.user_id,
        "card_id": among([card["_id"] for card in cards]),
        "status": ConversationStatus.ACTIVE.value,
    }
    found = {conversation["card_id"]: conversation async for conversation in collection(Conversation).find(mine)}
    return [found.get(card["_id"]) for card in cards]
