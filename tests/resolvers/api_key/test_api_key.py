"""API keys of organizations: users of their own, rotated, revoked and deleted."""

from typing import Any

import pytest
from bson import ObjectId

from auth.subject import USUAL_SCOPES
from gateway.database import Database
from models import ApiToken, Organization, OrganizationMember, User, WorkspaceMember
from models.base import collection
from models.enums import Role, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, Unauthenticated
from models.ids import Kind, new_id
from resolvers.account.account import update_user
from resolvers.account.api_token import NewToken, create_api_token
from resolvers.api_key.api_key import (
    MAX_KEYS,
    create_api_key,
    delete_api_key,
    get_api_key,
    list_api_keys,
    revoke_api_key,
    rotate_api_key,
    update_api_key,
)
from resolvers.inputs.account import UserUpdate
from resolvers.inputs.api_key import ApiKeyCreate, ApiKeyRotate, ApiKeyUpdate
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.inputs.organization import OrganizationMemberUpdate
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.organization_member import (
    remove_organization_member,
    update_organization_member,
)
from resolvers.project.project import create_project
from resolvers.workspace.workspace import create_workspace, delete_workspace
from tests.resolvers.conftest import Join, Tenant, make_organization, make_workspace
from tests.resolvers.credential.test_credential import places_with
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import People, again, event_types
from tests.stubs import stubs

READING = ["projects:read", "pilotage:read"]


def key_input(organization: Any, **values: Any) -> ApiKeyCreate:
    return read_input(ApiKeyCreate, {"organizationId": organization["_id"], "name": "Build server", **values})


async def made(owner: Context, organization: Any, **values: Any) -> NewToken:
    return (await create_api_key(again(owner), key_input(organization, **values))).value


async def roles(user_id: ObjectId) -> list[str]:
    """What a service user may do, in its organizations and in its workspaces."""
    mine = {"user_id": user_id}
    members = await collection(OrganizationMember).find(mine).to_list()
    working = await collection(WorkspaceMember).find(mine).to_list()
    return [member["role"] for member in (*members, *working)]


async def test_a_key_works_in_one_workspace_as_a_user_of_its_own_and_outlives_its_maker(
    people: People, tenant: Tenant, join: Join
) -> None:
    # Given an admin who makes a key
    owner, organization, workspace = tenant.owner, tenant.organization, tenant.workspace
    admin = await join(workspace, "ada", Role.ADMIN)
    as_admin = OrganizationMemberUpdate(role=Role.ADMIN)
    await update_organization_member(again(owner), organization["_id"], admin.user_id, as_admin)
    key = await made(admin, organization, description="Of the builds")

    # When they leave
    await remove_organization_member(again(owner), organization["_id"], admin.user_id)

    # Then it works on: writes where it may, and no more than a member does
    ctx = await people.by_jwt(key.secret)
    assert ctx.subject.organization_id == organization["_id"]
    assert ctx.subject.scopes == {
        *(TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE),
        *(TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE),
    }
    await create_project(again(ctx), ProjectCreate.of(workspace_id=workspace["_id"], name="Launch"))
    with pytest.raises(Forbidden, match="signed-in person"):
        await list_api_keys(again(ctx), organization["_id"])
    with pytest.raises(Forbidden):
        await update_user(again(ctx), UserUpdate.of(name="Eve"))

    # And it is listed as it was made, without a hash
    [listed] = await list_api_keys(again(owner), organization["_id"])
    shown = await get_api_key(again(owner), listed["_id"])
    assert shown == listed
    assert (listed["name"], listed["description"], listed["prefix"]) == (
        "Build server",
        "Of the builds",
        key.secret[:9],
    )
    assert listed["last_used_at"] is not None
    assert not {"secret_hash", "previous_hash"} & (listed.keys() | key.api_token.keys())


