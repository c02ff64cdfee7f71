"""Inputs of what is done with the installation."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import ServerRole
from models.ids import Kind
from models.installation_enums import LogLevel
from models.limits import Text
from resolvers.inputs.account import Email, ShortText, Username
from resolvers.kit.input import Flag, IdOf, Input, NotNull

MAX_SEARCH = 100
MAX_OFFSET = 1_000_000
PEOPLE_SIZE, MAX_PEOPLE = 50, 100
LOG_SIZE, MAX_LOG = 100, 500
MAX_PATH, MAX_CODE = 1_000, 4_000
_OWN_HEADERS = ("content-type", "content-length", "host", "transfer-encoding", "connection", "user-agent")


def _role(value: Any) -> Any:
    if not isinstance(value, str) or value.lower() not in list(ServerRole):
        raise PydanticCustomError("role", "must be user, admin or super_admin")
    return ServerRole(value.lower())


Role = Annotated[
    ServerRole, BeforeValidator(_role), WithJsonSchema({"type": "string", "enum": [role.value for role in ServerRole]})
]


def _level(value: Any) -> Any:
    if not isinstance(value, str) or value.lower() not in list(LogLevel):
        raise PydanticCustomError("level", "must be info, warn or error")
    return LogLevel(value.lower())


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if name.lower() in _OWN_HEADERS:
            raise PydanticCustomError("header", "has a header that is not for others to set")
    return value


Level = Annotated[
    LogLevel, BeforeValidator(_level), WithJsonSchema({"type": "string", "enum": [level.value for level in LogLevel]})
]
HeaderName = Annotated[str, Text(1, 100, pattern=r"^[A-Za-z0-9-]+$")]
HeaderValue = Annotated[str, Text(1, 4_000, pattern=r"^[ -~]+$")]
Headers = Annotated[dict[HeaderName, HeaderValue], Field(max_length=20), AfterValidator(_headers)]


class LogList(Input):
    """Which entries of the log to list."""

    level: Level | None = Field(None, description="Those of one level.")
    search: Annotated[str, Text(0, MAX_SEARCH)] = Field("", description="A part of the message.")
    limit: int = Field(LOG_SIZE, ge=1, le=MAX_LOG, description="How many to return, 100 by default, at most 500.")
    before: Annotated[ObjectId, IdOf(Kind.LOG_ENTRY)] | None = Field(
        None, description="The id of an entry: those before it."
    )


class LogExportUpdate(Input):
    """Where the log of the gateway is sent. Only what is given changes; null makes it what it was at first."""

    enabled: Flag | None = Field(None, description="Whether it is sent.")
    endpoint: Annotated[str, Text(1, 2_000)] | None = Field(
        None,
        description="The address of a collector of OpenTelemetry (OTLP over HTTP), or its host for `/v1/logs`.",
    )
    headers: Headers | None = Field(
        None, repr=False, description="Headers of each request, by their names. A value of `****` stays what it is."
    )
    level: Level | None = Field(None, description="The least level that is sent.")


class OidcSet(Input):
    """The identity provider by which people may sign in."""

    issuer_url: Annotated[str, Text(1, 2_000)] = Field(
        description="What the provider calls itself: `/.well-known/openid-configuration` below it describes it."
    )
    client_id: Annotated[str, Text(1, 500)] = Field(description="What the gateway is called there.")
    client_secret: Annotated[str, Text(1, 4_000, strip=False)] = Field(
        repr=False, description="The secret that it has there; it is sealed, and not shown."
    )


class OidcComplete(Input):
    """The answer of the identity provider, and what was begun with."""

    state: Annotated[str, Text(1, MAX_CODE)] = Field(description="The `state` of the answer.")
    code: Annotated[str, Text(1, MAX_CODE)] = Field(repr=False, description="The `code` of the answer.")
    flow: Annotated[str, Text(0, MAX_CODE)] = Field(repr=False, description="What `oidcBegin` gave.")


class PeopleList(Input):
    """Which accounts to list."""

    search: Annotated[str, Text(0, MAX_SEARCH)] = Field("", description="A part of the name or the e-mail address.")
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="How many to leave out, the oldest first.")
    limit: int = Field(PEOPLE_SIZE, ge=1, le=MAX_PEOPLE, description="How many to return, 50 by default, at most 100.")


class PersonCreate(Input):
    """A new account for somebody else; its password is made, and shown once."""

    email: Email = Field(description="The e-mail address.")
    name: ShortText = Field(description="The name to show.")
    role: Role = Field(description="What the person may do with the installation.")


class PersonUpdate(Input):
    """What changes of somebody's account. Only what is given does."""

    username: Annotated[Username | None, NotNull] = Field(None, description="A short name that nobody else has.")
    email: Annotated[Email | None, NotNull] = Field(
        None, description="The e-mail address; it has to be confirmed anew, and the one so far is told."
    )

    name: Annotated[ShortText | None, NotNull] = Field(None, description="The name to show.")
    role: Annotated[Role | None, NotNull] = Field(None, description="What the person may do with the installation.")
