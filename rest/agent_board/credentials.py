"""Credentials of organizations, and which of them models are asked with."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field
from starlette.responses import Response

from models.ids import Kind
from models.limits import Text
from models.records import CredentialRecord
from resolvers.card.credential import set_card_credential
from resolvers.credential.assigned import is_default_of, set_default_credential
from resolvers.credential.authorization import (
    LIFETIME,
    authorize_credential,
    finish_authorization,
)
from resolvers.credential.credential import (
    create_credential,
    delete_credential,
    get_credential,
    list_credentials,
    rotate_credential,
    update_credential,
)
from resolvers.credential.usage import usage_of_credential
from resolvers.credential.verify import verify_credential
from resolvers.inputs.credential import (
    CredentialAssign,
    CredentialAuthorizationFinish,
    CredentialAuthorize,
    CredentialCreate,
    CredentialRotate,
    CredentialUpdate,
    Provider,
)
from resolvers.kit.context import Context
from resolvers.kit.input import CredentialId, Input, Name, NotNull, OrganizationId
from resolvers.organization.organization import list_organizations
from resolvers.project.credential import set_project_credential
from rest.agent_board import guards
from rest.agent_board.bodies import FormSecret
from rest.agent_board.dialect import board_routes
from rest.agent_board.organization_context import OrganizationQuery, named, organization_of_call
from rest.agent_board.organizations import ORGANIZATION
from rest.agent_board.present.card import CardDetailData, card
from rest.agent_board.present.credential import (
    AuthorizationData,
    AuthorizationStatusData,
    CredentialData,
    CredentialUsageData,
    VerifiedData,
    authorization,
    authorization_status,
    credential,
    usage,
)
from rest.agent_board.present.organization import OrganizationData, organization
from rest.agent_board.present.project import ProjectData, project
from rest.routing import Call

COOKIE = "orrery_authorization"
"""Holds what the browser was given in which a sign-in was begun."""

routes = board_routes(
    "credentials",
    "/credentials",
    about="What models are asked with: for admins of organizations.",
    place=190,
    tag_place=221,
)
assigned = board_routes("credentials")


class CredentialBody(Input):
    """A new credential. `apiKey` is its provider's key; without one, it holds nothing yet."""

    name: Name
    provider: Provider
    api_key: FormSecret = Field(None, repr=False)
    organization_id: OrganizationId | None = None


class AuthorizeBody(Input):
    """The provider that is to let a credential in: a new one, or one of that provider that is there already."""

    provider: Provider
    name: Name | None = None
    credential_id: CredentialId | None = None
    organization_id: OrganizationId | None = None


class CallbackQuery(Input):
    """What a provider answers: a `code`, or else a refusal."""

    state: Annotated[str, Text(1, 200)]
    code: Annotated[str, Text(1, 4_000)] | None = None


class CredentialChange(Input):
    """What changes of a credential. Only what is given does; an `apiKey` that is empty, or as it is shown, is not."""

    name: Annotated[Name | None, NotNull] = None
    api_key: Annotated[FormSecret, NotNull] = Field(None, repr=False)


@routes.get("", "List credentials", runs=list_credentials, query=OrganizationQuery, names_object=True)
async def find(call: Call) -> list[CredentialData]:
    """Of the organizations whose admin the caller is, or of one."""
    wanted = named(call, call.query(OrganizationQuery).organization_id)
    found = await list_credentials(call.ctx, wanted)
    defaults = await is_default_of(call.ctx, found)
    return [credential(record, is_default=is_default) for record, is_default in zip(found, defaults, strict=True)]


@routes.post(
    "",
    "Create a credential",
    runs=create_credential,
    body=CredentialBody,
    names_object=True,
    reads=[list_organizations],
)
async def create(call: Call) -> CredentialData:
    """What it holds is sealed, and never answered here."""
    values = call.body(CredentialBody)
    made = CredentialCreate.of(
        organization_id=await organization_of_call(call, values.organization_id),
        name=values.name,
        provider=values.provider,
        value=values.api_key,
    )
    return await _credential(call.ctx, (await create_credential(call.ctx, made)).value)


@routes.get("/{credentialId}", "Read a credential", runs=get_credential)
async def get(call: Call) -> CredentialData:
    return await _credential(call.ctx, await get_credential(call.ctx, _id(call)))


@routes.patch("/{credentialId}", "Change a credential", runs=update_credential, body=CredentialChange)
async def update(call: Call) -> CredentialData:
    """Another `apiKey` takes the place of the one before, whether that was a key or came with a sign-in."""
    values = call.body(CredentialChange)
    if values.api_key is not None:
        await rotate_credential(call.ctx, _id(call), CredentialRotate(value=values.api_key))
    named_so = {} if values.name is None else {"name": values.name}
    return await _credential(
        call.ctx, (await update_credential(call.ctx, _id(call), CredentialUpdate.of(**named_so))).value
    )


