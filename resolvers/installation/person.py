"""The accounts of people, for whoever manages them: listed, made, changed, and given another password.

An account is shown without anything of a tenant. Only a super-administrator has to do with another one.
"""

import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from bson import ObjectId
from pymongo.errors import DuplicateKeyError
from typing_extensions import TypedDict

from auth.passwords import hash_password
from models import MailLink, Session, User
from models.base import Record, collection
from models.enums import LinkPurpose, MailTemplate, ServerRole
from models.errors import Conflict, Forbidden, NotFound
from models.ids import Kind, parse_id
from models.installation_enums import AuthProvider
from models.records import UserRecord
from models.text import spellings
from realtime.events.account import PasswordGenerated, ServerRoleChanged
from realtime.log import Change, Committed
from resolvers.account.account import announce_user
from resolvers.account.registration import NewAccount, taken_key, write_account
from resolvers.account.super_admin import step_down
from resolvers.inputs.installation import PeopleList, PersonCreate, PersonUpdate
from resolvers.kit.context import Context, Services
from resolvers.kit.edit import set_fields
from resolvers.kit.operation import Caller, operation
from resolvers.kit.server_role import require_server_role
from resolvers.mail.mail import insert_mail, withdraw_mails_to
from resolvers.user.user import avatar_path

PASSWORD_LENGTH = 16
PEOPLE = {"is_agent": False, "deleted_at": None}
"""Accounts that somebody signs in to."""

PersonId = Annotated[ObjectId | str, "The id of the person."]

_LETTERS = string.ascii_letters + string.digits


class Person(TypedDict):
    """An account as whoever manages accounts sees it."""

    _id: ObjectId
    email: str
    name: str | None
    server_role: ServerRole
    auth_provider: AuthProvider
    must_change_password: bool
    avatar_url: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class People:
    """Some accounts, the oldest first, and how many there are."""

    nodes: Sequence[Person]
    total_count: int


