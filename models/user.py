"""People and the service users of agents."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import BaseModel, Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import ConsentSubject, PilotageRole, ServerRole
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.installation_enums import AuthProvider
from models.number import DrawnNumber, drawn_index
from models.records import UserRecord


class TwoFactor(BaseModel):
    """The second factor of an account. `secret` is sealed with a key of the gateway; a code's time step is used once:
    those up to `last_step` are. `recovery_hashes` are the SHA-256 (hex) of the recovery codes that are left.
    """

    secret: bytes
    enabled_at: datetime
    last_step: int
    recovery_hashes: list[str]


class TwoFactorSetup(BaseModel):
    """A second factor that was begun and not confirmed."""

    secret: bytes
    begun_at: datetime


class Consent(BaseModel):
    """That a version of a text was agreed to."""

    subject: Annotated[ConsentSubject, Facts("Which text.")]
    version: Annotated[str, Facts("Which version of it, as its operator names it.")]
    at: Annotated[datetime, Facts("When.")]


@kind(0x11)
class User(Stored[UserRecord]):
    """An account. `email` is stored lower-case; `password_hash` is an argon2 hash, null for an agent's service user.
    `must_change_password` is of one that somebody else has chosen; `auth_provider` says whether there is one at all.
    `avatar` is the SHA-256 (hex) of the picture's bytes, `home_workspace_id` what they have chosen to be meant where a
    request names no workspace (`resolvers.user.home`). `made` counts what has a ceiling for each person, and never
    falls: changes that would make two at once, or for an account that is being deleted, are in conflict by it
    (`resolvers.kit.ceilings`).

    Fields after it were added later: a stored user may lack them.
    """

    added = {"pilotage_role": PilotageRole, "two_factor_enabled": bool}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.USER))
    email: Annotated[str, Facts("The e-mail address.")]
    name: Annotated[str | None, Facts("The name to show.")] = None
    username: Annotated[str | None, Facts("A short name that nobody else has; null where none was chosen.", GRAPH)] = (
        None
    )
    job_title: Annotated[str | None, Facts("What the person does.")] = None
    number: DrawnNumber = None
    is_agent: Annotated[bool, Facts("Whether it is the service user of an agent.")] = False
    created_at: Annotated[datetime, Facts("When the account was made.")] = Field(default_factory=utc_now)
    password_hash: str | None = None
    email_verified_at: datetime | None = None
    two_factor: TwoFactor | None = None
    two_factor_setup: TwoFactorSetup | None = None
    consents: list[Consent] = Field(default_factory=list)
    avatar: str | None = None
    made: int = 0
    deleted_at: datetime | None = None
    server_role: ServerRole = ServerRole.USER
    auth_provider: AuthProvider = AuthProvider.LOCAL
    must_change_password: bool = False
    home_workspace_id: PydanticObjectId | None = None

    class Settings:
        name = "users"
        indexes = [
            IndexModel([("email", ASCENDING)], unique=True),
            drawn_index(),
            IndexModel(
                [("username", ASCENDING)], unique=True, partialFilterExpression={"username": {"$type": "string"}}
            ),
            IndexModel([("is_agent", ASCENDING), ("deleted_at", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("server_role", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("home_workspace_id", ASCENDING)]),
            # The embedded database finds nothing by the partial ones above.
            IndexModel([("username", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("number", ASCENDING), ("_id", ASCENDING)]),
        ]
