"""The accounts of people, for whoever manages them."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from models.base import timestamp
from models.enums import ServerRole
from models.ids import Kind
from resolvers.inputs.account import ShortText
from resolvers.inputs.installation import MAX_PEOPLE, PEOPLE_SIZE, PeopleList, PersonCreate, PersonUpdate, Role
from resolvers.installation.person import (
    Person,
    create_person,
    list_people,
    reset_person_password,
    update_person,
)
from resolvers.installation.person_delete import count_owned_projects, delete_person
from resolvers.kit.input import Input, NotNull
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.organization import ServerRoleWord, display_name
from rest.parameters import at_most
from rest.present import Id, Timestamp, word
from rest.routing import Call

routes = board_routes(
    "admin users", "/admin/users", about="The accounts of people, for whoever manages them.", place=30
)


class AdminUserData(TypedDict):
    """Somebody's account."""

    id: Id
    email: str
    name: str
    role: ServerRoleWord
    authProvider: Literal["local", "oidc"]
    avatarUrl: str | None
    isSuperAdmin: bool
    mustChangePassword: bool
    createdAt: Timestamp


class AdminUsersQuery(PeopleList):
    """Which accounts to list."""

    limit: Annotated[int, at_most(MAX_PEOPLE)] = Field(
        PEOPLE_SIZE, ge=1, le=MAX_PEOPLE, description="How many to return, 50 by default, at most 100."
    )


class AdminUserChange(Input):
    """What changes of somebody's account. Only what is given does."""

    name: Annotated[ShortText | None, NotNull] = Field(None, description="The name to show.")
    role: Annotated[Role | None, NotNull] = Field(None, description="What the person may do with the installation.")


class AdminUsersData(TypedDict):
    """Some accounts, and how many there are."""

    users: list[AdminUserData]
    total: int


class GeneratedPasswordData(TypedDict):
    """A password that is shown this once."""

    generatedPassword: str


class NewUserData(GeneratedPasswordData):
    """A new account, and its password, which is shown this once."""

    user: AdminUserData


class OwnedProjectsData(TypedDict):
    """How many projects would pass on with an account."""

    ownedProjectsCount: int


@routes.get("", "List the accounts of people", runs=list_people, query=AdminUsersQuery)
async def find(call: Call) -> AdminUsersData:
    """The oldest first; for admins of the installation."""
    found = await list_people(call.ctx, call.query(AdminUsersQuery))
    return {"users": [_user(person) for person in found.nodes], "total": found.total_count}


@routes.post("", "Make an account for somebody", runs=create_person)
async def create(call: Call) -> NewUserData:
    """With a password that is shown this once, and that they have to change."""
    created = (await create_person(call.ctx, call.body(PersonCreate))).value
    return {"user": _user(created.person), "generatedPassword": created.generated_password}


@routes.patch("/{userId}", "Change somebody's name or role", runs=update_person, body=AdminUserChange)
async def update(call: Call) -> AdminUserData:
    """The last super_admin stays one: 409. Only one of those has to do with another."""
    changed = await update_person(
        call.ctx, call.id("userId", Kind.USER), PersonUpdate(**call.body(AdminUserChange).given())
    )
    return _user(changed.value.person)


@routes.delete("/{userId}", "Delete somebody's account", runs=delete_person, body=None)
async def delete(call: Call) -> None:
    """Never the caller's own, nor the last super_admin's: 409. What they own passes to a super_admin."""
    await delete_person(call.ctx, call.id("userId", Kind.USER))


@routes.post(
    "/{userId}/reset-password", "Give somebody another password", runs=reset_person_password, body=None, status=200
)
async def reset_password(call: Call) -> GeneratedPasswordData:
    """It is shown this once, and has to be changed; all their sessions end. Not for single sign-on: 409."""
    reset = await reset_person_password(call.ctx, call.id("userId", Kind.USER))
    return {"generatedPassword": reset.value.generated_password}


@routes.get("/{userId}/check-delete", "Ask what would pass on with an account", runs=count_owned_projects)
async def check_delete(call: Call) -> OwnedProjectsData:
    return {"ownedProjectsCount": await count_owned_projects(call.ctx, call.id("userId", Kind.USER))}


def _user(person: Person) -> AdminUserData:
    return {
        "id": str(person["_id"]),
        "email": person["email"],
        "name": display_name(person),
        "role": word(person["server_role"]),
        "authProvider": word(person["auth_provider"]),
        "avatarUrl": person["avatar_url"],
        "isSuperAdmin": person["server_role"] is ServerRole.SUPER_ADMIN,
        "mustChangePassword": person["must_change_password"],
        "createdAt": timestamp(person["created_at"]),
    }
