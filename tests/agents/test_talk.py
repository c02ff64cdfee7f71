"""Conversations of people with models: answered by the runtime, as the person, inside the project."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from bson import ObjectId

from agents.runtime.child.toolbox import Toolbox
from agents.tools.tool import Result
from models import ApiToken, Card, Conversation, Message, Mission, MissionRun, MissionStep, UsageRecord, WorkspaceMember
from models.base import collection
from models.conversation_enums import ConversationState
from models.enums import MissionWait, Role
from models.errors import Conflict, Forbidden
from models.language_model import LanguageModels
from models.records import ConversationRecord, OrganizationRecord, WorkspaceRecord
from resolvers.agent.agent import TOKEN_SCOPES
from resolvers.budget.budget import delete_budget
from resolvers.card.update import update_card
from resolvers.conversation import say as saying
from resolvers.conversation.conversation import assistant_id, message_assistant
from resolvers.conversation.pre_session import (
    accept_pre_session,
    cancel_pre_session,
    create_pre_session,
    message_pre_session,
)
from resolvers.conversation.run import take_conversation
from resolvers.inputs.card import CardUpdate
from resolvers.inputs.conversation import AssistantSay, PreSessionCreate, PreSessionSay
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.context import Context
from resolvers.mission.again import relaunch_mission
from resolvers.project.project import create_project
from tests.agents.lab import Desk, comments, desk, results, working
from tests.agents.model_server import Json, Turn, turns
from tests.patience import PATIENCE
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.usage.lab import set_budget

pytestmark = pytest.mark.usefixtures("nothing_due")


async def ask(at: Desk, content: str, by: Context | None = None) -> ObjectId:
    """Say something to the assistant of the desk's project; the conversation's id."""
    ctx = again(by or at.owner)
    await message_assistant(ctx, AssistantSay(project_id=at.project_id, content=content))
    return assistant_id(ctx, at.project_id)


async def until(
    conversation_id: ObjectId, state: ConversationState, stands: Callable[[ConversationRecord], bool] = lambda _: True
) -> ConversationRecord:
    """The conversation, once it stands so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await collection(Conversation).find_one({"_id": conversation_id})
            assert found is not None
            if found["state"] == state and stands(found):
                return found
            await asyncio.sleep(0.02)


async def said(conversation_id: ObjectId) -> list[tuple[str, str]]:
    found = collection(Message).find({"conversation_id": conversation_id}).sort("position", 1)
    return [(message["role"], message["content"]) for message in await found.to_list()]


def has_taken(turns_taken: int, conversation: ConversationRecord) -> bool:
    return conversation["step_count"] == turns_taken


async def titles(project_id: ObjectId) -> list[str]:
    found = collection(Card).find({"project_id": project_id}).sort("_id", 1)
    return [card["title"] for card in await found.to_list()]


async def test_the_assistant_acts_as_its_person_inside_the_project_and_deletes_nothing(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord, join: Join
) -> None:
    # Given another project of the same person, and a model that tries whatever it can
    other = (
        await create_project(again(owner), ProjectCreate.of(workspace_id=workspace["_id"], name="Elsewhere"))
    ).value

    def script(request: Json, before: int) -> Turn:
        project = request["messages"][1]["content"].partition("The project is ")[2][:24]
        first = (
            ("create_card", {"projectId": project, "title": "From the assistant"}),
            ("create_card", {"projectId": str(other["_id"]), "title": "Beyond"}),
            ("create_project", {"workspaceId": str(workspace["_id"]), "name": "New"}),
            ("delete_project", {"id": project}),
            ("graph_query", {"query": "{ viewer { id } }"}),
            ("call_tool", {"name": "delete_card", "arguments": {"id": str(at.card_id)}}),
        )
        return Turn(calls=first) if before == 0 else Turn(f"Answer {before}.")

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        # When a member of the workspace asks
        ada = await join(workspace, "ada", Role.MEMBER)
        asking = Context(ada.subject, at.owner.services)
        conversation_id = await ask(at, "Make a card", by=asking)
        found = await until(conversation_id, ConversationState.IDLE)

        # Then what is inside the project is done in their name, and nothing else
        card = await collection(Card).find_one({"title": "From the assistant"})
        assert card is not None
        assert card["created_by"] == ada.user_id
        assert await titles(other["_id"]) == []
        told = results(at.model.requests[-1])
        assert [text.split(":")[0] for text in told[1:]] == [
            "NOT_FOUND",
            "NOT_FOUND",
            "NOT_FOUND",
            "NOT_FOUND",
            "NOT_FOUND",
        ]
        assert found["problem"] is None
        assert [role for role, _ in await said(conversation_id)] == ["user", *["tool"] * 6, "assistant"]
        here = {"workspace_id": workspace["_id"]}
        [usage] = {record["user_id"] for record in await collection(UsageRecord).find(here).to_list()}
        assert usage == ada.user_id

        # When they go on, the model knows what was said, and the events are theirs alone
        await ask(at, "And now?", by=asking)
        await until(
            conversation_id, ConversationState.IDLE, lambda now: now["activity_count"] > found["activity_count"] + 1
        )
        assert (await said(conversation_id))[-1] == ("assistant", "Answer 2.")
        contents = [str(message.get("content")) for message in at.model.requests[-1]["messages"]]
        assert any("Make a card" in text for text in contents)
        theirs = await event_types(ada.user_id)
        assert theirs.count("MessageAdded") == 10
        assert {"MessageAdded", "ConversationUpdated"}.isdisjoint(await event_types(workspace["_id"]))


