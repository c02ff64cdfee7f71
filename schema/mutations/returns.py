"""What the mutation of an operation returns, by what its signature says that the operation makes."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

import strawberry
from bson import ObjectId
from strawberry.types import get_object_definition

from realtime.log import Committed
from resolvers.account.api_token import NewToken
from resolvers.account.refresh import Renewed
from resolvers.account.sign_in import SignIn
from resolvers.account.two_factor import Setup
from resolvers.agent.agent import NewAgent
from resolvers.agent.set_up import SetUpAgent
from resolvers.billing.checkout import Checkout
from resolvers.billing.payment import Payment
from resolvers.card.checklist import Converted
from resolvers.credential.authorization import Authorization
from resolvers.credential.credential import Revealed
from resolvers.custom_field.change import ChangedField
from resolvers.document.link import Linked
from resolvers.filing.submit import Submitted
from resolvers.installation.installation import ChangedInstallation
from resolvers.installation.log_export import ChangedLogExport, Tried
from resolvers.installation.oidc import ChangedOidc
from resolvers.installation.person import ChangedPerson, NewPassword
from resolvers.installation.single_sign_on import Begun
from resolvers.invitation.send import NewInvitation
from resolvers.kit.batch import BatchResult
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import AGENT, noun_of
from resolvers.kit.operation import Operation
from resolvers.pilotage.priority import WarnedPriority
from schema.context import Info
from schema.mutations import payloads
from schema.mutations.by_hand import Imported
from schema.mutations.payloads import AccountPayload, DeletePayload, cursor_field
from schema.node import reference
from schema.scalars import Cursor

Values = Mapping[str, Any]
Fill = Callable[[Info, Any], Values]

MADE: Mapping[Any, type] = {
    ChangedInstallation: payloads.InstallationPayload,
    Submitted: payloads.CardSubmitPayload,
    Begun: payloads.OidcBeginPayload,
    ChangedOidc: payloads.OidcPayload,
    ChangedLogExport: payloads.LogExportPayload,
    ChangedPerson: payloads.PersonPayload,
    Checkout: payloads.CheckoutPayload,
    Payment: payloads.PaymentPayload,
    ChangedField: payloads.CustomFieldUpdatePayload,
    Imported: payloads.ProjectImportPayload,
    Converted: payloads.ChecklistItemConvertPayload,
    Linked: payloads.DocumentLinkPayload,
    NewAgent: payloads.AgentPayload,
    SetUpAgent: payloads.AgentSetUpPayload,
    NewInvitation: payloads.InvitationPayload,
    NewPassword: payloads.PersonPasswordPayload,
    NewToken: payloads.ApiTokenPayload,
    Authorization: payloads.CredentialAuthorizePayload,
    Renewed: payloads.AuthRefreshPayload,
    Revealed: payloads.CredentialRevealPayload,
    Setup: payloads.TwoFactorBeginPayload,
    SignIn: payloads.AuthPayload,
    Tried: payloads.TryPayload,
    WarnedPriority: payloads.PilotagePriorityPayload,
}
"""The payload of what an operation makes that is no noun: its fields are the attributes of that, and the cursor."""

NAMED: Mapping[str, tuple[str, type]] = {
    "apiKeyRevoke": ("api_token", payloads.ApiKeyPayload),
    "apiKeyUpdate": ("api_token", payloads.ApiKeyPayload),
    "consentGive": ("consents", payloads.ConsentPayload),
    "jobBatchComplete": ("results", payloads.JobBatchPayload),
    "jobClaim": ("jobs", payloads.JobClaimPayload),
    "missionClaim": ("mission", payloads.MissionClaimPayload),
    "notificationMarkAllRead": ("count", payloads.NotificationMarkAllReadPayload),
    "sessionRevokeOthers": ("ended", payloads.SessionsPayload),
    "twoFactorConfirm": ("recovery_codes", payloads.RecoveryCodesPayload),
    "twoFactorRecoveryCodesRenew": ("recovery_codes", payloads.RecoveryCodesPayload),
    "cardBatchUpdate": ("results", payloads.CardBatchPayload),
    "documentBatchUpdate": ("results", payloads.DocumentBatchPayload),
    "proposalBatchDecide": ("results", payloads.ProposalBatchPayload),
}
"""The payload of an operation that makes what has no name of its own, and the field that this is under."""

SIGNS_OUT = frozenset({"authLogout", "accountDelete"})
"""What ends the session of the request, so that the edge takes its cookies away."""


@dataclass(frozen=True, slots=True)
class Returns:
    """The payload of a mutation, and what fills it from what the operation has returned."""

    type: type
    fill: Fill


def returns(operation: Operation, annotation: Any) -> Returns:
    """What the mutation of an operation returns, of which `annotation` says what it makes."""
    [made] = get_args(annotation) if get_origin(annotation) is Committed else [annotation]
    if operation.name in NAMED:
        field, type_ = NAMED[operation.name]
        return Returns(type_, lambda _info, done: {field: _shown(done.value), "cursor": str(done.cursor)})
    if (noun := noun_of(made)) is not None:
        type_ = payloads.AgentPayload if noun is AGENT else payload_of(noun)
        return Returns(type_, lambda _info, done: {noun.shown_as: done.value, "cursor": str(done.cursor)})
    if made is type(None):
        plain = payloads.AcceptedPayload if annotation is type(None) else AccountPayload
        return Returns(plain, functools.partial(_nothing, operation.name))
    if made is ObjectId:
        return Returns(DeletePayload, functools.partial(_deleted, operation.name))
    definition = get_object_definition(MADE[made], strict=True)
    return Returns(
        MADE[made], functools.partial(_attributes, [payload_field.python_name for payload_field in definition.fields])
    )


@functools.cache
def payload_of(noun: Noun[Any]) -> type:
    """What a change of a noun returns."""
    members = {
        "__annotations__": {noun.shown_as: reference(noun.name), "cursor": Cursor},
        noun.shown_as: strawberry.field(description=f"The {noun.word} as it is now."),
        "cursor": cursor_field(),
    }
    article = "an" if noun.word[0] in "aeio" else "a"
    made = type(f"{noun.name}Payload", (), members)
    return strawberry.type(made, description=f"What a change of {article} {noun.word} returns.")


def _nothing(name: str, info: Info, done: Committed[None] | None) -> Values:
    info.context.signed_out |= name in SIGNS_OUT
    return {"accepted": True} if done is None else {"cursor": str(done.cursor)}


def _deleted(name: str, info: Info, done: Committed[ObjectId]) -> Values:
    info.context.signed_out |= name in SIGNS_OUT
    return {"deleted_id": done.value, "cursor": str(done.cursor)}


def _attributes(names: list[str], info: Info, done: Any) -> Values:
    made = done.value if isinstance(done, Committed) else done
    if isinstance(made, SignIn):
        info.context.signed_in = made
    return {name: str(done.cursor) if name == "cursor" else getattr(made, name) for name in names}


def _shown(made: Any) -> Any:
    """What was made; of a batch, what became of each."""
    return (
        [_result(became) if isinstance(became, BatchResult) else became for became in made]
        if isinstance(made, list)
        else made
    )


def _result(became: BatchResult[Any]) -> Values:
    # An exception as a value would be taken for a failure of the field.
    error = {"code": became.error.code, "message": became.error.message} if became.error else None
    return {"id": became.id, became.noun.shown_as: became.record, "error": error}
