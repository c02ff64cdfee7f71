"""What people set for themselves."""

import asyncio
from typing import Any

import pytest

from models import Notification, Preferences
from models.base import collection
from models.enums import ActivityType
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from realtime.log import Change
from resolvers.inputs.preferences import PreferencesUpdate, ProjectReorder
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.notification.follow import follow
from resolvers.preferences.preferences import (
    get_preferences,
    last_project_of,
    open_project,
    reorder_projects,
    update_preferences,
)
from resolvers.project.mine import list_my_project_ids, list_my_projects
from resolvers.transfer.hidden import hide
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.projects import make_board


async def set_them(ctx: Context, **values: Any) -> Any:
    return (await update_preferences(again(ctx), read_input(PreferencesUpdate, values))).value


async def test_settings_are_put_over_what_is_there_and_null_takes_away(people: People) -> None:
    ada = await people.register("ada")
    assert (await get_preferences(again(ada)))["settings"] == {}

    await set_them(ada, settings={"theme": "dark", "hidden": ["a"]}, shortcuts={"search": "ctrl+k"})
    changed = await set_them(ada, settings={"theme": None, "wide": True})
    assert (changed["settings"], changed["shortcuts"]) == ({"hidden": ["a"], "wide": True}, {"search": "ctrl+k"})

    # When nothing differs, and all of it is reset
    await set_them(ada, settings={"wide": True}, shortcuts={})
    reset = await set_them(ada, settings=None, shortcuts=None)

    # Then each change was told once, and is what is read
    assert (reset["settings"], reset["shortcuts"]) == ({}, {})
    assert await get_preferences(again(ada)) == reset
    assert (await event_types(ada.user_id)).count("PreferencesChanged") == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("settings", {"big": "x" * 17_000}),
        ("settings", {"$where": 1}),
        ("settings", {str(n): n for n in range(201)}),
        ("shortcuts", {"search": "x" * 17_000}),
        ("shortcuts", {"x" * 101: "k"}),
        ("mutedActivities", ["nothing"]),
    ],
)
async def test_what_is_too_much_or_no_setting_is_refused(people: People, name: str, value: Any) -> None:
    ada = await people.register("ada")

    with pytest.raises(BadUserInput) as refused:
        await set_them(ada, **{name: value})

    assert str(refused.value.field).startswith(name)
    assert await collection(Preferences).count_documents({"user_id": ada.user_id}) == 0


async def test_settings_that_grow_step_by_step_have_the_same_bound(people: People) -> None:
    ada = await people.register("ada")
    for n in range(2):
        await set_them(ada, settings={f"{n} {m}": m for m in range(100)})

    with pytest.raises(BadUserInput) as refused:
        await set_them(ada, settings={"one more": 1})

    assert refused.value.field == "settings"


async def test_nobody_is_notified_of_what_they_have_muted(owner: Context, workspace: Any, join: Join) -> None:
    # Given two members of a project, one of whom is not told of new cards
    ada, bob = await join(workspace, "ada"), await join(workspace, "bob")
    board = await make_board(owner, workspace, columns=1)
    for person in (ada, bob):
        await board.add_member(person)
    await follow(owner.services)
    await set_them(ada, mutedActivities=["card_created"])

    card = await board.card()
    await board.comment(card)
    await follow(owner.services)

    async def told(person: Context) -> int:
        return await collection(Notification).count_documents({"user_id": person.user_id})

    assert await told(bob) - await told(ada) == 1


async def test_the_order_of_projects_is_everybodys_own_and_takes_all_of_them(
    owner: Context, workspace: Any, organization: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    ids = [(await make_board(owner, workspace, columns=0)).project["_id"] for _ in range(3)]

    async def reorder(ctx: Context, wanted: list[Any], **more: Any) -> Any:
        return (await reorder_projects(again(ctx), ProjectReorder(ids=wanted, **more))).value["project_order"]

    assert await reorder(owner, ids[::-1]) == ids[::-1]
    assert await reorder(ada, ids, organization_id=organization["_id"]) == ids
    for wrong in (ids[:2], [*ids[:2], ids[1]], [*ids, new_id(Kind.PROJECT)]):
        with pytest.raises(Conflict):
            await reorder(owner, wrong)
    assert (await get_preferences(again(owner)))["project_order"] == ids[::-1]


async def test_two_that_mute_and_unmute_at_once_undo_nothing_of_each_other(owner: Context) -> None:
    moved, created = ActivityType.CARD_MOVED, ActivityType.CARD_CREATED
    await update_preferences(again(owner), PreferencesUpdate(muted_activities=[created]))

    await asyncio.gather(
        update_preferences(again(owner), PreferencesUpdate(mute=[moved])),
        update_preferences(again(owner), PreferencesUpdate(unmute=[created])),
    )

    assert (await get_preferences(again(owner)))["muted_activities"] == [moved]


async def test_a_project_that_nobody_sees_yet_is_not_asked_for_in_an_order(owner: Context, workspace: Any) -> None:
    # Given two projects, and one that is being made
    first, second, hidden = [(await make_board(owner, workspace, columns=0)).project for _ in range(3)]

    async def body(change: Change) -> None:
        await hide(change, hidden)

    await again(owner).write(workspace["_id"], body)
    seen = [second["_id"], first["_id"]]

    # When what is seen is put into an order, then that is all of it
    await reorder_projects(again(owner), ProjectReorder(ids=seen))
    with pytest.raises(Conflict):
        await reorder_projects(again(owner), ProjectReorder(ids=[*seen, hidden["_id"]]))
    assert [project["_id"] for project in await list_my_projects(again(owner))] == seen
    assert await list_my_project_ids(again(owner)) == seen


async def test_the_project_that_was_opened_last_is_shown_as_long_as_it_may_be_read(
    owner: Context, workspace: Any, join: Join, people: People
) -> None:
    ada, board = await join(workspace, "ada"), await make_board(owner, workspace, columns=0)
    mine = (await open_project(again(ada), board.project["_id"])).value
    [shown] = await last_project_of(again(ada), [mine], None)
    assert shown is not None
    assert shown["_id"] == board.project["_id"]

    # When they are taken off the workspace
    await remove_workspace_member(again(owner), workspace["_id"], ada.user_id)

    assert await last_project_of(again(ada), [mine], None) == [None]
    with pytest.raises(NotFound):
        await open_project(again(ada), board.project["_id"])
