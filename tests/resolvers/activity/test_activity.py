from typing import Any

import pytest
from bson import ObjectId

from models import Activity, Notification
from models.base import collection
from models.enums import ActivityType
from models.records import WorkspaceRecord
from resolvers.activity.activity import actor_of, card_of, project_of
from resolvers.card.card import delete_card
from resolvers.card.graph import activity_of
from resolvers.inputs.project import ProjectMemberAdd
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.project_member import add_project_member, remove_project_member
from resolvers.notification.follow import follow
from tests.resolvers.conftest import Join
from tests.resolvers.lab import events
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace)


async def notified(ctx: Context, user_id: ObjectId, project_id: ObjectId) -> list[str]:
    """The types of the activities that a user has notifications of, oldest first."""
    await follow(ctx.services)
    query = {"user_id": user_id, "project_id": project_id}
    found = await collection(Notification).find(query).sort("number", 1).to_list()
    by_id = {one["_id"]: one["type"] async for one in collection(Activity).find({"project_id": project_id})}
    assert all(one["read_at"] is None for one in found)
    return [by_id[one["activity_id"]] for one in found]


async def test_the_other_members_are_notified_of_the_nine_types_and_nobody_else(
    board: Board, owner: Context, workspace: WorkspaceRecord, join: Join
) -> None:
    # given a member of the project, one of the workspace alone, and one who comes and goes
    member, outsider, guest = [await join(workspace, name) for name in ("ada", "bob", "eve")]
    await board.add_member(member)
    project_id = board.project["_id"]

    # when
    card = await board.card()
    await board.update(card, title="Mirror")
    await board.update(card, columnId=board.column_id(1))
    await board.update(card, assigneeId=member.user_id)
    await board.comment(card)
    await board.update(card, archived=True)
    await delete_card(board.ctx, card["_id"])
    await follow(board.ctx.services)
    await add_project_member(board.ctx, project_id, read_input(ProjectMemberAdd, {"userId": guest.user_id}))
    await follow(board.ctx.services)
    await remove_project_member(board.ctx, project_id, guest.user_id)

    # then
    expected = [
        "member_added",
        "card_created",
        "card_updated",
        "card_moved",
        "card_assigned",
        "comment_added",
        "card_archived",
        "card_deleted",
        "member_added",
        "member_removed",
    ]
    beside = (
        "document_",
        "attachment_",
        "automation_",
        "pipeline_",
        "plugin_",
        "budget_",
        "remote_call_",
        "notice",
        "recorded",
    )
    assert set(expected) == {type_ for type_ in ActivityType if not type_.startswith(beside)}
    assert await notified(board.ctx, member.user_id, project_id) == expected
    assert await notified(board.ctx, guest.user_id, project_id) == ["member_added"]
    assert await notified(board.ctx, owner.user_id, project_id) == []
    assert await notified(board.ctx, outsider.user_id, project_id) == []


async def test_a_notification_arrives_in_the_stream_of_its_user(
    board: Board, workspace: WorkspaceRecord, join: Join
) -> None:
    member = await join(workspace, "ada")
    await board.add_member(member)
    await follow(member.services)
    before = len(await events(member.user_id))

    card = await board.card(title="Lens")
    await follow(member.services)

    [event] = (await events(member.user_id))[before:]
    [activity] = await collection(Activity).find({"card_id": card["_id"]}).to_list()
    assert event["type"] == "NotificationReceived"
    assert event["data"]["activity"] == activity
    assert event["data"]["notification"]["activity_id"] == activity["_id"]
    assert (event["workspace_id"], event["actor_id"]) == (None, board.caller.user_id)


async def test_whoever_acts_is_not_notified_even_as_a_member(
    board: Board, workspace: WorkspaceRecord, join: Join
) -> None:
    member = await join(workspace, "ada")
    await board.add_member(member)
    theirs = Board(member, board.project, board.columns)

    await theirs.card()

    assert await notified(board.ctx, member.user_id, board.project["_id"]) == ["member_added"]
    assert await notified(board.ctx, board.caller.user_id, board.project["_id"]) == ["card_created"]


async def test_what_changes_no_card_is_no_activity(board: Board) -> None:
    project = {"project_id": board.project["_id"]}
    before = await collection(Activity).count_documents(project)

    await board.column()
    await board.scope()
    await board.label()

    assert await collection(Activity).count_documents(project) == before


async def test_an_activity_leads_to_who_did_it_and_what_it_was_about(board: Board, owner: Context) -> None:
    card, gone = await board.card(title="Lens"), await board.card()
    await delete_card(board.ctx, gone["_id"])
    [page] = await activity_of(board.ctx, [card], None)
    [lost] = await activity_of(board.ctx, [gone], None)
    activities = [*page.nodes, *lost.nodes]

    actors = await actor_of(board.ctx, activities, frozenset({"name"}))
    projects = await project_of(board.ctx, activities, frozenset({"name"}))
    cards = await card_of(board.ctx, activities, frozenset({"title"}))

    assert [one["type"] for one in activities] == ["card_created", "card_created", "card_deleted"]
    assert [_id(one) for one in actors] == [owner.user_id] * 3
    assert [_id(one) for one in projects] == [board.project["_id"]] * 3
    assert [_id(one) for one in cards] == [card["_id"], None, None]


def _id(record: Any) -> Any:
    return record and record["_id"]
