"""Credentials of the organization, by their keys: for its admins, and its API keys with the scope."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field
from typing_extensions import TypedDict

import models
from models.credential import KEY
from models.limits import MARKDOWN
from models.records import CredentialRecord
from resolvers.credential.credential import (
    Revealed,
    credential_by_key,
    delete_credential,
    list_credentials,
    reveal_credential,
    upsert_credential,
)
from resolvers.inputs.credential import CredentialUpsert, Secret
from rest.orkosi.bodies import Body, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.show import presents, shown
from rest.orkosi.workspace import organization_of
from rest.present import Id
from rest.routing import Call

routes = orkosi_routes(
    "credentials", "/credentials", about="What the organization signs in with to others.", place=220, tag_place=120
)


class UpsertBody(Body):
    """What the credential of a key holds from now on. Without a `description`, that of before stays."""

    key: Annotated[str, KEY]
    value: Secret = Field(repr=False)
    description: Annotated[str, MARKDOWN] | None = None


@presents(models.Credential, only=("key", "description", "hint", "created_at", "updated_at"))
class OrkosiCredentialData(TypedDict):
    """A credential, without what it holds: `hint` is the end of that, and null where it is short."""

    id: Id


class RevealedData(OrkosiCredentialData):
    """A credential, with what it holds."""

    value: str


def credential(record: CredentialRecord) -> OrkosiCredentialData:
    return {**shown(OrkosiCredentialData, record), "id": str(record["_id"])}


def revealed(found: Revealed) -> RevealedData:
    return {**credential(found.credential), "value": found.value}


@routes.get("", "List credentials", runs=list_credentials, names_object=True)
async def find(call: Call) -> list[OrkosiCredentialData]:
    """By their keys, without what they hold."""
    found = await list_credentials(call.ctx, await organization_of(call))
    return whole_of(call, [credential(record) for record in found])


@routes.post("", "Create or update a credential", runs=upsert_credential, body=UpsertBody, names_object=True)
async def upsert(call: Call) -> OrkosiCredentialData:
    """The value is sealed. Of the one before nothing is kept."""
    given = call.body(UpsertBody).given()
    values = CredentialUpsert.of(organization_id=await organization_of(call), **given)
    return credential((await upsert_credential(call.ctx, values)).value)


@routes.get("/{credentialKey}", "Read what a credential holds", runs=reveal_credential)
async def reveal(call: Call) -> RevealedData:
    """The history of the organization tells who did so, and when. A token has to name the scope `credentials:read`."""
    return revealed((await reveal_credential(call.ctx, await _id(call))).value)


@routes.delete("/{credentialKey}", "Delete a credential", runs=delete_credential, body=None)
async def delete(call: Call) -> Deleted:
    """With what it holds."""
    return deleted((await delete_credential(call.ctx, await _id(call))).value)


async def _id(call: Call) -> ObjectId:
    return await credential_by_key(await organization_of(call), call.path["credentialKey"])
