"""Organizations that are made of a name, with a workspace, and deleted where they have no projects."""

import secrets
from typing import Any

import pytest

from models import Workspace
from models.base import collection
from models.errors import Conflict, NotFound
from resolvers.inputs.organization import OrganizationCreate
from resolvers.kit.context import Context
from resolvers.organization.organization import create_organization, delete_organization, get_organization_by_id
from resolvers.project.project import delete_project
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.projects import make_board


async def test_an_organization_is_made_with_a_slug_of_its_name_and_a_workspace(people: People) -> None:
    ada = await people.register("ada")
    name = f"Zürich {secrets.token_hex(4)}"

    # When two are made with the same name
    first, second = [
        (await create_organization(again(ada), OrganizationCreate(name=name, workspace="Élan vital"))).value
        for _ in range(2)
    ]

    # Then each has a slug of its own, and its workspace came in the same change
    assert first["slug"] == name.lower().replace("ü", "u").replace(" ", "-")
    assert second["slug"].startswith(f"{first['slug']}-")
    told = await event_types(first["_id"])
    workspace = await collection(Workspace).find_one({"organization_id": first["_id"]})
    assert workspace is not None
    assert (workspace["name"], workspace["slug"], workspace["owner_id"]) == ("Élan vital", "elan-vital", ada.user_id)
    assert told == ["OrganizationCreated", "OrganizationMemberAdded"]
    assert await event_types(workspace["_id"]) == ["WorkspaceCreated", "WorkspaceMemberAdded"]


async def test_an_organization_with_projects_stays_where_that_is_wished(
    owner: Context, organization: Any, workspace: Any
) -> None:
    board = await make_board(owner, workspace, columns=0)

    with pytest.raises(Conflict):
        await delete_organization(again(owner), organization["_id"], only_without_projects=True)
    assert await get_organization_by_id(again(owner), organization["_id"])

    await delete_project(again(owner), board.project["_id"])
    await delete_organization(again(owner), organization["_id"], only_without_projects=True)
    with pytest.raises(NotFound):
        await get_organization_by_id(again(owner), organization["_id"])
