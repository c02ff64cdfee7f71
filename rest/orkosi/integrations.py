"""What the organization can be connected with: what is given for it is a credential."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from models.errors import BadUserInput, NotFound
from models.limits import Text
from models.records import CredentialRecord
from resolvers.credential.credential import holds, list_credentials, upsert_credential
from resolvers.inputs.credential import CredentialUpsert, Secret
from rest.orkosi.auth import SuccessData
from rest.orkosi.bodies import Body, Part
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.integration import (
    Integration,
    IntegrationData,
    IntegrationStatusData,
    integration,
    integration_status,
)
from rest.orkosi.workspace import organization_of
from rest.routing import Call

routes = orkosi_routes(
    "integrations", "/integrations", about="What the organization can be connected with.", place=260, tag_place=170
)

CATALOGUE: Mapping[str, Integration] = MappingProxyType(
    {
        "anthropic": Integration("Anthropic", "Models of Anthropic.", "api_key"),
        "openai": Integration("OpenAI", "Models of OpenAI.", "api_key"),
        "stripe": Integration("Stripe", "What customers pay.", "secret_key"),
        "slack": Integration("Slack", "Messages to a channel.", "webhook_url"),
    }
)
"""By their ids, which are the keys and the providers of their credentials."""

Hook = Annotated[str, Text(1, 500, strip=False, pattern=r"^https://hooks\.slack\.com/[A-Za-z0-9/_-]+$")]


class IntegrationFields(Part):
    """What an integration is let in with: its one field, and no other."""

    api_key: Secret | None = Field(None, repr=False)
    secret_key: Secret | None = Field(None, repr=False)
    webhook_url: Hook | None = Field(None, repr=False)


class ConfigureBody(Body):
    """What is given for an integration."""

    fields: IntegrationFields


@routes.get("", "List integrations", runs=list_credentials, names_object=True)
async def find(call: Call) -> list[IntegrationData]:
    """All that there are, and whether the organization has configured them."""
    given = await _given(call)
    return whole_of(call, [integration(name, about, given.get(name)) for name, about in CATALOGUE.items()])


@routes.get("/{integrationId}/status", "Read whether an integration is configured", runs=list_credentials)
async def get_status(call: Call) -> IntegrationStatusData:
    given = await _given(call)
    _about(call)
    return integration_status(call.path["integrationId"], given.get(call.path["integrationId"]))


@routes.post(
    "/{integrationId}/configure",
    "Configure an integration",
    runs=upsert_credential,
    body=ConfigureBody,
    status=200,
)
async def configure(call: Call) -> SuccessData:
    """Its field is sealed, and never answered here: the credential whose key is the integration's id holds it."""
    organization_id, about, name = await organization_of(call), _about(call), call.path["integrationId"]
    value = call.body(ConfigureBody).fields.given().get(about.field)
    if value is None:
        raise BadUserInput("is required", field=f"fields.{about.field}")
    values = CredentialUpsert.of(organization_id=organization_id, key=name, provider=name, value=value)
    await upsert_credential(call.ctx, values)
    return {"success": True}


def _about(call: Call) -> Integration:
    if (about := CATALOGUE.get(call.path["integrationId"])) is None:
        raise NotFound("Integration")
    return about


async def _given(call: Call) -> dict[str, CredentialRecord]:
    """The credentials that integrations are let in with, by their ids."""
    found = await list_credentials(call.ctx, await organization_of(call))
    return {credential["key"]: credential for credential in found if holds(credential)}
