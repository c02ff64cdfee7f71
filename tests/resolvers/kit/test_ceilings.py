"""What one person can make without end is nothing: every kind that no parent counts has a ceiling."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.database import Database
from models import ApiToken, Invitation, OrganizationMember, Session, User, WorkspaceMember
from models.base import collection, to_record, utc_now
from models.enums import ConsentSubject, Role
from models.errors import Conflict, Unauthenticated
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.account import api_token, consent, sign_in
from resolvers.account.account import log_in
from resolvers.account.api_token import create_api_token
from resolvers.account.consent import give_consent, list_consents
from resolvers.account.session import list_sessions
from resolvers.inputs.account import AuthLogin, ConsentGive
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.invitation import invitation
from resolvers.invitation.invitation import invite_workspace_member, list_invitations
from resolvers.kit.context import Context, Services
from resolvers.kit.operation import CATALOGUE
from resolvers.organization import organization
from resolvers.organization.organization import create_organization, list_organizations
from resolvers.workspace import workspace
from resolvers.workspace.workspace import create_workspace, list_workspaces
from tests.denials.test_operations import WITHOUT_PERMISSION
from tests.resolvers.conftest import Join
from tests.resolvers.lab import PASSWORD, People, again, event_types

COUNTED = {
    "apiTokenCreate": "MAX_LIVE_TOKENS",
    "authLogin": "MAX_SESSIONS",
    "authRegister": "registrations of a source and of a mailbox",
    "authVerifyTwoFactor": "MAX_SESSIONS",
    "backupCreate": "one at a time, for those who run the installation; a number of them is kept",
    "billingReceive": "each is signed by Stripe, and kept for a while by its id",
    "consentGive": "MAX_CONSENTS",
    "creditTopUpCreate": "there is one of a person",
    "credentialAuthorizationFinish": "each takes a sign-in at a provider that was begun for a credential",
    "emailVerificationSend": "mails of a person and to a mailbox",
    "installationSetup": "there is one installation",
    "invitationAccept": "each takes an invitation of somebody else",
    "organizationInvitationAccept": "each takes an invitation of somebody else",
    "invitationRegister": "each takes an invitation of somebody else",
    "oidcComplete": "each is signed by the identity provider of the installation",
    "organizationCreate": "MAX_ORGANIZATIONS",
    "organizationRestore": "MAX_ORGANIZATIONS",
    "passwordResetRequest": "mails of a source and to a mailbox",
    "personCreate": "is for those who run the installation",
    "walletGrant": "is for those who run the installation",
}
MAKES_NOTHING = {
    # They change, end or read one thing that is there, of which there is one.
    "accountDelete",
    "apiTokenRevoke",
    "authLogout",
    "authRefresh",
    "backupDelete",
    "creditTopUpUpdate",
    "emailVerify",
    "installationAuthSet",
    "logExportTest",
    "logExportUpdate",
    "notificationMarkAllRead",
    "notificationMarkRead",
    "oauthGrantRevoke",
    "oidcBegin",
    "oidcRemove",
    "oidcSet",
    "oidcTest",
    "passwordChange",
    "passwordReset",
    "personDelete",
    "personPasswordReset",
    "personUpdate",
    "preferencesUpdate",
    "projectReorder",
    "sessionRevoke",
    "sessionRevokeOthers",
    "twoFactorBegin",
    "twoFactorConfirm",
    "twoFactorDisable",
    "twoFactorRecoveryCodesRenew",
    "userAvatarRemove",
    "userAvatarSet",
    "userUpdate",
}


def test_whatever_is_made_without_a_tenant_is_counted() -> None:
    changing = {name for name in WITHOUT_PERMISSION if not CATALOGUE[name].read_only}

    assert changing == COUNTED.keys() | MAKES_NOTHING


async def test_a_person_owns_so_many_organizations(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organization, "MAX_ORGANIZATIONS", 2)
    ada = await people.register("ada")  # with one of her own
    values = [OrganizationCreate(name="More", slug=f"more-{secrets.token_hex(4)}") for _ in range(2)]
    await create_organization(again(ada), values[0])

    with pytest.raises(Conflict) as refused:
        await create_organization(again(ada), values[1])

    assert refused.value.details == {"limit": 2}
    assert len((await list_organizations(again(ada))).nodes) == 2


async def test_a_person_owns_so_many_workspaces(
    owner: Context, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "MAX_WORKSPACES", 3)
    values = [WorkspaceCreate(organization_id=organization["_id"], name="More", slug=f"more-{n}") for n in range(2)]
    await create_workspace(again(owner), values[0])  # beside the personal one and the first of the organization

    with pytest.raises(Conflict):
        await create_workspace(again(owner), values[1])

    assert len(await list_workspaces(again(owner), organization["_id"])) == 2


async def test_workspaces_that_others_own_count_for_nothing(
    people: People, owner: Context, workspace: Any, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await join(workspace, "ada")
    monkeypatch.setattr(organization, "MAX_ORGANIZATIONS", 2)

    made = await create_organization(again(ada), OrganizationCreate(name="Mine", slug=f"mine-{secrets.token_hex(4)}"))

    assert made.value["owner_id"] == ada.user_id


async def test_a_person_agrees_to_so_many_versions(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "MAX_CONSENTS", 2)
    ada = await people.register("ada")
    for version in ("1", "2", "2"):
        await give_consent(again(ada), ConsentGive(subject=ConsentSubject.TERMS, version=version))

    with pytest.raises(Conflict):
        await give_consent(again(ada), ConsentGive(subject=ConsentSubject.TERMS, version="3"))

    assert [one["version"] for one in await list_consents(again(ada))] == ["1", "2"]


async def test_one_session_too_many_ends_the_oldest(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "MAX_SESSIONS", 2)
    ada = await people.register("ada")
    credentials = AuthLogin(email=people.email(ada), password=PASSWORD)
    signed_in = [await log_in(people.anonymous, credentials) for _ in range(2)]

    last = await people.by_jwt(signed_in[1].access_token)

    assert await collection(Session).count_documents({"user_id": ada.user_id}) == 2
    assert await collection(Session).find_one({"_id": ada.subject.credential_id}) is None
    assert [one["is_current"] for one in await list_sessions(last)] == [True, False]
    assert (await event_types(ada.user_id))[-2:] == ["SessionEnded", "SessionStarted"]


async def test_tokens_that_have_expired_go_once_they_are_many(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_token, "MAX_EXPIRED_TOKENS", 2)
    ada = await people.register("ada")
    for n in range(2):
        stored = ApiToken(user_id=ada.user_id, name="old", prefix="sl_", secret_hash=secrets.token_hex(32), scopes=[])
        stored.expires_at = utc_now() - timedelta(days=n + 1)
        await collection(ApiToken).insert_one(to_record(stored))

    await create_api_token(again(ada), ApiTokenCreate(name="new"))

    left = await collection(ApiToken).find({"user_id": ada.user_id}).to_list()
    assert [one["name"] for one in left] == ["new"]
    assert (await event_types(ada.user_id))[-3:] == ["ApiTokenRevoked", "ApiTokenRevoked", "ApiTokenCreated"]


async def test_a_workspace_has_so_many_invitations_that_wait(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation, "MAX_INVITATIONS", 2)
    for n in range(2):
        await invite_workspace_member(
            again(owner), workspace["_id"], WorkspaceMemberInvite(email=f"ceiling-{n}@example.com")
        )

    with pytest.raises(Conflict):
        await invite_workspace_member(
            again(owner), workspace["_id"], WorkspaceMemberInvite(email="ceiling-2@example.com")
        )

    assert len(await list_invitations(again(owner), workspace["_id"])) == 2


ROOM = 3
"""Of the kind that is made: the tests' ceiling."""

