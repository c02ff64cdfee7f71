"""An account with more of its own than one part of a deletion takes leaves nothing of it, and all of others'."""

from typing import Any

import pytest
from bson import ObjectId

from models import (
    Activity,
    Avatar,
    Conversation,
    IdempotencyKey,
    Inbox,
    LedgerEntry,
    Message,
    Notification,
    OrganizationMember,
    PanelState,
    Preferences,
    ReadMark,
    SeenMark,
    TeamMember,
    Wallet,
    WorkspaceMember,
)
from models.base import Recorded, collection
from models.enums import Role
from models.ids import Kind, new_id
from resolvers.account.delete import DELETED_NAME, delete_account
from resolvers.deletion import deletion
from resolvers.deletion import run as deletion_run
from resolvers.deletion.plan import PLANS
from resolvers.inputs.account import AccountDelete
from resolvers.kit.context import Context
from tests.resolvers.conftest import Join, Register
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import PASSWORD, again
from tests.stubs import stubs

PART = 4
MANY = 2 * PART + 1
OWN: dict[type[Recorded[Any]], str] = {
    Conversation: "created_by",
    IdempotencyKey: "user_id",
    LedgerEntry: "user_id",
    Message: "created_by",
    Notification: "user_id",
    PanelState: "user_id",
    Preferences: "user_id",
    ReadMark: "user_id",
    SeenMark: "user_id",
    TeamMember: "user_id",
    Wallet: "user_id",
}
"""What there may be any number of, by what it names its person under."""
ONE: dict[type[Recorded[Any]], str] = {Avatar: "user_id", Inbox: "_id"}
MEMBERSHIPS: set[type[Recorded[Any]]] = {OrganizationMember, WorkspaceMember}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part takes PART objects, so that a test needs a few and not hundreds."""
    monkeypatch.setattr(deletion, "AT_ONCE", PART)
    monkeypatch.setattr(deletion_run, "PART", PART)
    monkeypatch.setattr(deletion_run, "AT_A_TIME", PART)


async def give(user_id: ObjectId) -> None:
    """MANY records of each kind to a person, unlike each other in every unique index, straight into the database."""
    unlike = ("conversation_id", "team_id", "wallet_id")
    for model, key in OWN.items():
        records = [
            {"_id": ObjectId(), **dict.fromkeys(unlike, ObjectId()), "position": place, key: user_id}
            for place in range(MANY)
        ]
        await stubs(model).insert_many(records)
    await stubs(Avatar).insert_one({"_id": ObjectId(), "user_id": user_id})
    await stubs(Inbox).replace_one({"_id": user_id}, {"last": MANY, "unread": MANY}, upsert=True)


async def own(user_id: ObjectId) -> dict[str, int]:
    """How many records of each kind are a person's."""
    counted = {
        model.__name__: await stubs(model).count_documents({key: user_id}) for model, key in {**OWN, **ONE}.items()
    }
    return {name: count for name, count in counted.items() if count}


def test_each_kind_that_goes_with_an_account_is_among_these() -> None:
    assert {model for step in PLANS[Kind.USER] for model in step.models} == OWN.keys() | ONE.keys() | MEMBERSHIPS


async def test_an_account_with_more_of_its_own_than_a_part_takes_leaves_nothing_of_it(
    owner: Context, workspace: Any, join: Join, register_person: Register
) -> None:
    # Given somebody with much of everything, whom many activities name, and somebody else with as much
    ada, bob = await join(workspace, "ada", Role.MEMBER), await register_person("bob")
    for one in (ada, bob):
        await give(one.user_id)
    full = {model.__name__: MANY for model in OWN} | {model.__name__: 1 for model in ONE}
    assert await own(ada.user_id) == await own(bob.user_id) == full
    about = {"workspace_id": workspace["_id"], "actor_id": None, "meta": {"userId": str(ada.user_id), "name": "ada"}}
    named = [{"_id": new_id(Kind.ACTIVITY), **about} for _ in range(MANY)]
    await stubs(Activity).insert_many(named)

    # When
    await delete_account(again(ada), AccountDelete(password=PASSWORD))
    waiting = await own(ada.user_id)
    parts = await finish_deletions(owner.services)

    # Then
    assert {name for name, count in waiting.items() if count > PART} >= {model.__name__ for model in OWN}
    assert parts > 2 * len(OWN)
    assert await own(ada.user_id) == {}
    for model in MEMBERSHIPS:
        assert await stubs(model).count_documents({"user_id": ada.user_id}) == 0
    told = {"meta.userId": str(ada.user_id)}
    assert await collection(Activity).count_documents(told) >= MANY
    assert await collection(Activity).distinct("meta.name", told) == [DELETED_NAME]
    assert await own(bob.user_id) == full