async def test_the_user_of_a_key_reads_where_all_its_scopes_do_and_is_called_as_the_key_is(
    people: People, tenant: Tenant
) -> None:
    owner, organization, workspace = tenant.owner, tenant.organization, tenant.workspace
    key = await made(owner, organization, scopes=READING)
    ctx = await people.by_jwt(key.secret)
    assert await roles(ctx.user_id) == ["viewer", "viewer"]
    writing = again(ctx)
    object.__setattr__(writing.subject, "scopes", frozenset(TokenScope))
    with pytest.raises(Forbidden, match="role"):
        await create_project(writing, ProjectCreate.of(workspace_id=workspace["_id"], name="Launch"))

    # When it may write, and is called otherwise
    change = read_input(ApiKeyUpdate, {"name": "Robot", "scopes": [*READING, "projects:write"]})
    changed = (await update_api_key(again(owner), key.api_token["_id"], change)).value

    user = await collection(User).find_one({"_id": ctx.user_id})
    assert user is not None
    assert (changed["name"], user["name"], user["is_agent"]) == ("Robot", "Robot", True)
    assert await roles(ctx.user_id) == ["member", "member"]
    assert (await event_types(workspace["_id"]))[-2:] == ["WorkspaceMemberUpdated"] * 2
    assert (await event_types(organization["_id"]))[-2:] == ["OrganizationMemberUpdated", "ApiKeyUpdated"]
    again_ctx = await people.by_jwt(key.secret)
    await create_project(again_ctx, ProjectCreate.of(workspace_id=workspace["_id"], name="Launch"))

    # And back: it reads again, and what it wrote keeps its author
    fewer = read_input(ApiKeyUpdate, {"scopes": READING})
    await update_api_key(again(owner), key.api_token["_id"], fewer)
    assert await roles(ctx.user_id) == ["viewer", "viewer"]


async def test_a_rotated_key_answers_to_its_text_of_before_for_a_while_and_a_second_rotation_ends_that(
    people: People, tenant: Tenant, database: Database
) -> None:
    owner, organization = tenant.owner, tenant.organization
    first = await made(owner, organization)
    key_id = first.api_token["_id"]

    async def rotated(hours: int) -> str:
        return (await rotate_api_key(again(owner), key_id, ApiKeyRotate(grace_hours=hours))).value.secret

    second = await rotated(24)
    assert (await people.by_jwt(first.secret)).user_id == (await people.by_jwt(second)).user_id
    third = await rotated(720)
    with pytest.raises(Unauthenticated):
        await people.by_jwt(first.secret)
    assert (await people.by_jwt(second)).subject.expires_at is not None
    assert (await people.by_jwt(third)).subject.expires_at is None

    # Without grace, nothing of before counts
    fourth = await rotated(0)
    for old in (second, third):
        with pytest.raises(Unauthenticated):
            await people.by_jwt(old)

    # Revoked, it answers to nothing, for good
    await people.by_jwt(fourth)
    revoked = (await revoke_api_key(again(owner), key_id)).value
    assert (revoked["is_active"], revoked["revoked_at"] is not None) == (False, True)
    with pytest.raises(Unauthenticated):
        await people.by_jwt(fourth)
    with pytest.raises(Conflict, match="for good"):
        await rotated(24)
    with pytest.raises(Conflict, match="for good"):
        await update_api_key(again(owner), key_id, ApiKeyUpdate.of(is_active=True))
    assert (await revoke_api_key(again(owner), key_id)).value == revoked

    # No text of it is anywhere, and no hash in its history
    for text in (first.secret, second, third, fourth):
        assert await places_with(database, text) == set()
    assert await places_with(database, "secret_hash") <= {"api_tokens", "sessions", "invitations", "mail_links"}
    assert (await event_types(organization["_id"]))[-4:] == [*["ApiKeyRotated"] * 3, "ApiKeyRevoked"]


async def test_a_key_may_be_turned_off_and_on_and_is_gone_once_it_is_deleted(people: People, tenant: Tenant) -> None:
    owner, organization = tenant.owner, tenant.organization
    key = await made(owner, organization)
    key_id, user_id = key.api_token["_id"], (await people.by_jwt(key.secret)).user_id

    await update_api_key(again(owner), key_id, ApiKeyUpdate.of(is_active=False))
    with pytest.raises(Unauthenticated):
        await people.by_jwt(key.secret)
    await update_api_key(again(owner), key_id, ApiKeyUpdate.of(is_active=True))
    await people.by_jwt(key.secret)

    await delete_api_key(again(owner), key_id)

    with pytest.raises(Unauthenticated):
        await people.by_jwt(key.secret)
    with pytest.raises(NotFound):
        await get_api_key(again(owner), key_id)
    with pytest.raises(NotFound):
        await rotate_api_key(again(owner), key_id, ApiKeyRotate())
    assert await list_api_keys(again(owner), organization["_id"]) == []
    assert await roles(user_id) == []
    assert await collection(User).find_one({"_id": user_id}) is not None  # who wrote what it did
    kept = await collection(ApiToken).find_one({"_id": key_id})
    assert kept is not None
    assert kept["deleted_at"] is not None