@routes.delete("/{credentialId}", "Delete a credential", runs=delete_credential, body=None)
async def delete(call: Call) -> None:
    """With what it holds. What it was assigned to is asked with the next one that is."""
    await delete_credential(call.ctx, _id(call))


@routes.post("/{credentialId}/verify", "Ask the provider of a credential", runs=verify_credential, status=200)
async def verify(call: Call) -> VerifiedData:
    """For its models: whether it is let in, and else why not."""
    problem = (await verify_credential(call.ctx, _id(call))).value["problem"]
    return {"valid": problem is None, "error": problem}


@routes.get("/{credentialId}/usage", "Read what models have cost with a credential", runs=get_credential)
async def get_usage(call: Call) -> CredentialUsageData:
    """Calls whose end is not known are left out."""
    [found] = await usage_of_credential(call.ctx, [await get_credential(call.ctx, _id(call))])
    return usage(found)


@routes.post(
    "/oauth/init",
    "Begin a sign-in at a provider",
    runs=authorize_credential,
    body=AuthorizeBody,
    names_object=True,
    reads=[list_organizations],
)
async def begin(call: Call) -> AuthorizationData:
    """Which lets a new credential in, or the one that is named. The browser goes to `authUrl`, with the cookie that
    comes with this answer."""
    values = call.body(AuthorizeBody)
    begun = await authorize_credential(
        call.ctx,
        CredentialAuthorize(
            organization_id=await organization_of_call(call, values.organization_id),
            provider=values.provider,
            name=values.name,
            credential_id=values.credential_id,
        ),
    )
    call.finish.append(lambda response: _bind(call, response, begun.value.binding))
    return authorization(begun.value.credential["_id"], begun.value.url, begun.value.expires_at)


@routes.get("/oauth/callback", "Take what a provider answers", runs=finish_authorization, query=CallbackQuery)
async def take_answer(call: Call) -> AuthorizationStatusData:
    """Where the provider sends the browser. What it has been given, or refused, the status tells."""
    query, binding = call.query(CallbackQuery), call.request.cookies.get(COOKIE, "-")
    answered = CredentialAuthorizationFinish(state=query.state, binding=binding, code=query.code)
    return authorization_status((await finish_authorization(call.ctx, answered)).value)


@routes.get("/{credentialId}/oauth/status", "Read how far a sign-in is", runs=get_credential)
async def get_status(call: Call) -> AuthorizationStatusData:
    """A key that was given by hand lets in as well."""
    return authorization_status(await get_credential(call.ctx, _id(call)))


def _bind(call: Call, response: Response, binding: str) -> None:
    """Give the browser what it has to bring back."""
    seconds, scope = int(LIFETIME.total_seconds()), call.cookies
    response.set_cookie(COOKIE, binding, seconds, path=scope.path, secure=scope.secure, httponly=True, samesite="lax")


@assigned.put(
    ORGANIZATION + "/default-credential",
    "Set the credential of an organization",
    runs=set_default_credential,
    names_object=True,
)
async def set_default(call: Call) -> OrganizationData:
    """Models are asked with it where a card and its project name none; null for none."""
    wanted, values = call.id("organizationId", Kind.ORGANIZATION), call.body(CredentialAssign)
    return organization((await set_default_credential(call.ctx, wanted, values)).value)


@assigned.put(
    guards.PROJECT_PATH + "/credential",
    "Set the credential of a project",
    runs=set_project_credential,
    names_object=True,
)
async def set_of_project(call: Call) -> ProjectData:
    """Models are asked with it for its cards, before the organization's; null for none."""
    found, values = await guards.project(call), call.body(CredentialAssign)
    return await project(call.ctx, (await set_project_credential(call.ctx, found["_id"], values)).value)


@assigned.put(
    guards.CARD_PATH + "/credential", "Set the credential of a card", runs=set_card_credential, names_object=True
)
async def set_of_card(call: Call) -> CardDetailData:
    """Models are asked with it for the card, before its project's; null for none."""
    found, values = await guards.card(call), call.body(CredentialAssign)
    return await card(call.ctx, (await set_card_credential(call.ctx, found["_id"], values)).value)


def _id(call: Call) -> ObjectId:
    return call.id("credentialId", Kind.CREDENTIAL)


async def _credential(ctx: Context, record: CredentialRecord) -> CredentialData:
    [is_default] = await is_default_of(ctx, [record])
    return credential(record, is_default=is_default)
