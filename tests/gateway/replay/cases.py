"""Mutations that do not fit the plain case: who calls them with which arguments, and what has to be there before.

The plain case is the owner of the world of the denials, with the arguments of `tests/denials/calls.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from models import Card, Document, Mission, Organization
from models.base import collection
from models.billing import EXAMPLES, Billing, BillingSubscription, Plan
from models.enums import ColumnKind, DocumentContext, MissionStatus, MissionWait, PilotageRole, SubscriptionStatus
from models.outbound import Answer, Outbound
from resolvers.card.checklist import add_checklist_item
from resolvers.card.label import remove_card_label
from resolvers.column.column import create_column, update_column
from resolvers.column.scope import create_scope
from resolvers.document.document import create_document
from resolvers.document.link import unlink_document
from resolvers.document.review import submit_document
from resolvers.document.update import update_document
from resolvers.inputs.account import AuthLogin
from resolvers.inputs.agent import AgentSwitch
from resolvers.inputs.billing import BillingReceive
from resolvers.inputs.card import ChecklistItemAdd, ChecklistItemMove
from resolvers.inputs.column import ColumnCreate, ColumnReorder, ColumnUpdate
from resolvers.inputs.document import DocumentCreate, DocumentMove, DocumentUpdate
from resolvers.inputs.installation import LogExportUpdate, PersonUpdate
from resolvers.inputs.job import JobClaim
from resolvers.inputs.mission import MissionCreate
from resolvers.inputs.proposal import ProposalReject, ProposalReview
from resolvers.inputs.scope import ScopeCreate, ScopeReorder
from resolvers.inputs.script import ScriptCreate, ScriptReorder, ScriptStart
from resolvers.inputs.workspace import WorkspaceMemberInvite, WorkspaceMemberUpdate
from resolvers.installation.log_export import update_log_export
from resolvers.installation.oidc import set_oidc
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.job.job import claim_jobs
from resolvers.kit.context import Context
from resolvers.mission.mission import cancel_mission, create_mission
from resolvers.proposal.decide import reject_proposal, review_proposal
from resolvers.script.run import run_script
from resolvers.script.script import create_script
from resolvers.wallet.top_up import create_credit_top_up, create_token_top_up
from tests.denials.calls import CALLS, PROVIDER, Arguments
from tests.denials.world import World
from tests.resolvers.lab import PASSWORD, again
from tests.resolvers.stripe import signature_of

WEBHOOK, PING = "whsec_1", '{"id": "evt_1", "type": "ping"}'


@dataclass(frozen=True)
class Case:
    """`caller` is one of the world's."""

    arguments: Arguments
    caller: str = "owner"
    prepare: Callable[[World], Awaitable[None]] | None = None


async def run_again(world: World) -> None:
    """A run of the script, which nobody has begun with."""
    await run_script(again(world.owner), world.ids["script"], ScriptStart())


async def add_script(world: World) -> None:
    """A script behind the other."""
    values = ScriptCreate.of(project_id=world.ids["project"], name="Next", command="true")
    world.ids["next_script"] = (await create_script(again(world.owner), values)).value["_id"]


async def queue_mission(world: World) -> None:
    """A mission that the other agent can claim."""
    await create_mission(again(world.owner), MissionCreate(agent_id=world.ids["other agent"], prompt="Next"))


async def ask_question(world: World) -> None:
    """A mission whose agent waits for an answer."""
    waiting = {"status": MissionStatus.AWAITING_APPROVAL.value, "waiting_for": MissionWait.ANSWER.value}
    await collection(Mission).update_one({"_id": world.ids["mission"]}, {"$set": waiting})


async def set_log_export(world: World) -> None:
    """A collector of the log, at an address that no request is made to."""
    await update_log_export(await world.context("outsider"), LogExportUpdate.of(endpoint="https://127.0.0.1/"))


async def await_review(world: World) -> None:
    """A mission that waits for somebody."""
    waiting = {"status": MissionStatus.AWAITING_APPROVAL.value}
    await collection(Mission).update_one({"_id": world.ids["mission"]}, {"$set": waiting})


async def end_mission(world: World) -> None:
    """A mission about the card that has ended."""
    asked = MissionCreate(agent_id=world.ids["agent"], card_id=world.ids["card"], prompt="Next")
    world.ids["ended mission"] = (await create_mission(again(world.owner), asked)).value["_id"]
    await cancel_mission(again(world.owner), world.ids["ended mission"])