async def test_a_mission_that_the_assistant_begins_stays_inside_the_project_until_a_person_begins_it(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given something in another project, and an agent that would fetch it
    other = (
        await create_project(again(owner), ProjectCreate.of(workspace_id=workspace["_id"], name="Elsewhere"))
    ).value
    fetched: list[list[bool]] = []

    def script(request: Json, before: int) -> Turn:
        if "You are the assistant" in str(request["messages"][0]):
            start = {"cardId": str(at.card_id), "projectId": str(at.project_id), "prompt": "Fetch what is elsewhere"}
            return Turn(calls=(("start_card_mission", start),)) if before == 0 else Turn("Begun.")
        if before == 0:
            tools = {tool["function"]["name"] for tool in request["tools"]}
            assert "find_tools" in tools
            beyond = (
                ("get_board", {"projectId": str(other["_id"])}),
                ("list_agents", {"workspaceId": str(workspace["_id"])}),
            )
            near = ("get_card", {"id": str(at.card_id)})
            return Turn(calls=tuple(("call_tool", {"name": n, "arguments": a}) for n, a in (*beyond, near)))
        fetched.append(["NOT_FOUND" in text for text in results(request)])
        return Turn("Done.")

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        # When the assistant begins a mission
        conversation_id = await ask(at, "Have somebody look after the card")
        await until(conversation_id, ConversationState.IDLE)
        [begun] = await collection(Mission).find({"workspace_id": workspace["_id"]}).to_list()
        ended = await at.ended(begun["_id"])
        # And a person has the same done anew
        anew = (await relaunch_mission(again(at.owner), begun["_id"])).value
        await at.ended(anew["_id"])

    # Then the one saw what is in the project alone, and the other one more
    assert (ended["confined"], anew["confined"]) == (True, False)
    assert fetched == [[True, True, False], [False, False, False]]


async def test_what_is_missing_is_told_and_the_answer_comes_once_it_is_there(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> None:
    async with desk(owner, workspace, turns(Turn("Done."))) as at:
        # Given a gateway without a model: what is said is kept
        without = Context(owner.subject, replace(at.owner.services, models=LanguageModels()))
        conversation_id = await ask(at, "Hello?", by=without)
        waiting = await until(conversation_id, ConversationState.WAITING)
        assert (waiting["waiting_for"], waiting["problem"]) == (MissionWait.CREDENTIAL, saying.NO_MODEL)

        # When there is one, whose budget is spent
        budget = await set_budget(owner, organization, owner.user_id, limitTokens=0, period="total")
        async with working(at.owner.services):
            spent = await until(conversation_id, ConversationState.WAITING, lambda now: now["waiting_for"] == "budget")
            assert at.model.requests == []
            assert (await said(conversation_id))[-1] == ("system", spent["problem"])

            # Then the answer comes as soon as there is room
            await delete_budget(again(owner), budget["_id"])
            await until(conversation_id, ConversationState.IDLE)
        assert (await said(conversation_id))[-1] == ("assistant", "Done.")


async def test_nothing_is_done_any_more_with_a_credential_that_was_revoked_since(
    owner: Context, workspace: WorkspaceRecord, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(request: Json, before: int) -> Turn:
        calls = [("create_card", {"projectId": str(at.project_id), "title": title}) for title in ("First", "Second")]
        return Turn(calls=tuple(calls)) if before == 0 else Turn("Done.")

    async def revoked_after(toolbox: Toolbox, *call: Any) -> Result:
        result = await do(toolbox, *call)
        await collection(ApiToken).delete_one({"_id": token.subject.credential_id})
        return result

    # Given a token that is revoked when the first call was made
    do = Toolbox.call
    monkeypatch.setattr(Toolbox, "call", revoked_after)
    token = await people.with_token(owner, [*TOKEN_SCOPES])
    async with desk(owner, workspace, script) as at, working(at.owner.services):
        # When its person asks with it
        conversation_id = await ask(at, "Make two cards", by=Context(token.subject, at.owner.services))
        stopped = await until(conversation_id, ConversationState.IDLE)

        # Then there is no second call, and the model is not asked again
        assert await titles(at.project_id) == ["Polish the lens", "First"]
        assert len(at.model.requests) == 1
        assert (stopped["problem"] or "").endswith("was revoked: say it again")

        # And goes on with what they say with another one
        await ask(at, "And now?")
        await until(conversation_id, ConversationState.IDLE, lambda now: now["problem"] is None)
        assert (await said(conversation_id))[-1] == ("assistant", "Done.")


async def test_messages_that_nobody_reads_are_bounded_and_those_of_who_only_views_by_now_are_not_answered(
    owner: Context, workspace: WorkspaceRecord, join: Join
) -> None:
    async with desk(owner, workspace, turns(Turn("Done."))) as at:
        # Given a member who has said something, and may only view what there is since
        ada = await join(workspace, "ada", Role.MEMBER)
        conversation_id = await ask(at, "Hello?", by=Context(ada.subject, at.owner.services))
        viewer = {"$set": {"role": Role.VIEWER.value}}
        await collection(WorkspaceMember).update_one({"workspace_id": workspace["_id"], "user_id": ada.user_id}, viewer)

        # Then nobody answers, and they say no more
        assert await take_conversation(at.owner.services, conversation_id, "test") is None
        left = await until(conversation_id, ConversationState.IDLE)
        assert left["problem"] == "This takes the role owner or admin or member in the workspace"
        with pytest.raises(Forbidden):
            await ask(at, "Hello?", by=ada)

        for number in range(saying.MAX_UNREAD):
            await ask(at, f"Message {number}")
        with pytest.raises(Conflict):
            await ask(at, "One more")


async def test_a_conversation_that_is_long_begins_anew_with_what_was_said_last(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "REMEMBERED", 2)
    async with desk(owner, workspace, lambda _, before: Turn(f"Answer {before}.")) as at, working(at.owner.services):
        for number in range(3):
            conversation_id = await ask(at, f"Question {number}")
            await until(conversation_id, ConversationState.IDLE, partial(has_taken, number + 1))

    # The third one is asked without the turns before it, and with what was said in them
    last = [str(message.get("content")) for message in at.model.requests[-1]["messages"]]
    assert [message["role"] for message in at.model.requests[-1]["messages"]].count("assistant") == 0
    assert all(any(text in content for content in last) for text in ("Question 0", "Answer 1.", "Question 2"))
    steps = await collection(MissionStep).find({"mission_id": conversation_id}).to_list()
    assert [step["n"] for step in steps] == [3]


async def test_a_pre_session_reads_and_its_draft_becomes_the_prompt_unless_that_was_changed(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    def script(request: Json, before: int) -> Turn:
        tools = {tool["function"]["name"] for tool in request["tools"]}
        assert "draft" in tools
        assert "create_card" not in tools
        if before == 0:
            comment = ("comment", {"cardId": str(at.card_id), "content": "Done by the model"})
            drafts = ("Polish the lens until it shines", "[Polish](javascript:alert(1))", "x" * 20_001)
            first, *refused = (("draft", {"prompt": prompt}) for prompt in drafts)
            return Turn(calls=(first, comment, *refused))
        return Turn("I have assumed that it is [glass](javascript:alert(1)).")

    async def begin() -> ObjectId:
        values = PreSessionCreate(card_id=at.card_id)
        return ObjectId((await create_pre_session(again(at.owner), values)).value["_id"])

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        # Given a draft
        session = await begin()
        with pytest.raises(Conflict):
            await begin()
        with pytest.raises(Conflict, match="no draft"):
            await accept_pre_session(again(at.owner), session)
        await message_pre_session(again(at.owner), session, PreSessionSay(content="Make it shine"))
        drafted = await until(session, ConversationState.IDLE)
        assert (drafted["draft"], await comments(at)) == ("Polish the lens until it shines", [])
        assert "FORBIDDEN" in results(at.model.requests[-1])[1]
        # What its card could not take is no draft, and what it says leads to no script
        assert ["script" in text or "20000" in text for text in results(at.model.requests[-1])[2:]] == [True, True]
        assert (await said(session))[-1] == ("assistant", "I have assumed that it is [glass]&#40;javascript:alert(1)).")

        # When the prompt was changed meanwhile, it is not accepted
        await update_card(again(at.owner), at.card_id, CardUpdate.of(description="Mine"))
        with pytest.raises(Conflict, match="changed"):
            await accept_pre_session(again(at.owner), session)
        assert (await cancel_pre_session(again(at.owner), session)).value["status"] == "cancelled"
        with pytest.raises(Conflict):
            await message_pre_session(again(at.owner), session, PreSessionSay(content="Hello?"))

        # A new one begins with what stands there
        session = await begin()
        await message_pre_session(again(at.owner), session, PreSessionSay(content="Make it shine"))
        await until(session, ConversationState.IDLE, lambda now: now["draft"] is not None)
        assert (await accept_pre_session(again(at.owner), session)).value["status"] == "accepted"
    card = await collection(Card).find_one({"_id": at.card_id})
    assert card is not None
    assert card["description"] == "Polish the lens until it shines"
    assert await collection(MissionRun).find_one({"_id": session}) is None
