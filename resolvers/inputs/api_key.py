"""Inputs of the operations on the API keys of organizations."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models import ApiToken
from models.enums import TokenScope
from models.facts import UPDATE
from resolvers.inputs.api_token import Future, scopes_of
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Description, Input, Name, NotNull, OrganizationId, WorkspaceId

KEY_SCOPES = tuple(
    scope for scope in TokenScope if scope not in (TokenScope.ACCOUNT_WRITE, TokenScope.NOTIFICATIONS_READ)
)
"""What a key may be used for: it has no notifications, and administers no organization."""
USUAL_KEY_SCOPES = (
    TokenScope.PROJECTS_READ,
    TokenScope.PROJECTS_WRITE,
    TokenScope.PILOTAGE_READ,
    TokenScope.PILOTAGE_WRITE,
)
MAX_GRACE_HOURS = 720
USUAL_GRACE_HOURS = 24
MAX_USES = 200
COUNTED = 10_000
"""Uses of a key that are counted, and that a list leaves out at most."""


def _for_keys(scopes: list[TokenScope]) -> list[TokenScope]:
    if other := [scope for scope in scopes if scope not in KEY_SCOPES]:
        raise PydanticCustomError("scope", "{scope} is for people's tokens alone", {"scope": other[0].value})
    return scopes


def _usual(value: Any) -> Any:
    return list(USUAL_KEY_SCOPES) if value is None else scopes_of(value)


_SHAPE = WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(KEY_SCOPES)}})
KeyScopes = Annotated[list[TokenScope], BeforeValidator(scopes_of), AfterValidator(_for_keys), _SHAPE]


class ApiKeyCreate(Input):
    """A new API key of an organization.

    It works in one workspace, as a user of its own, who only reads where all its scopes do.
    """

    organization_id: OrganizationId = Field(description="The organization that it is of.")
    workspace_id: WorkspaceId | None = Field(
        None,
        description="The workspace that it works in, whose members the caller manages; by default the "
        "organization's default workspace, or else its first that is so.",
    )
    name: Name = Field(description="What it is for, 1 to 100 characters.")
    description: Description | None = Field(None, description="More on what it is for, at most 5,000 characters.")
    scopes: Annotated[list[TokenScope], BeforeValidator(_usual), AfterValidator(_for_keys), _SHAPE] = Field(
        default_factory=lambda: list(USUAL_KEY_SCOPES),
        description="What it may be used for; by default reading and writing projects, agents and missions.",
    )
    expires_at: Future | None = Field(None, description="When it ends; never by default.")


@fields_of(ApiToken, UPDATE)
class ApiKeyUpdate(Input):
    """What changes of an API key."""

    scopes: Annotated[KeyScopes | None, NotNull] = Field(None, description="What it may be used for.")


class ApiKeyRotate(Input):
    """How a key is given another text."""

    grace_hours: Annotated[int, Field(strict=True, ge=0, le=MAX_GRACE_HOURS)] = Field(
        USUAL_GRACE_HOURS,
        description="For how many hours the text of before counts too, 0 to 720; 24 by default. Any older one "
        "counts no more.",
    )


class KeyUseList(Input):
    """Which uses of a key to list."""

    offset: int = Field(0, ge=0, le=COUNTED, description="How many to leave out, the newest first, at most 10,000.")
    limit: int = Field(50, ge=1, le=MAX_USES, description="How many to return, 50 by default, at most 200.")
