"""Who is asking: the person or agent behind a request, and what the credential it came with allows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bson import ObjectId

from models.enums import TokenScope
from models.errors import Unauthenticated

ALL_SCOPES = frozenset(TokenScope)
NAMED_SCOPES = frozenset(
    {
        TokenScope.CREDENTIALS_READ,
        TokenScope.CREDENTIALS_WRITE,
        TokenScope.OPERATIONS_READ,
        TokenScope.OPERATIONS_WRITE,
        TokenScope.BILLING_READ,
        TokenScope.BILLING_WRITE,
    }
)
"""What a token may be used for where its scopes name it, and by no default."""
WIDER = {
    TokenScope.CREDENTIALS_READ: TokenScope.ACCOUNT_WRITE,
    TokenScope.CREDENTIALS_WRITE: TokenScope.ACCOUNT_WRITE,
}
"""Scopes that were once a part of another one: a token with that may do the same, short of reading secrets."""
USUAL_SCOPES = tuple(scope for scope in TokenScope if scope not in NAMED_SCOPES)
"""What a token may be used for where nothing is said of that."""
RESTRICTED_SCOPES = frozenset({TokenScope.ACCOUNT_READ})
"""What a session may do until the e-mail address is confirmed, where that is asked for."""

MAX_USER_AGENT = 300


class Credential(StrEnum):
    """What a subject was recognised by."""

    NONE = "none"
    JWT = "jwt"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105  (the name of a kind of credential)
    OAUTH = "oauth"
    OPEN = "open"  # none at all, where authentication is off


@dataclass(slots=True)
class Renewals:
    """What the subjects of one connection share, each of which took the place of the one before: the last of them."""

    last: "Subject | None" = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A caller. An agent's token sets `agent_id` and `workspace_id`, and works in that workspace alone; the key of an
    organization sets `organization_id` and `workspace_id`, and does so too. One that has a `project_id` reads and
    changes nothing outside of that project, and decides nothing (`Operation.in_project`).

    `expires_at` is when the credential ends by itself, if it does. `source` is the address that the request comes from,
    None where there is no network between; `device` the cookie of one that somebody has signed in from before.
    `renewals` are those of a connection whose credential may be renewed (`realtime.guard`). Of an agent,
    `calls_a_minute` is how many operations it may run, if that is bounded. Of a key, `rotations` is how often it had
    been given another text when this one was made.
    """

    user_id: ObjectId | None = None
    credential: Credential = Credential.NONE
    scopes: frozenset[TokenScope] = field(default=frozenset())
    credential_id: ObjectId | None = None
    csrf_token: str | None = field(default=None, repr=False)
    agent_id: ObjectId | None = None
    workspace_id: ObjectId | None = None
    organization_id: ObjectId | None = None
    project_id: ObjectId | None = None
    expires_at: datetime | None = None
    restricted: bool = False
    user_agent: str | None = field(default=None, compare=False)
    source: str | None = field(default=None, compare=False)
    device: str | None = field(default=None, compare=False, repr=False)
    renewals: Renewals | None = field(default=None, compare=False, repr=False)
    calls_a_minute: int | None = field(default=None, compare=False)
    rotations: int = field(default=0, compare=False)

    @property
    def is_person(self) -> bool:
        """Whether the credential is a sign-in (JWT, session, or that of everybody here) rather than a token."""
        return self.credential in (Credential.JWT, Credential.SESSION, Credential.OPEN)

    def may(self, scope: TokenScope) -> bool:
        """Whether the credential is good for what takes a scope."""
        return scope in self.scopes or WIDER.get(scope) in self.scopes

    def covers(self, other: "Subject") -> bool:
        """Whether this subject may do all that another one of the same user may."""
        return (
            self.user_id == other.user_id
            and self.scopes >= other.scopes
            and self.agent_id == other.agent_id
            and self.workspace_id in (None, other.workspace_id)
            and self.project_id in (None, other.project_id)
        )

    def require_user(self) -> ObjectId:
        """The user's id; raises Unauthenticated for an anonymous subject."""
        if self.user_id is None:
            raise Unauthenticated
        return self.user_id


ANONYMOUS = Subject()
