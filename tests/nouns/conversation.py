"""What somebody and a model say to each other: with the assistant, and about the prompt of a card."""

from bson import ObjectId

from models import Conversation
from models.base import collection
from models.errors import Forbidden, NotFound
from resolvers.conversation import conversation, pre_session
from resolvers.inputs.conversation import AssistantSay, PreSessionCreate, PreSessionSay
from resolvers.kit.page import Window
from tests.gateway.replay.state import nothing
from tests.rest.story import Cast, ask_board
from tests.world.paths import B_PROJECT
from tests.world.sample import Sample, sent
from tests.world.world import World

PRE_SESSION = B_PROJECT + "/pre-session"


async def make(world: World) -> None:
    """Of the owner, one of either kind; the second has a draft."""
    ids = world.ids
    said = AssistantSay(project_id=ids["project"], content="What is next?")
    message = await world.made(conversation.message_assistant, said)
    ids["message"], ids["conversation"] = message["_id"], message["conversation_id"]
    about = PreSessionCreate(card_id=ids["card"])
    ids["pre_session"] = (await world.made(pre_session.create_pre_session, about))["_id"]
    draft = {"$set": {"draft": "Do it well"}}
    await collection(Conversation).update_one({"_id": ids["pre_session"]}, draft)


async def board_story(cast: Cast) -> None:
    ann, card, path = cast.ann, cast.card, f"/projects/{cast.project_id}"
    said = await ask_board(ann, "POST", f"{path}/assistant/message", 201, content="What is next?")
    status = await ask_board(ann, "GET", f"{path}/assistant")
    # There is no model in tests of routes: what is said is kept, and the status says what is missing.
    assert (status["status"], status["missing"], status["messages"]) == ("waiting", "credential", [said])
    begun = await ask_board(ann, "POST", f"{path}/pre-session", 201, cardId=card)
    session = f"{path}/pre-session/{begun['sessionId']}"
    said = await ask_board(ann, "POST", f"{session}/message", 201, content="Shorter, please")
    assert await ask_board(ann, "GET", f"{session}/messages") == [said]
    draft = {"$set": {"draft": "Fix it"}}
    await collection(Conversation).update_one({"_id": ObjectId(begun["sessionId"])}, draft)
    accepted = await ask_board(ann, "POST", f"{session}/accept")
    assert (accepted["status"], accepted["prompt"]) == ("accepted", "Fix it")
    assert (await ask_board(ann, "GET", f"{path}/cards/{card}"))["prompt"] == "Fix it"
    other = await ask_board(ann, "POST", f"{path}/pre-session", 201, cardId=card)
    assert (await ask_board(ann, "POST", f"{path}/pre-session/{other['sessionId']}/cancel"))["status"] == "cancelled"


SAMPLE = Sample(
    after=("relation", "notification"),
    make=make,
    places={"preSessionId": "pre_session"},
    calls={
        "assistant": lambda ids: (ids["project"],),
        "assistantMessage": lambda ids: (AssistantSay(project_id=ids["project"], content="And then?"),),
        "messages": lambda ids: (ids["conversation"], Window.read()),
        "preSessionCreate": lambda ids: (PreSessionCreate(card_id=ids["second_card"]),),
        "preSessionMessage": lambda ids: (ids["pre_session"], PreSessionSay(content="Shorter")),
        "preSessionAccept": lambda ids: (ids["pre_session"],),
        "preSessionCancel": lambda ids: (ids["pre_session"],),
    },
    # A conversation is its person's.
    beyond={
        **{
            (name, caller): NotFound
            for name in ("messages", "preSessionMessage", "preSessionAccept", "preSessionCancel")
            for caller in ("member", "admin", "viewer")
        },
        **{(name, "viewer"): Forbidden for name in ("preSessionMessage", "preSessionAccept")},
    },
    makes_another={"assistantMessage"},
    refused_there={"preSessionCreate", "preSessionMessage", "preSessionAccept", "preSessionCancel"},
    routes={
        ("GET", B_PROJECT + "/assistant"): None,
        ("POST", B_PROJECT + "/assistant/message"): sent(content="And then?"),
        ("POST", PRE_SESSION): lambda ids: {"cardId": str(ids["second_card"])},
        ("POST", PRE_SESSION + "/{preSessionId}/message"): sent(content="Shorter"),
        ("POST", PRE_SESSION + "/{preSessionId}/accept"): None,
        ("POST", PRE_SESSION + "/{preSessionId}/cancel"): None,
        ("GET", PRE_SESSION + "/{preSessionId}/messages"): None,
    },
    unseen=dict.fromkeys(
        ("assistantMessage", "preSessionCreate", "preSessionMessage", "preSessionCancel"),
        "what somebody and a model say to each other is theirs alone",
    ),
    rules={"ConversationUpdated": ("conversation { id }", nothing), "MessageAdded": ("message { id }", nothing)},
    board_story=board_story,
)