async def test_a_key_joins_a_workspace_whose_members_its_maker_manages(
    people: People, tenant: Tenant, join: Join
) -> None:
    owner, organization, workspace = tenant.owner, tenant.organization, tenant.workspace
    admin = await join(workspace, "ada")  # a member of the workspace
    as_admin = OrganizationMemberUpdate(role=Role.ADMIN)
    await update_organization_member(again(owner), organization["_id"], admin.user_id, as_admin)

    with pytest.raises(Conflict, match="none here"):
        await made(admin, organization)
    with pytest.raises(Forbidden):
        await made(admin, organization, workspaceId=workspace["_id"])

    # Nor one of another organization
    other = await make_organization(owner)
    elsewhere = await make_workspace(owner, other)
    with pytest.raises(NotFound):
        await made(owner, organization, workspaceId=elsewhere["_id"])

    # Unless it is told one, it joins the default of the organization
    another = WorkspaceCreate(organization_id=organization["_id"], name="Second", slug="second")
    second = (await create_workspace(again(owner), another)).value
    default = {"$set": {"default_workspace_id": second["_id"]}}
    await collection(Organization).update_one({"_id": organization["_id"]}, default)
    assert (await made(owner, organization)).api_token["workspace_id"] == second["_id"]

    # It goes with its workspace, and its organization is told
    key = await made(owner, other)
    user_id = (await people.by_jwt(key.secret)).user_id
    await delete_workspace(again(owner), elsewhere["_id"])
    with pytest.raises(Unauthenticated):
        await people.by_jwt(key.secret)
    await finish_deletions(owner.services)
    assert await collection(User).find_one({"_id": user_id}) is None
    assert (await event_types(other["_id"]))[-1] == "ApiKeyDeleted"
    with pytest.raises(Conflict):
        await made(owner, other)


async def test_what_a_key_may_be_used_for_is_named_and_no_token_may_more_than_before(
    people: People, tenant: Tenant
) -> None:
    owner, organization = tenant.owner, tenant.organization
    key = await made(owner, organization, scopes=["credentials:read", "operations:write", "billing:read"])
    assert key.api_token["scopes"] == ["credentials:read", "operations:write", "billing:read"]
    for scopes in (["account:write"], ["notifications:read"], [], ["root"]):
        with pytest.raises(BadUserInput) as refused:
            key_input(organization, scopes=scopes)
        assert refused.value.field == "scopes"
    with pytest.raises(BadUserInput):
        read_input(ApiKeyRotate, {"graceHours": 721})

    # A person's token has the others where it names none, and is no key
    values = read_input(ApiTokenCreate, {"name": "Mine"})
    token = (await create_api_token(again(owner), values)).value.api_token
    assert tuple(token["scopes"]) == USUAL_SCOPES
    with pytest.raises(NotFound):
        await revoke_api_key(again(owner), token["_id"])


async def test_an_organization_has_at_most_a_hundred_keys(tenant: Tenant) -> None:
    owner, organization = tenant.owner, tenant.organization
    key = await made(owner, organization)
    stored = await collection(ApiToken).find_one({"_id": key.api_token["_id"]})
    assert stored is not None
    copies = [
        {**stored, "_id": new_id(Kind.API_TOKEN), "secret_hash": f"{organization['_id']}{number}"}
        for number in range(MAX_KEYS - 1)
    ]
    await stubs(ApiToken).insert_many(copies)

    with pytest.raises(Conflict, match=str(MAX_KEYS)):
        await made(owner, organization)
    await delete_api_key(again(owner), key.api_token["_id"])
    assert (await made(owner, organization)).secret