Make = Callable[[Context, Any, int], Awaitable[Any]]


@pytest.fixture
async def other_process(database: Database, services: Services) -> AsyncIterator[Services]:
    """The services of a second gateway over the same database, whose changes wait in a line of its own."""
    hub = Hub(EventLog(database.client))
    await hub.start()
    yield replace(services, hub=hub)
    await hub.stop()


async def _organization(ctx: Context, _: Any, number: int) -> None:
    slug = f"at-once-{number}-{secrets.token_hex(4)}"
    await create_organization(ctx, OrganizationCreate(name="At once", slug=slug))


async def _workspace(ctx: Context, organization: Any, number: int) -> None:
    slug = f"at-once-{number}"
    await create_workspace(ctx, WorkspaceCreate(organization_id=organization["_id"], name="At once", slug=slug))


async def _token(ctx: Context, _: Any, number: int) -> None:
    await create_api_token(ctx, ApiTokenCreate(name=f"at once {number}"))


async def _consent(ctx: Context, _: Any, number: int) -> None:
    await give_consent(ctx, ConsentGive(subject=ConsentSubject.TERMS, version=str(number)))


async def _made(make: Make, ctx: Context, others: Services, organizations: list[Any]) -> list[Conflict]:
    """Ten requests at once by two processes; the refusals of those that found no room."""
    asked = [Context(ctx.subject, ctx.services if number % 2 else others) for number in range(10)]
    results = await asyncio.gather(
        *(make(one, organizations[number % len(organizations)], number) for number, one in enumerate(asked)),
        return_exceptions=True,
    )
    failures = [one for one in results if isinstance(one, BaseException)]
    assert {type(one) for one in failures} <= {Conflict}, failures
    return [one for one in failures if isinstance(one, Conflict)]


