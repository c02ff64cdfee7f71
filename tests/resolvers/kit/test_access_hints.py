"""What is known of a door before it is asked saves time, and lets nobody in."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from bson import ObjectId
from pymongo.asynchronous.collection import AsyncCollection

from models.errors import NotFound
from models.ids import Kind, new_id
from resolvers.inputs.project import ProjectCreate
from resolvers.kit import access as doors
from resolvers.kit.access_hints import ENTERED, Entered
from resolvers.kit.context import Context
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.project.project import create_project, get_project
from tests.patience import PATIENCE
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again


@pytest.fixture
async def project(owner: Context, workspace: Any) -> Any:
    """A project of `workspace`."""
    return (await create_project(again(owner), ProjectCreate.of(workspace_id=workspace["_id"], name="Mirror"))).value


async def test_who_has_passed_a_door_is_looked_up_while_the_object_is_read(
    owner: Context, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await get_project(again(owner), project["_id"])
    asked = asyncio.Event()
    look_up, find_one = doors._look_up, AsyncCollection.find_one

    async def noted(*given: Any) -> None:
        asked.set()
        await look_up(*given)

    async def held(self: AsyncCollection[Any], *given: Any, **options: Any) -> Any:
        if self.name == "projects":
            await asyncio.wait_for(asked.wait(), PATIENCE)
        return await find_one(self, *given, **options)

    monkeypatch.setattr(doors, "_look_up", noted)
    monkeypatch.setattr(AsyncCollection, "find_one", held)

    found = await get_project(again(owner), project["_id"])

    assert found["_id"] == project["_id"]


async def test_who_was_taken_off_a_workspace_is_refused_at_once(
    owner: Context, workspace: Any, project: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    await get_project(again(ada), project["_id"])
    await remove_workspace_member(again(owner), workspace["_id"], ada.user_id)

    with pytest.raises(NotFound):
        await get_project(again(ada), project["_id"])


async def test_a_wrong_hint_opens_no_door_and_shuts_none(
    people: People, owner: Context, workspace: Any, project: Any
) -> None:
    ada = await people.register("ada")
    ENTERED.add(ada.user_id, project["_id"], workspace["_id"])
    ENTERED.add(owner.user_id, project["_id"], new_id(Kind.WORKSPACE))

    with pytest.raises(NotFound):
        await get_project(again(ada), project["_id"])

    assert (await get_project(again(owner), project["_id"]))["name"] == "Mirror"


async def test_who_is_refused_leaves_no_hint(people: People, project: Any) -> None:
    ada = await people.register("ada")

    with pytest.raises(NotFound):
        await get_project(again(ada), project["_id"])

    assert ENTERED.workspace_of(ada.user_id, project["_id"]) is None


def test_the_doors_passed_the_longest_ago_are_forgotten() -> None:
    entered, user = Entered(kept=2), new_id(Kind.USER)
    doors_of: Mapping[int, ObjectId] = {number: new_id(Kind.PROJECT) for number in range(3)}
    workspace = new_id(Kind.WORKSPACE)
    for number in (0, 1, 0, 2):
        entered.add(user, doors_of[number], workspace)
    entered.add(None, doors_of[1], workspace)

    found = [entered.workspace_of(user, doors_of[number]) for number in range(3)]

    assert found == [workspace, None, workspace]
    assert entered.workspace_of(new_id(Kind.USER), doors_of[0]) is None
    assert entered.workspace_of(None, doors_of[1]) is None