async def add_active_column(world: World) -> None:
    """A second column of the project's board, in which an agent begins."""
    await add_column(world)
    values = ColumnUpdate.of(kind=ColumnKind.ACTIVE, prompt="Do it")
    await update_column(again(world.owner), world.ids["next_column"], values)


async def hold_card(world: World) -> None:
    """A card that waits for an approval."""
    await add_active_column(world)
    waiting = {"pending_column_id": world.ids["next_column"]}
    await collection(Card).update_one({"_id": world.ids["card"]}, {"$set": waiting})


async def set_provider(world: World) -> None:
    """An identity provider, at an address that no request is made to."""
    values = PROVIDER.model_copy(update={"issuer_url": "https://127.0.0.1"})
    await set_oidc(await world.context("outsider"), values)


async def claim_job(world: World) -> None:
    """A job that is held."""
    await claim_jobs(again(world.owner), world.ids["queue"], JobClaim())


async def top_up_tokens(world: World) -> None:
    """What an organization's tokens are topped up with."""
    await create_token_top_up(again(world.owner), *CALLS["tokenTopUpCreate"](world.ids))


async def top_up_credit(world: World) -> None:
    """The same of the owner's credit."""
    await create_credit_top_up(again(world.owner), *CALLS["creditTopUpCreate"](world.ids))


async def take_label_off(world: World) -> None:
    """A card without the label."""
    await remove_card_label(again(world.owner), world.ids["card"], world.ids["label"])


async def invite_outsider(world: World) -> None:
    """An invitation that the outsider can accept."""
    values = WorkspaceMemberInvite(email=world.ids["outsider_email"])
    made = await invite_workspace_member(again(world.owner), world.ids["workspace"], values)
    world.ids["outsider_invitation"] = made.value.token


JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


async def add_step(world: World) -> None:
    """A second step of the card."""
    await add_checklist_item(again(world.owner), world.ids["card"], ChecklistItemAdd(title="Next"))


async def unlink(world: World) -> None:
    """A document that is not linked."""
    await unlink_document(again(world.owner), world.ids["document"], world.ids["card"])


async def review(world: World) -> None:
    """A proposal that was decided for."""
    await review_proposal(again(world.owner), world.ids["proposal"], ProposalReview(approved=True))


async def decide(world: World) -> None:
    """Nothing of the mission that waits for a decision."""
    await reject_proposal(again(world.owner), world.ids["proposal"], ProposalReject())


async def add_scope(world: World) -> None:
    """A second scope of the project."""
    values = ScopeCreate.of(project_id=world.ids["project"], name="Next")
    world.ids["next_scope"] = (await create_scope(again(world.owner), values)).value["_id"]


async def add_column(world: World) -> None:
    """A second column of the project's board."""
    values = ColumnCreate.of(project_id=world.ids["project"], name="Next")
    world.ids["next_column"] = (await create_column(again(world.owner), values)).value["_id"]


async def add_document(world: World) -> None:
    """A document that the other can be moved below."""
    values = DocumentCreate.of(workspace_id=world.ids["workspace"], title="Above")
    context = await collection(Document).find_one({"_id": world.ids["document"]})
    assert context is not None
    values = values.model_copy(
        update={"context_type": DocumentContext(context["context_type"]), "context_id": context["context_id"]}
    )
    world.ids["above"] = (await create_document(again(world.owner), values)).value["_id"]


async def retitle(world: World) -> None:
    """A document that differs from its first version."""
    author = await world.context("admin")  # whose change is a version of its own
    await update_document(author, world.ids["document"], DocumentUpdate.of(title="Later", content="Later"))


async def submit(world: World) -> None:
    """A document that waits for its review."""
    await submit_document(await world.context("admin"), world.ids["document"])


class Stripe(Outbound):
    """Answers as Stripe does, whoever is called."""

    async def request(self, method: str, url: str, **_: Any) -> Answer:
        begun = b'"id": "pi_1", "client_secret": "pi_1_secret", "status": "requires_payment_method"'
        return Answer(200, {}, b'{"url": "https://checkout.stripe.com/c/pay/cs_1", ' + begun + b"}")