@pytest.mark.parametrize(
    ("make", "where", "model", "owned"),
    [
        (_organization, (organization, "MAX_ORGANIZATIONS"), OrganizationMember, {"role": Role.OWNER.value}),
        (_workspace, (workspace, "MAX_WORKSPACES"), WorkspaceMember, {"role": Role.OWNER.value}),
        (_token, (api_token, "MAX_LIVE_TOKENS"), ApiToken, {}),
    ],
)
async def test_requests_at_once_find_no_more_room_than_there_is(
    people: People,
    other_process: Services,
    monkeypatch: pytest.MonkeyPatch,
    make: Make,
    where: tuple[Any, str],
    model: type[Any],
    owned: dict[str, Any],
) -> None:
    ada = await people.register("ada")  # with an organization and a workspace of her own
    values = [OrganizationCreate(name="Field", slug=f"field-{secrets.token_hex(4)}") for _ in range(5)]
    fields = [(await create_organization(again(ada), one)).value for one in values]
    mine = {"user_id": ada.user_id, **owned}
    most = await collection(model).count_documents(mine) + ROOM
    monkeypatch.setattr(*where, most)

    refused = await _made(make, ada, other_process, fields)

    assert await collection(model).count_documents(mine) == most
    assert [one.details for one in refused] == [{"limit": most}] * 7


async def test_agreements_at_once_find_no_more_room_than_there_is(
    people: People, other_process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent, "MAX_CONSENTS", ROOM)
    ada = await people.register("ada")

    refused = await _made(_consent, ada, other_process, [{}])

    assert len(await list_consents(again(ada))) == ROOM
    assert len(refused) == 10 - ROOM


async def test_sessions_begun_at_once_are_no_more_than_there_may_be(
    people: People, other_process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "MAX_SESSIONS", ROOM)
    ada = await people.register("ada")
    credentials = AuthLogin(email=people.email(ada), password=PASSWORD)
    doors = [people.anonymous, Context(people.anonymous.subject, other_process)] * 3

    await asyncio.gather(*(log_in(again(one), credentials) for one in doors))

    assert await collection(Session).count_documents({"user_id": ada.user_id}) == ROOM


async def test_invitations_at_once_find_no_more_room_than_there_is(
    owner: Context, workspace: Any, other_process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation, "MAX_INVITATIONS", ROOM)

    async def invite(ctx: Context, _: Any, number: int) -> None:
        values = WorkspaceMemberInvite(email=f"at-once-{number}@example.com")
        await invite_workspace_member(ctx, workspace["_id"], values)

    refused = await _made(invite, owner, other_process, [{}])

    assert await collection(Invitation).count_documents({"workspace_id": workspace["_id"]}) == ROOM
    assert len(refused) == 10 - ROOM


async def test_nothing_is_made_for_an_account_that_was_deleted_meanwhile(people: People) -> None:
    ada = await people.register("ada")
    await collection(User).update_one({"_id": ada.user_id}, {"$set": {"deleted_at": utc_now()}})

    with pytest.raises(Unauthenticated):
        await _organization(again(ada), {}, 0)

    mine = {"user_id": ada.user_id, "role": Role.OWNER.value}
    assert await collection(OrganizationMember).count_documents(mine) == 1
