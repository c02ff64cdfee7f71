"""The export of all that is about a person, and what they agreed to."""

import orjson
import pytest

from models.enums import ConsentSubject, Role
from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.account.consent import give_consent, list_consents
from resolvers.account.export import export_account
from resolvers.card.comment import create_comment
from resolvers.inputs.account import ConsentGive
from resolvers.inputs.card import CommentCreate
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from rest.present import plain
from tests.resolvers.attaching import attach
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.projects import Board, make_board


def terms(version: str) -> ConsentGive:
    return ConsentGive(subject=ConsentSubject.TERMS, version=version)


async def test_the_export_holds_what_a_person_has_and_wrote(
    owner: Context, workspace: WorkspaceRecord, join: Join, people: People
) -> None:
    # Given
    board = await make_board(owner, workspace)
    ada = await join(workspace, "ada", Role.MEMBER)
    await board.add_member(ada)
    card = await board.card(assigneeId=ada.user_id)
    await create_comment(again(ada), CommentCreate(card_id=card["_id"], content="From Ada"))
    await create_comment(again(owner), CommentCreate(card_id=card["_id"], content="From the owner"))
    for caller, name in ((ada, "ada.txt"), (owner, "owner.txt")):
        await attach(Board(caller, board.project), card, name=name)
    await people.with_token(ada, ["projects:read"])
    await give_consent(again(ada), terms("2026-01"))
    await people.confirm(ada)

    # When
    exported = await export_account(again(ada))

    # Then
    assert exported["profile"]["email"] == people.email(ada)
    assert [one["version"] for one in exported["profile"]["consents"]] == ["2026-01"]
    assert [one["content"] for one in exported["comments"]] == ["From Ada"]
    assert [one["name"] for one in exported["attachments"]] == ["ada.txt"]
    assert [one["id"] for one in exported["cards_assigned"]] == [card["_id"]]
    assert exported["cards_created"] == []
    assert {one["slug"] for one in exported["workspaces"]} == {"personal", "telescopes"}
    assert len(exported["organizations"]) == 2
    for section in ("project_memberships", "activities", "invitations", "mails", "sessions", "api_tokens", "history"):
        assert exported[section], section


async def test_the_export_of_an_account_with_an_unconfirmed_address_holds_nothing_that_went_to_its_owner(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    ada = await people.register("ada")
    values = WorkspaceMemberInvite(email=people.email(ada))
    await invite_workspace_member(again(owner), workspace["_id"], values)

    unconfirmed = await export_account(again(ada))
    await people.confirm(ada)
    confirmed = await export_account(again(ada))

    assert unconfirmed["invitations"] == []
    assert [one["template"] for one in unconfirmed["mails"]] == ["email_verification"]
    assert len(confirmed["invitations"]) == 1
    assert [one["template"] for one in confirmed["mails"]] == ["email_verification", "invitation"]


async def test_the_export_is_json_without_a_secret_and_without_others(
    owner: Context, workspace: WorkspaceRecord, join: Join, people: People
) -> None:
    ada = await join(workspace, "ada")
    await people.with_token(ada, ["projects:read"])

    text = orjson.dumps(plain(await export_account(again(ada)))).decode()

    for secret in ("secret_hash", "password_hash", "csrf_token", 'two_factor"', "$argon2"):
        assert secret not in text
    assert people.email(owner) not in text


async def test_a_version_is_agreed_to_once(people: People) -> None:
    ada = await people.register("ada")

    for version in ("1", "2", "1"):
        await give_consent(again(ada), terms(version))

    found = await list_consents(again(ada))
    assert [(one["subject"], one["version"]) for one in found] == [("terms", "1"), ("terms", "2")]
    assert found[0]["at"] <= found[1]["at"]
    assert (await event_types(ada.user_id)).count("ConsentGiven") == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": "cookies", "version": "1"}, "subject"),
        ({"subject": "terms", "version": ""}, "version"),
        ({"subject": "terms", "version": "x" * 51}, "version"),
    ],
)
def test_bad_input_of_a_consent_names_its_field(values: dict[str, str], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(ConsentGive, values)

    assert refused.value.field == field
