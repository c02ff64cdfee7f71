"""Notices to all people of a workspace, what is recorded, and the log of both."""

from typing import Any

import pytest

from models import Activity, Notification
from models.base import collection
from models.enums import ActorType, NoticeLevel, Role
from models.errors import BadUserInput, Forbidden, NotFound, RateLimited
from models.ids import Kind, new_id
from models.records import WorkspaceRecord
from resolvers.activity import record
from resolvers.activity.actor import ACTOR_STEP
from resolvers.activity.log import get_activity_stats, list_activities
from resolvers.activity.record import create_activity, create_notice
from resolvers.agent.agent import create_agent
from resolvers.inputs.activity import ActivityCreate, NoticeCreate
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.workspace import WorkspaceMemberUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.member.workspace_member import update_workspace_member
from resolvers.notification.follow import follow
from resolvers.notification.notification import list_notifications, mark_all_notifications_read
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again, event_types
from tests.resolvers.test_sorting import NoWork


def notice(workspace: WorkspaceRecord, title: str = "Soon", **given: Any) -> NoticeCreate:
    return NoticeCreate(workspace_id=workspace["_id"], title=title, message="The dome opens", **given)


async def test_a_notice_goes_to_all_people_of_the_workspace_and_to_nobody_else(
    owner: Context, workspace: WorkspaceRecord, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    bob, eve = await join(workspace, "bob"), await join(workspace, "eve")
    await update_workspace_member(again(owner), workspace["_id"], eve.user_id, WorkspaceMemberUpdate(role=Role.VIEWER))
    made = await create_agent(again(owner), AgentCreate.of(workspace_id=workspace["_id"], name="Ada", slug="ada"))
    agent = made.value.agent["user_id"]

    # When
    told = await create_notice(again(bob), notice(workspace, level=NoticeLevel.ERROR, source="ci", link="/app"))
    await create_notice(again(bob), notice(workspace, "Later"))
    with pytest.raises(Forbidden):
        await create_notice(again(eve), notice(workspace))
    await follow(owner.services)

    # Then who wrote it is told too, the agent not, and what matters so much is found alone.
    about = {"activity_id": told.value["_id"]}
    assert {one["user_id"] for one in await collection(Notification).find(about).to_list()} == {
        owner.user_id,
        bob.user_id,
        eve.user_id,
    }
    assert agent is not None
    assert (await event_types(workspace["_id"]))[-2:] == ["ActivityRecorded"] * 2
    for level, titles in ((NoticeLevel.ERROR, 1), (NoticeLevel.INFO, 1), (NoticeLevel.SUCCESS, 0), (None, 2)):
        found = await list_notifications(again(eve), Window.read(), level=level)
        assert len(found.nodes) == titles
    await mark_all_notifications_read(again(eve))
    await create_notice(again(owner), notice(workspace, "Now"))
    await follow(owner.services)
    for unread_only, read_only, count in ((True, False, 1), (False, True, 2), (False, False, 3)):
        found = await list_notifications(again(eve), Window.read(), unread_only, read_only)
        assert len(found.nodes) == count

    # And there is an end of it.
    monkeypatch.setattr(record, "MAX_NOTICES_AN_HOUR", 2)
    with pytest.raises(RateLimited):
        await create_notice(again(bob), notice(workspace))


async def test_what_is_recorded_says_who_did_it_and_who_says_so(
    owner: Context, workspace: WorkspaceRecord, join: Join
) -> None:
    # Given
    bob = await join(workspace, "bob")
    made = await create_agent(again(owner), AgentCreate.of(workspace_id=workspace["_id"], name="Ada", slug="ada"))
    agent = made.value.agent

    async def recorded(ctx: Context, actor_type: ActorType, action: str, actor_id: Any = None) -> Any:
        values = ActivityCreate(
            workspace_id=workspace["_id"],
            actor_type=actor_type,
            actor_id=actor_id,
            action=action,
            entity_type="release",
            entity_id="7",
            metadata={"took": 3},
        )
        return (await create_activity(again(ctx), values)).value

    # When
    await create_notice(again(owner), notice(workspace))
    by_agent = await recorded(bob, ActorType.AGENT, "deploy.begun", agent["_id"])
    await recorded(bob, ActorType.AGENT, "deploy.begun", agent["user_id"])
    by_bob = await recorded(bob, ActorType.USER, "deploy.finished", bob.user_id)
    by_nobody = await recorded(owner, ActorType.SYSTEM, "night.began")

    # Then
    assert (by_agent["actor_id"], by_agent["recorded_by"]) == (agent["user_id"], bob.user_id)
    assert (by_bob["actor_id"], by_nobody["actor_id"], by_nobody["recorded_by"]) == (bob.user_id, None, owner.user_id)
    assert by_bob["meta"] == {"entityType": "release", "entityId": "7", "metadata": {"took": 3}}
    for refused, actor_type, actor_id in (
        (Forbidden, ActorType.USER, owner.user_id),
        (Forbidden, ActorType.SYSTEM, None),
        (BadUserInput, ActorType.AGENT, None),
        (NotFound, ActorType.AGENT, new_id(Kind.AGENT)),
        (NotFound, ActorType.AGENT, owner.user_id),
    ):
        with pytest.raises(refused):
            await recorded(bob, actor_type, "forged", actor_id)

    # And the log finds it by each of that.
    agents, people = str(agent["_id"]), str(bob.user_id)
    looked: list[tuple[int, ActorType | None, str | None, str | None]] = [
        (5, None, None, None),
        (2, ActorType.AGENT, None, None),
        (2, ActorType.USER, None, None),
        (1, ActorType.SYSTEM, None, None),
        (2, None, agents, "deploy.begun"),
        (1, ActorType.USER, people, "deploy.finished"),
        (0, ActorType.AGENT, people, None),
        (1, None, None, "notice"),
        (0, None, None, "card.moved"),
    ]
    # Those of an earlier version too, once they were told apart.
    await collection(Activity).update_many({"workspace_id": workspace["_id"]}, {"$unset": {"actor_type": ""}})
    assert (await get_activity_stats(again(bob), workspace["_id"])).by_agent == 0
    await ACTOR_STEP.run(NoWork())
    for count, by, whom, action in looked:
        page = await list_activities(again(bob), workspace["_id"], Window.read(), by, whom, action)
        assert len(page.nodes) == count, (by, whom, action)
    stats = await get_activity_stats(again(bob), workspace["_id"])
    assert (stats.total, stats.by_user, stats.by_agent, stats.by_system) == (5, 2, 2, 1)
    assert {one.action: one.count for one in stats.actions} == {
        "deploy.begun": 2,
        "deploy.finished": 1,
        "night.began": 1,
        "notice": 1,
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "//evil.example"}, "link"),
        ({"link": "/\\evil.example"}, "link"),
        ({"link": "https://"}, "link"),
        ({"link": "ht tp://x"}, "link"),
        ({"message": "[x](javascript:alert(1))"}, "message"),
        ({"level": "fatal"}, "level"),
        ({"title": " "}, "title"),
    ],
)
def test_bad_input_of_a_notice_names_its_field(given: dict[str, Any], field: str) -> None:
    values = {"workspaceId": str(new_id(Kind.WORKSPACE)), "title": "Soon", "message": "Now", **given}

    with pytest.raises(BadUserInput) as refused:
        read_input(NoticeCreate, values)

    assert refused.value.field == field
