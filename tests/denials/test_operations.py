"""The denial matrix over the catalogue: every operation, every caller; a refusal changes nothing."""

import pytest

from gateway.database import Database
from models.errors import OrreryError
from resolvers.catalogue import CATALOGUE
from tests.denials.expect import BEYOND, CALLERS, VIEWER, refusal, token_of
from tests.denials.fingerprint import fingerprint
from tests.world.samples import CALLS
from tests.world.world import World


def test_every_operation_of_the_catalogue_has_a_call() -> None:
    assert CATALOGUE.keys() == CALLS.keys()


def test_every_operation_says_who_may_call_it() -> None:
    # No scope is for what takes no token (a sign-in, a person) or asks for one at each object (node, nodes).
    without = {one.name for one in CATALOGUE.values() if one.scope is None and one.caller.name == "SIGNED_IN"}
    assert without <= {"node", "nodes"}
    # No permission is for the caller's own account, lists of the caller's own, and what does not exist yet.
    about_no_tenant = {one.name for one in CATALOGUE.values() if one.permission is None}
    assert about_no_tenant == WITHOUT_PERMISSION


def test_no_token_is_shown_a_credential_that_would_outlive_it() -> None:
    shown = {one.name for one in CATALOGUE.values() if one.reveals and one.caller.name not in ("PERSON", "ANYONE")}
    # To a token these send a mail, and show nothing; an agent that a token sets up has none; what is revealed, or
    # pays, lets nobody in here.
    mailed = {"workspaceMemberInvite", "invitationResend", "organizationMemberInvite", "teamMemberInvite"}
    assert shown == {*mailed, "agentSetUp", "billingPaymentBegin", "credentialReveal"}


WITHOUT_PERMISSION = {
    "userAvatar",
    "userAvatarRemove",
    "userAvatarSet",
    "accountDelete",
    "accountExport",
    "authVerifyTwoFactor",
    "consentGive",
    "credentialAuthorizationFinish",
    "creditTopUpCreate",
    "creditTopUpUpdate",
    "creditWallet",
    "consents",
    "emailVerificationSend",
    "emailVerify",
    "passwordReset",
    "plugins",
    "passwordResetRequest",
    "sessionRevoke",
    "sessionRevokeOthers",
    "sessions",
    "twoFactorBegin",
    "twoFactorConfirm",
    "twoFactorDisable",
    "twoFactorRecoveryCodesRenew",
    "apiTokenCreate",
    "apiTokenRevoke",
    "apiTokens",
    "oauthGrantRevoke",
    "oauthGrants",
    "agentIdleCheck",
    "dashboard",
    "attachmentLinked",
    "authLogin",
    "authLogout",
    "authRefresh",
    "health",
    "authRegister",
    "preferences",
    "pricing",
    "preferencesUpdate",
    "projectReorder",
    "backup",
    "backupCreate",
    "backupDelete",
    "backupFile",
    "backupRemote",
    "backups",
    "billingReceive",
    "folder",
    "installation",
    "installationAuthSet",
    "installationSetup",
    "invitation",
    "invitationAccept",
    "invitationRegister",
    "organizationInvitationAccept",
    "organizationRestore",
    "deletedOrganizations",
    "logEntries",
    "logExport",
    "logFiles",
    "logFileLines",
    "logExportTest",
    "logExportUpdate",
    "me",
    "node",
    "nodes",
    "notification",
    "notificationList",
    "notificationMarkAllRead",
    "notificationMarkRead",
    "notificationUnreadCount",
    "notifications",
    "oidc",
    "oidcBegin",
    "oidcComplete",
    "oidcRemove",
    "oidcSet",
    "oidcTest",
    "organizationCreate",
    "people",
    "personCreate",
    "personDelete",
    "personOwnedProjects",
    "personPasswordReset",
    "personUpdate",
    "organizations",
    "passwordChange",
    "user",
    "userUpdate",
    "textFile",
    "users",
    "viewer",
    "viewerProjects",
    "walletGrant",
    "whoami",
}


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_an_operation_refuses_as_its_policy_says(name: str, world: World, database: Database) -> None:
    # Given
    operation = CATALOGUE[name]
    before = await fingerprint(database)

    # When
    answers: dict[str, str | None] = {}
    wanted: dict[str, str | None] = {}
    for caller in (*CALLERS, VIEWER):
        refused = BEYOND.get((name, caller), refusal(operation, caller))
        if refused is None and not operation.read_only:
            continue  # it would be carried out; other tests do that
        wanted[caller] = refused.__name__ if refused else None
        answers[caller] = None
        try:
            await operation.run(await world.context(token_of(operation, caller)), *CALLS[name](world.ids))
        except OrreryError as error:
            answers[caller] = type(error).__name__

    # Then
    assert answers == wanted
    assert await fingerprint(database) == before