async def take_payments(world: World) -> None:
    """An operator who has set up payments."""
    people = world.people
    plans, packages = {"team": Plan("team", "Team", "price_1")}, {**EXAMPLES, "small": EXAMPLES["tokens-100k"]}
    billing = Billing("sk", webhook_secret=WEBHOOK, plans=plans, packages=packages)
    services = replace(people.anonymous.services, billing=billing, outbound=Stripe())
    people.anonymous = Context(people.anonymous.subject, services)


async def pay(world: World) -> None:
    """An organization that something is paid for."""
    await take_payments(world)
    paid = BillingSubscription(subscription_id="sub_1", customer_id="cus_1", status=SubscriptionStatus.ACTIVE)
    ours = {"_id": world.ids["organization"]}
    await collection(Organization).update_one(ours, {"$set": {"subscription": paid.model_dump()}})


async def offer_plans(world: World) -> None:
    """An operator who has plans, and takes no payments."""
    people = world.people
    services = replace(people.anonymous.services, billing=Billing(plans={"team": Plan("team", "Team")}))
    people.anonymous = Context(people.anonymous.subject, services)


CASES: dict[str, Case] = {
    "billingCheckout": Case(CALLS["billingCheckout"], prepare=take_payments),
    "billingPaymentBegin": Case(CALLS["billingPaymentBegin"], prepare=take_payments),
    "billingPlanChange": Case(CALLS["billingPlanChange"], prepare=offer_plans),
    "billingPortal": Case(CALLS["billingPortal"], prepare=pay),
    "billingReceive": Case(
        lambda _: (BillingReceive(payload=PING, signature=signature_of(PING, WEBHOOK)),), prepare=take_payments
    ),
    "walletGrant": Case(CALLS["walletGrant"], "outsider"),
    "tokenTopUpUpdate": Case(CALLS["tokenTopUpUpdate"], prepare=top_up_tokens),
    "creditTopUpUpdate": Case(CALLS["creditTopUpUpdate"], prepare=top_up_credit),
    "jobHold": Case(CALLS["jobHold"], prepare=claim_job),
    "jobBatchComplete": Case(CALLS["jobBatchComplete"], prepare=claim_job),
    "jobComplete": Case(CALLS["jobComplete"], prepare=claim_job),
    "jobFail": Case(CALLS["jobFail"], prepare=claim_job),
    "authLogin": Case(lambda ids: (AuthLogin(email=ids["bystander_email"], password=PASSWORD),)),
    "accountDelete": Case(CALLS["accountDelete"], "member"),
    "installationAuthSet": Case(CALLS["installationAuthSet"], "outsider"),
    "logExportUpdate": Case(CALLS["logExportUpdate"], "outsider"),
    "logExportTest": Case(CALLS["logExportTest"], "outsider", set_log_export),
    "backupCreate": Case(CALLS["backupCreate"], "outsider"),
    "backupDelete": Case(CALLS["backupDelete"], "outsider"),
    "oidcSet": Case(CALLS["oidcSet"], "outsider"),
    "oidcRemove": Case(CALLS["oidcRemove"], "outsider", set_provider),
    "oidcTest": Case(CALLS["oidcTest"], "outsider", set_provider),
    "personCreate": Case(CALLS["personCreate"], "outsider"),
    "personUpdate": Case(lambda ids: (ids["member_id"], PersonUpdate(name="Other")), "outsider"),
    "personPasswordReset": Case(CALLS["personPasswordReset"], "outsider"),
    "personDelete": Case(lambda ids: (ids["member_id"],), "outsider"),
    "checklistItemMove": Case(lambda ids: (ids["card"], ids["item"], ChecklistItemMove(order=1)), prepare=add_step),
    "documentLink": Case(CALLS["documentLink"], prepare=unlink),
    "documentMove": Case(lambda ids: (ids["document"], DocumentMove(parent_id=ids["above"])), prepare=add_document),
    "documentRestoreVersion": Case(CALLS["documentRestoreVersion"], prepare=retitle),
    "documentReview": Case(CALLS["documentReview"], prepare=submit),
    "scriptCancel": Case(CALLS["scriptCancel"], prepare=run_again),
    "scriptReorder": Case(
        lambda ids: (ScriptReorder(project_id=ids["project"], ids=[ids["next_script"], ids["script"]]),),
        prepare=add_script,
    ),
    "scopeReorder": Case(
        lambda ids: (ScopeReorder(project_id=ids["project"], ids=[ids["next_scope"], ids["scope"]]),), prepare=add_scope
    ),
    "columnReorder": Case(
        lambda ids: (ColumnReorder(project_id=ids["project"], ids=[ids["next_column"], ids["column"]]),),
        prepare=add_column,
    ),
    "cardActivate": Case(CALLS["cardActivate"], prepare=add_active_column),
    "cardAutoApprove": Case(CALLS["cardAutoApprove"], prepare=hold_card),
    "cardComplete": Case(CALLS["cardComplete"], prepare=add_column),
    "cardDelete": Case(CALLS["cardDelete"], prepare=end_mission),
    "missionRetry": Case(lambda ids: (ids["ended mission"],), prepare=end_mission),
    "missionRelay": Case(CALLS["missionRelay"], prepare=decide),
    "missionReview": Case(CALLS["missionReview"], prepare=await_review),
    "projectDelete": Case(CALLS["projectDelete"], prepare=end_mission),
    "cardLabelAdd": Case(CALLS["cardLabelAdd"], prepare=take_label_off),
    "invitationAccept": Case(lambda ids: (ids["outsider_invitation"],), "outsider", invite_outsider),
    "organizationInvitationAccept": Case(lambda ids: (ids["outsider_invitation"],), "outsider", invite_outsider),
    "organizationMemberRemove": Case(lambda ids: (ids["organization"], ids["member_id"])),
    "userAvatarRemove": Case(CALLS["userAvatarRemove"]),
    "userAvatarSet": Case(lambda _: (JPEG,)),
    "workspaceMemberRemove": Case(lambda ids: (ids["workspace"], ids["member_id"])),
    "workspaceMemberUpdate": Case(
        lambda ids: (
            ids["workspace"],
            ids["member_id"],
            WorkspaceMemberUpdate(pilotage_role=PilotageRole.REVIEWER),
        )
    ),
    "agentReport": Case(CALLS["agentReport"], "other agent"),
    "agentStop": Case(lambda ids: (ids["other agent"], AgentSwitch(note="Too loud"))),
    "agentRestart": Case(lambda ids: (ids["other agent"], AgentSwitch())),
    "missionClaim": Case(CALLS["missionClaim"], "other agent", queue_mission),
    "missionAnswer": Case(CALLS["missionAnswer"], prepare=ask_question),
    "missionReport": Case(CALLS["missionReport"], "other agent"),
    "missionComplete": Case(CALLS["missionComplete"], "other agent"),
    "missionFail": Case(CALLS["missionFail"], "other agent"),
    "proposalApply": Case(CALLS["proposalApply"], prepare=review),
}

