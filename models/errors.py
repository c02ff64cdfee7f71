"""The error tree. Each edge (GraphQL, REST, WebSocket, CLI) maps it once; nothing else reaches a client.

`code` is the stable name that GraphQL shows in `extensions.code`; `status` is the HTTP status that REST answers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar


class OrreryError(Exception):
    """A failure that a client may read. `field` names the argument that is at fault, as the client wrote it."""

    code: ClassVar[str] = "INTERNAL"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, field: str | None = None, **details: object) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.message = str(self)
        self.field = field
        self.details = {**({"field": field} if field else {}), **details}


class Unauthenticated(OrreryError):
    """No credential, or one that is invalid, expired or revoked."""

    code = "UNAUTHENTICATED"
    status = 401

    def __init__(self, message: str = "Sign in first: no valid credential was sent") -> None:
        super().__init__(message)


class TwoFactorRequired(OrreryError):
    """The password is right, and the account asks for a code as well. `temporaryToken` is sent back with the code."""

    code = "TWO_FACTOR_REQUIRED"
    status = 401

    def __init__(self, temporary_token: str) -> None:
        super().__init__("Send a code of your authenticator as well", temporaryToken=temporary_token)


class Forbidden(OrreryError):
    """The subject is known, and may not do this: a missing role, token scope or kind of credential."""

    code = "FORBIDDEN"
    status = 403


class ApprovalRequired(Forbidden):
    """An agent may do this once somebody has approved it: `proposalId` names what waits for the decision."""

    def __init__(self, what: str, proposal: Mapping[str, Any]) -> None:
        message = f"{what} waits for somebody's approval, as the proposal {proposal['_id']}"
        super().__init__(message, kind="APPROVAL_REQUIRED", proposalId=str(proposal["_id"]))
        self.proposal = proposal


class NotFound(OrreryError):
    """No such object, or one of another tenant: the two answers are the same."""

    code = "NOT_FOUND"
    status = 404

    def __init__(self, noun: str) -> None:
        super().__init__(f"{noun} not found")


class BadUserInput(OrreryError):
    """The input is malformed, of the wrong type or out of range."""

    code = "BAD_USER_INPUT"
    status = 400


class InvitationRequired(BadUserInput):
    """Whose address is to be added has to agree first, by a link in a mail: `nextStep` names the operation that sends
    it, and the workspaces that the caller may invite to."""

    code = "INVITATION_REQUIRED"


class Conflict(OrreryError):
    """Well-formed input that the state of things refuses: a taken slug, an invalid transition, a lost update."""

    code = "CONFLICT"
    status = 409


class NotBound(Conflict):
    """It takes the folder of a project, and that has none that the gateway reaches."""

    code = "NOT_BOUND"

    def __init__(self) -> None:
        super().__init__("The project has no folder that the gateway reaches")


class WorktreeDirty(Conflict):
    """What would be deleted has worktrees whose work is in no commit, or not merged: `cardIds` are theirs."""

    code = "WORKTREE_DIRTY"

    def __init__(self, card_ids: Sequence[object]) -> None:
        told = [str(card_id) for card_id in card_ids]
        super().__init__("There is work that is not merged: force it to delete it all the same", cardIds=told)


class AgentRunning(Conflict):
    """An agent works on a card that would be deleted: `cardId` and `missionId` name one."""

    code = "AGENT_RUNNING"

    def __init__(self, card_id: object, mission_id: object) -> None:
        told = {"cardId": str(card_id), "missionId": str(mission_id)}
        super().__init__("An agent works on a card that would be deleted: cancel its mission first", **told)


class BudgetExhausted(Conflict):
    """A call of a model that a budget has no room for. `budgetId` tells which, `period` when it begins anew.

    `updated_at` is when the budget was set that has none.
    """

    def __init__(self, budget_id: object, period: str, updated_at: datetime) -> None:
        self.budget_id, self.updated_at = str(budget_id), updated_at
        told = {"budgetId": self.budget_id, "period": period}
        super().__init__("The budget for models has no room for this call", kind="BUDGET_EXHAUSTED", **told)


class RateLimited(OrreryError):
    """Too much at once; the same request may succeed after `retry_after` seconds."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, message: str, *, field: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after


class PayloadTooLarge(OrreryError):
    """The request is larger than the server takes."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413


class PlanLimit(OrreryError):
    """More than the plan of an organization holds. `limits` tell of each that would be exceeded: its `name`, the
    `limit`, and what is `used`."""

    code = "PLAN_LIMIT"
    status = 422

    def __init__(self, limits: Sequence[Mapping[str, Any]]) -> None:
        names = ", ".join(str(limit["name"]) for limit in limits)
        super().__init__(f"The plan of the organization has no room for it: {names}", limits=list(limits))


class InsufficientBalance(OrreryError):
    """More than the wallet holds was to be used up: `balance` is what is left, `required` what it takes."""

    code = "INSUFFICIENT_BALANCE"
    status = 402

    def __init__(self, balance: int, required: int) -> None:
        super().__init__(f"There is not enough left: {balance} of {required}", balance=balance, required=required)


class NotConfigured(OrreryError):
    """What was asked for takes something that the gateway's operator has not set up."""

    code = "NOT_CONFIGURED"
    status = 503


class DecryptionFailed(OrreryError):
    """What a credential holds does not open: the vault's key is another one, or missing. Never says more."""

    code = "DECRYPTION_FAILED"


class Unavailable(OrreryError):
    """The database cannot be reached; the same request may succeed later."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The service is not available: try again later")


class Internal(OrreryError):
    """What a client sees of an unexpected failure: an id to quote, and nothing else."""

    def __init__(self, error_id: str) -> None:
        super().__init__(f"Something went wrong on our side (error {error_id})", errorId=error_id)