@dataclass(frozen=True, slots=True)
class ChangedPerson:
    """An account as it is now."""

    person: Person


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that is shown once, and the account that it is of."""

    person: Person
    generated_password: str


@operation("people", caller=Caller.PERSON, server_role=ServerRole.ADMIN, read_only=True)
async def list_people(ctx: Context, values: PeopleList) -> People:
    """Accounts of people, the oldest first, by a part of their name or address."""
    where: Record = dict(PEOPLE)
    if values.search:
        part = {"$regex": "|".join(map(re.escape, spellings(values.search))), "$options": "i"}
        where["$or"] = [{"email": part}, {"name": part}]
    found = collection(User).find(where).sort("_id", 1).skip(values.offset).limit(values.limit)
    people = [person_of(ctx.services, user) for user in await found.to_list()]
    return People(people, await collection(User).count_documents(where))


@operation("personCreate", caller=Caller.PERSON, server_role=ServerRole.ADMIN, reveals=True)
async def create_person(ctx: Context, values: PersonCreate) -> Committed[NewPassword]:
    """Make an account for somebody else, with a password that is shown once and has to be changed.

    Raises Conflict for an address that has an account.
    """
    password = generated_password()
    account = NewAccount(values.email, password, values.name, server_role=values.role, generated=True)

    async def body(change: Change, user: UserRecord) -> NewPassword:
        await require_reach(ctx, change, "personCreate", values.role)
        if values.role is not ServerRole.USER:
            change.append(user["_id"], ServerRoleChanged(role=values.role))
        return NewPassword(person_of(ctx.services, user), password)

    return await write_account(ctx, account, body, actor_id=ctx.user_id)


@operation("personUpdate", caller=Caller.PERSON, server_role=ServerRole.ADMIN)
async def update_person(ctx: Context, id: PersonId, values: PersonUpdate) -> Committed[ChangedPerson]:
    """Change somebody's names or address, or what they may do with the installation.

    Raises Conflict where nobody would run it any more, and for an address or username that another account has.
    """
    wanted, given = parse_id(id, Kind.USER), values.given()
    named: Record = {name: given[name] or None for name in ("name", "username") if name in given}

    async def body(change: Change) -> ChangedPerson:
        user = await find_person(change, wanted)
        before = ServerRole(user.get("server_role", ServerRole.USER))
        role = given.get("role", before)
        await require_reach(ctx, change, "personUpdate", before, role)
        if before is ServerRole.SUPER_ADMIN and role is not before:
            await step_down(change, wanted)
        moved = await _move(change, user, given["email"]) if "email" in given else {}
        try:
            changed, _ = await set_fields(change, User, wanted, {**named, **moved, "server_role": role.value})
        except DuplicateKeyError as error:
            raise Conflict("belongs to an account already", field=taken_key(error)) from error
        if moved or changed["name"] != user["name"] or changed.get("username") != user.get("username"):
            await announce_user(change, wanted)
        if role is not before:
            change.append(wanted, ServerRoleChanged(role=role))
        return ChangedPerson(person_of(ctx.services, changed))

    return await ctx.write(wanted, body, revokes=True, mails="email" in given)


async def _move(change: Change, user: UserRecord, email: str) -> Record:
    """What an account has of another address. What was sent to the one so far opens nothing any more."""
    if email == user["email"]:
        return {}
    await collection(MailLink).delete_many({"user_id": user["_id"]}, session=change.session)
    for template in (MailTemplate.PASSWORD_RESET, MailTemplate.EMAIL_VERIFICATION):
        await withdraw_mails_to(change, user["email"], template)
    await insert_mail(change, user["email"], MailTemplate.EMAIL_CHANGED)
    await insert_mail(change, email, MailTemplate.EMAIL_VERIFICATION, about_id=user["_id"])
    return {"email": email, "email_verified_at": None}


@operation("personPasswordReset", caller=Caller.PERSON, server_role=ServerRole.ADMIN, reveals=True)
async def reset_person_password(ctx: Context, id: PersonId) -> Committed[NewPassword]:
    """Give somebody another password, which is shown once and has to be changed; all their sessions end.

    Raises Conflict for whoever has none here.
    """
    wanted, password = parse_id(id, Kind.USER), generated_password()
    password_hash = await hash_password(password)

    async def body(change: Change) -> NewPassword:
        user = await find_person(change, wanted)
        await require_reach(ctx, change, "personPasswordReset", ServerRole(user.get("server_role", ServerRole.USER)))
        if user.get("auth_provider", AuthProvider.LOCAL) != AuthProvider.LOCAL:
            raise Conflict("The identity provider says who this is: there is no password to reset")
        changes: Record = {"password_hash": password_hash, "must_change_password": True}
        changed, _ = await set_fields(change, User, wanted, changes)
        await collection(Session).delete_many({"user_id": wanted}, session=change.session)
        links = {"user_id": wanted, "purpose": LinkPurpose.PASSWORD_RESET.value}
        await collection(MailLink).delete_many(links, session=change.session)
        await withdraw_mails_to(change, user["email"], MailTemplate.PASSWORD_RESET)
        change.append(wanted, PasswordGenerated())
        await insert_mail(change, user["email"], MailTemplate.PASSWORD_CHANGED, about_id=wanted)
        return NewPassword(person_of(ctx.services, changed), password)

    return await ctx.write(wanted, body, revokes=True, mails=True)


def person_of(services: Services, user: UserRecord) -> Person:
    """An account as whoever manages accounts sees it."""
    return {
        "_id": user["_id"],
        "email": user["email"],
        "name": user["name"],
        "server_role": ServerRole(user.get("server_role", ServerRole.USER)),
        "auth_provider": AuthProvider(user.get("auth_provider", AuthProvider.LOCAL)),
        "must_change_password": user.get("must_change_password", False),
        "avatar_url": avatar_path(services, user),
        "created_at": user["created_at"],
    }


def generated_password() -> str:
    """A password that nobody has chosen."""
    return "".join(secrets.choice(_LETTERS) for _ in range(PASSWORD_LENGTH))


async def find_person(change: Change, user_id: ObjectId) -> UserRecord:
    """Somebody's account within a change; raises NotFound for an agent's, and for one that is no more."""
    found = await collection(User).find_one({"_id": user_id, **PEOPLE}, session=change.session)
    if found is None:
        raise NotFound("User")
    return found


async def require_reach(ctx: Context, change: Change, what: str, *roles: ServerRole) -> ServerRole:
    """The caller's role within a change. Raises Forbidden for one that was taken away meanwhile, and where somebody
    else than a super-administrator has to do with one."""
    acting = await require_server_role(ctx.user_id, ServerRole.ADMIN, what, change.session)
    if acting is not ServerRole.SUPER_ADMIN and ServerRole.SUPER_ADMIN in roles:
        raise Forbidden("Only a super-administrator has to do with super-administrators", role=ServerRole.SUPER_ADMIN)
    return acting