INSTALLATION = "what is set for the installation is no workspace's"
INVITATIONS = "invitations are for admins, and a workspace's stream is for all its members"
PLUGINS = "plugins are for admins, and a workspace's stream is for all its members"
KEYS = "keys are for admins, and organizations have no stream that can be watched"
TEAMS = "teams are the organization's, which has no stream that can be watched"
HISTORY = "what happened is history, which no client keeps"
CREDENTIALS = "credentials are for admins, and organizations have no stream that can be watched"
PLANS = "plans are the organization's, which has no stream that can be watched"
BUDGETS = "budgets are the organization's, which has no stream that can be watched"
WALLETS = "wallets are organizations' and people's, which have no stream that can be watched"
ACCOUNT = "how somebody signs in is theirs alone"
LOOKED = "what somebody has looked at is theirs alone, and changes nothing of what is kept"
SET = "what somebody sets for themselves is theirs alone, and read with their account"

CONVERSATIONS = "what somebody and a model say to each other is theirs alone"

UNSEEN: dict[str, str] = {
    "assistantMessage": CONVERSATIONS,
    "preSessionCreate": CONVERSATIONS,
    "preSessionMessage": CONVERSATIONS,
    "preSessionCancel": CONVERSATIONS,
    "cardView": LOOKED,
    "preferencesUpdate": SET,
    "projectReorder": SET,
    "projectOpen": SET,
    "panelStatesUpdate": SET,
    "panelStateDelete": SET,
    "projectMarkAllRead": LOOKED,
    "authRegister": "an account of somebody else",
    "installationAuthSet": INSTALLATION,
    "logExportUpdate": INSTALLATION,
    "logExportTest": INSTALLATION,
    "backupCreate": INSTALLATION,
    "backupDelete": INSTALLATION,
    "oidcSet": INSTALLATION,
    "oidcRemove": INSTALLATION,
    "oidcTest": INSTALLATION,
    "personCreate": "an account of somebody else",
    "personPasswordReset": "passwords are not in the graph",
    "authLogin": "sessions are not in the graph",
    "authLogout": "sessions are not in the graph",
    "passwordChange": "passwords are not in the graph",
    "apiTokenCreate": "tokens are the account's own",
    "apiTokenRevoke": "tokens are the account's own",
    "oauthGrantRevoke": "what applications may do is the account's own",
    "organizationCreate": "another organization",
    "organizationUpdate": "organizations have no stream that can be watched",
    "organizationMemberAdd": "organizations have no stream that can be watched",
    "organizationMemberUpdate": "organizations have no stream that can be watched",
    "billingCheckout": "nothing changes here until it is paid",
    "billingPaymentBegin": "nothing changes here until it is paid",
    "billingPlanChange": PLANS,
    "billingPortal": "nothing changes here until it is paid",
    "billingReceive": PLANS,
    "pluginInstall": PLUGINS,
    "pluginUpdate": PLUGINS,
    "pluginRemove": PLUGINS,
    "activityCreate": HISTORY,
    "logLineCreate": HISTORY,
    "teamCreate": TEAMS,
    "teamUpdate": TEAMS,
    "teamDelete": TEAMS,
    "teamMemberAdd": TEAMS,
    "teamMemberInvite": TEAMS,
    "teamMemberUpdate": TEAMS,
    "teamMemberRemove": TEAMS,
    "budgetCreate": BUDGETS,
    "budgetUpdate": BUDGETS,
    "budgetDelete": BUDGETS,
    **dict.fromkeys(("walletConsume", "walletGrant", "tokenTopUpCreate", "tokenTopUpUpdate"), WALLETS),
    **dict.fromkeys(("creditTopUpCreate", "creditTopUpUpdate"), WALLETS),
    "apiKeyRotate": KEYS,
    "apiKeyRevoke": KEYS,
    "credentialCreate": CREDENTIALS,
    "credentialUpsert": CREDENTIALS,
    "credentialUpdate": CREDENTIALS,
    "credentialRotate": CREDENTIALS,
    "credentialReveal": CREDENTIALS,
    "credentialDelete": CREDENTIALS,
    "credentialVerify": CREDENTIALS,
    "credentialAuthorize": CREDENTIALS,
    "organizationCredentialSet": CREDENTIALS,
    "workspaceCreate": "another workspace",
    **dict.fromkeys(("workspaceMemberInvite", "invitationResend", "invitationRevoke"), INVITATIONS),
    **dict.fromkeys(("budgetCreate", "budgetUpdate", "budgetDelete"), BUDGETS),
    **dict.fromkeys(("organizationMemberInvite", "organizationInvitationRevoke"), INVITATIONS),
    "consentGive": ACCOUNT,
    "emailVerificationSend": ACCOUNT,
    "passwordResetRequest": ACCOUNT,
    "sessionRevoke": ACCOUNT,
    "sessionRevokeOthers": ACCOUNT,
    "twoFactorBegin": ACCOUNT,
}
"""Mutations that change nothing of what a client of a workspace keeps, and why."""

NOT_RUN: dict[str, str] = {
    "credentialAuthorizationFinish": "it takes the answer of a provider, and credentials are for admins",
    "organizationRestore": "nobody keeps anything of what was deleted: what comes back is read anew",
    "installationSetup": "it is done when nobody is there yet",
    "authRefresh": ACCOUNT,
    "authVerifyTwoFactor": ACCOUNT,
    "oidcBegin": ACCOUNT,
    "oidcComplete": ACCOUNT,
    "emailVerify": ACCOUNT,
    "passwordReset": ACCOUNT,
    "twoFactorConfirm": ACCOUNT,
    "twoFactorDisable": ACCOUNT,
    "twoFactorRecoveryCodesRenew": ACCOUNT,
}
"""Mutations of the caller's own account that take a code or a link out of a mail; they belong to no workspace."""
