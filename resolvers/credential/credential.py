"""Credentials: what an organization signs in with to others, which nobody but its admins may read."""

from collections.abc import Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import credential as policy
from models import Credential, Organization
from models.base import collection, to_record, with_changes
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.records import CredentialRecord, OrganizationMemberRecord, OrganizationRecord
from models.write import find_and_delete
from realtime.events.credential import (
    CredentialCreated,
    CredentialDeleted,
    CredentialRevealed,
    CredentialRotated,
    CredentialUpdated,
)
from realtime.log import Change, Committed
from resolvers.credential.sealed import forget, keep, opened
from resolvers.inputs.credential import MAX_CREDENTIALS, CredentialCreate, CredentialRotate, CredentialUpdate
from resolvers.kit.access import check_organization
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CREDENTIAL, ORGANIZATION
from resolvers.kit.operation import Caller, edge, operation, reader
from resolvers.state.mission_wake import wake_waiting

ADMINISTER = TokenScope.ACCOUNT_WRITE
PEOPLES = "people administer what is signed in with"
HINT = 4
"""Characters that are shown of what a credential holds, where it is four times as long or longer."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """A credential, with what it holds."""

    credential: CredentialRecord
    value: str


get_credential = reader("credential", CREDENTIAL, no_tool=PEOPLES)


@edge(scope=ADMINISTER, viewer=True)
async def credentials_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields
) -> list[list[CredentialRecord]]:
    """The credentials of each organization, by their keys. Raises Forbidden for whoever may not read that."""
    for organization in organizations:
        await check_organization(ctx, organization["_id"], policy.READ)
    return await to_list(Credential, organizations, "organization_id", sort=[("key", 1)], fields=fields)


@operation(
    "credentialCreate", inside=ORGANIZATION, permission=policy.WRITE, scope=ADMINISTER, no_tool="it takes a secret"
)
async def create_credential(
    ctx: Context, membership: OrganizationMemberRecord, values: CredentialCreate
) -> Committed[CredentialRecord]:
    """Create a credential of an organization."""
    organization_id = membership["organization_id"]

    async def body(change: Change) -> CredentialRecord:
        await require_parent(change, Organization, organization_id)
        mine = {"organization_id": organization_id}
        await require_room(change, Credential, mine, MAX_CREDENTIALS, "credentials of this organization")
        credential = to_record(
            Credential(
                organization_id=organization_id,
                **values_of(values, Credential, CREATE),
                hint=_hint(values.value),
                created_by=ctx.user_id,
                created_at=change.at,
                rotated_at=change.at,
                updated_at=change.at,
            )
        )
        try:
            await collection(Credential).insert_one(credential, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict("is taken by another credential of the organization", field="key") from error
        await keep(ctx.services.vault, change, credential, values.value)
        change.append(organization_id, CredentialCreated(credential=credential))
        return credential

    return await ctx.write(organization_id, body)


@operation("credentialUpdate", opens=CREDENTIAL, permission=policy.WRITE, scope=ADMINISTER, no_tool=PEOPLES)
async def update_credential(
    ctx: Context, door: CredentialRecord, values: CredentialUpdate
) -> Committed[CredentialRecord]:
    """Change what is said of a credential."""

    async def body(change: Change) -> CredentialRecord:
        credential, differs = await set_fields(change, Credential, door["_id"], values.given())
        if differs:
            change.append(credential["organization_id"], CredentialUpdated(credential=credential))
        return credential

    return await ctx.write(door["organization_id"], body)


@operation("credentialRotate", opens=CREDENTIAL, permission=policy.WRITE, scope=ADMINISTER, no_tool="it takes a secret")
async def rotate_credential(
    ctx: Context, door: CredentialRecord, values: CredentialRotate
) -> Committed[CredentialRecord]:
    """Let a credential hold another value; of the one before nothing is kept."""

    async def body(change: Change) -> CredentialRecord:
        before = await _require(change, door["_id"])
        changes = {
            "version": before["version"] + 1,
            "hint": _hint(values.value),
            "rotated_at": change.at,
            "updated_at": change.at,
        }
        await collection(Credential).update_one({"_id": door["_id"]}, {"$set": changes}, session=change.session)
        credential = with_changes(before, changes)
        await keep(ctx.services.vault, change, credential, values.value)
        change.append(credential["organization_id"], CredentialRotated(credential=credential))
        return credential

    committed = await ctx.write(door["organization_id"], body)
    await wake_waiting(door["_id"])
    return committed


@operation(
    "credentialReveal",
    opens=CREDENTIAL,
    permission=policy.REVEAL,
    scope=ADMINISTER,
    caller=Caller.PERSON,
    reveals=True,
)
async def reveal_credential(ctx: Context, door: CredentialRecord) -> Committed[Revealed]:
    """Read what a credential holds, which the history of the organization tells."""

    async def body(change: Change) -> Revealed:
        credential = await _require(change, door["_id"])
        value = await opened(ctx.services.vault, credential, change)
        change.append(credential["organization_id"], CredentialRevealed(credential=credential))
        return Revealed(credential, value)

    return await ctx.write(door["organization_id"], body)


@operation("credentialDelete", opens=CREDENTIAL, permission=policy.WRITE, scope=ADMINISTER, no_tool=PEOPLES)
async def delete_credential(ctx: Context, door: CredentialRecord) -> Committed[ObjectId]:
    """Delete a credential with what it holds."""

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Credential, {"_id": door["_id"]}, change.session) is None:
            raise NotFound("Credential")
        await forget(change, door["_id"])
        change.append(door["organization_id"], CredentialDeleted(deleted_id=door["_id"]))
        return door["_id"]

    return await ctx.write(door["organization_id"], body)


async def _require(change: Change, credential_id: ObjectId) -> CredentialRecord:
    found = await collection(Credential).find_one({"_id": credential_id}, session=change.session)
    if found is None:
        raise NotFound("Credential")
    await require_parent(change, Organization, found["organization_id"])
    return found


def _hint(value: str) -> str | None:
    return value[-HINT:] if len(value) >= 4 * HINT else None
