"""Credentials: what an organization signs in with to others, which nobody but its admins may read."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import orjson
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import credential as policy
from models import Credential, Organization, OrganizationMember
from models.base import Record, collection, to_record, with_changes
from models.enums import CredentialAuthorization, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.facts import CREATE
from models.ids import Kind, new_id, parse_id
from models.records import CredentialRecord, OrganizationMemberRecord, OrganizationRecord
from models.text import slug_of
from models.write import find_and_delete, update_and_read
from realtime.events.credential import (
    CredentialCreated,
    CredentialDeleted,
    CredentialRevealed,
    CredentialRotated,
    CredentialUpdated,
)
from realtime.events.organization import OrganizationUpdated
from realtime.log import Change, Committed
from resolvers.credential.sealed import forget, keep, opened
from resolvers.inputs.credential import (
    MAX_CREDENTIALS,
    CredentialCreate,
    CredentialRotate,
    CredentialUpdate,
    CredentialUpsert,
)
from resolvers.kit.access import check_organization, check_organizations
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context, Services
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CREDENTIAL, ORGANIZATION
from resolvers.kit.operation import Caller, edge, operation, reader
from resolvers.state.mission_wake import wake_waiting

READ, WRITE = TokenScope.CREDENTIALS_READ, TokenScope.CREDENTIALS_WRITE
PEOPLES = "people administer what is signed in with"
HINT = 4
"""Characters that are shown of what a credential holds, where it is four times as long or longer."""
MASKED = "****"

_FAMILY = re.compile(r"(?:sk|pk|rk|gsk|xai)-(?:(?:admin|ant|live|or|proj|svcacct|test)-)?")
"""How providers begin their keys: `sk-`, `sk-ant-`."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """A credential, with what it holds."""

    credential: CredentialRecord
    value: str


get_credential = reader("credential", CREDENTIAL, no_tool=PEOPLES)


@operation("credentials", scope=READ, permission=policy.READ, read_only=True, no_tool=PEOPLES)
async def list_credentials(
    ctx: Context,
    organization_id: Annotated[
        ObjectId | str | None, "The organization whose credentials they are; without one, all whose admin one is."
    ] = None,
    fields: Fields = None,
) -> list[CredentialRecord]:
    """The credentials that the caller administers, by their organizations and keys."""
    if organization_id is not None:
        wanted = parse_id(organization_id, Kind.ORGANIZATION, field="organizationId")
        await check_organization(ctx, wanted, policy.READ)
        ids = [wanted]
    else:
        mine = {"user_id": ctx.user_id, "role": {"$in": [role.value for role in policy.READ.roles]}}
        found = await collection(OrganizationMember).find(mine, {"organization_id": 1}).sort("_id", 1).to_list()
        ids = [membership["organization_id"] for membership in found]
    parents: list[Record] = [{"_id": object_id} for object_id in ids]
    listed = await to_list(Credential, parents, "organization_id", sort=[("key", 1)], fields=fields) if ids else []
    return [credential for credentials in listed for credential in credentials]


@edge(scope=READ, viewer=True)
async def credentials_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields
) -> list[list[CredentialRecord]]:
    """The credentials of each organization, by their keys. Raises Forbidden for whoever may not read that."""
    await check_organizations(ctx, [organization["_id"] for organization in organizations], policy.READ)
    return await to_list(Credential, organizations, "organization_id", sort=[("key", 1)], fields=fields)


@operation("credentialCreate", inside=ORGANIZATION, permission=policy.WRITE, scope=WRITE, no_tool="it takes a secret")
async def create_credential(
    ctx: Context, membership: OrganizationMemberRecord, values: CredentialCreate
) -> Committed[CredentialRecord]:
    """Create a credential of an organization."""
    organization_id = membership["organization_id"]
    if values.key is None and values.name is None:
        raise BadUserInput("is required, unless there is a name", field="key")

    async def body(change: Change) -> CredentialRecord:
        await require_parent(change, Organization, organization_id)
        return await _insert(ctx, change, values)

    return await ctx.write(organization_id, body)


@operation(
    "credentialUpsert",
    inside=ORGANIZATION,
    permission=policy.WRITE,
    scope=WRITE,
    includes=("credentialCreate",),
    no_tool="it takes a secret",
)
async def upsert_credential(
    ctx: Context, membership: OrganizationMemberRecord, values: CredentialUpsert
) -> Committed[CredentialRecord]:
    """Let the credential of a key hold a value: a new one, or the one that there is, of whose value before nothing is
    kept."""
    organization_id = membership["organization_id"]

    async def body(change: Change) -> CredentialRecord:
        await require_parent(change, Organization, organization_id)
        mine = {"organization_id": organization_id, "key": values.key}
        before = await collection(Credential).find_one(mine, session=change.session)
        if before is None:
            return await _insert(ctx, change, CredentialCreate.of(**values.given()))
        said = {name: given for name, given in values.given().items() if name in ("description", "provider")}
        return await hold(ctx.services, change, before, values.value, {**said, **given_by_hand(values.value)})

    committed = await ctx.write(organization_id, body)
    await wake_waiting(committed.value["_id"])
    return committed


async def _insert(ctx: Context, change: Change, values: CredentialCreate) -> CredentialRecord:
    """Write a new credential within a change, and tell of it."""
    organization_id = values.organization_id
    mine = {"organization_id": organization_id}
    await require_room(change, Credential, mine, MAX_CREDENTIALS, "credentials of this organization")
    declared = values_of(values, Credential, CREATE)
    credential = to_record(
        Credential(
            organization_id=organization_id,
            **{**declared, "key": values.key or await free_key(change, organization_id, values.name or "")},
            **({"version": 0} if values.value is None else seen_of(values.value)),
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
    if values.value is not None:
        await keep(ctx.services.vault, change, credential, values.value)
    change.append(organization_id, CredentialCreated(credential=credential))
    return credential


async def free_key(change: Change, organization_id: ObjectId, name: str) -> str:
    """A key that says the name, and that no other credential of the organization has."""
    key = slug_of(name)
    taken = {"organization_id": organization_id, "key": key}
    if await collection(Credential).find_one(taken, {"_id": 1}, session=change.session) is None:
        return key
    return f"{key}-{secrets.token_hex(4)}"


@operation("credentialUpdate", opens=CREDENTIAL, permission=policy.WRITE, scope=WRITE, no_tool=PEOPLES)
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


@operation("credentialRotate", opens=CREDENTIAL, permission=policy.WRITE, scope=WRITE, no_tool="it takes a secret")
async def rotate_credential(
    ctx: Context, door: CredentialRecord, values: CredentialRotate
) -> Committed[CredentialRecord]:
    """Let a credential hold another value; of the one before nothing is kept."""

    async def body(change: Change) -> CredentialRecord:
        before = await require_credential(change, door["_id"])
        return await hold(ctx.services, change, before, values.value, given_by_hand(values.value))

    committed = await ctx.write(door["organization_id"], body)
    await wake_waiting(door["_id"])
    return committed


def given_by_hand(value: str) -> Record:
    """What is said of a credential that was given a value, whether it had one by a sign-in before or not."""
    return {**seen_of(value), "authorization": None, "authorization_expires_at": None, "refreshed_until": None}


async def hold(
    services: Services, change: Change, before: CredentialRecord, value: str, changes: Record
) -> CredentialRecord:
    """Let a credential hold another value within a change, and tell of it."""
    changes = {
        **changes,
        "version": before["version"] + 1,
        "verified_at": None,
        "problem": None,
        "rotated_at": change.at,
        "updated_at": change.at,
    }
    await collection(Credential).update_one({"_id": before["_id"]}, {"$set": changes}, session=change.session)
    credential = with_changes(before, changes)
    await keep(services.vault, change, credential, value)
    change.append(credential["organization_id"], CredentialRotated(credential=credential))
    return credential


@operation(
    "credentialReveal",
    opens=CREDENTIAL,
    permission=policy.REVEAL,
    scope=READ,
    caller=Caller.NO_AGENT,
    reveals=True,
)
async def reveal_credential(ctx: Context, door: CredentialRecord) -> Committed[Revealed]:
    """Read what a credential holds, which the history of the organization tells.

    A token has to name the scope `credentials:read`.
    """
    if READ not in ctx.subject.scopes:
        raise Forbidden(f"credentialReveal takes a token with the scope {READ}", scope=READ.value)

    async def body(change: Change) -> Revealed:
        credential = await require_credential(change, door["_id"])
        if not holds(credential):
            raise Conflict("It holds nothing yet")
        value = read_held(credential, await opened(ctx.services.vault, credential, change)).text
        change.append(credential["organization_id"], CredentialRevealed(credential=credential))
        return Revealed(credential, value)

    return await ctx.write(door["organization_id"], body)


@operation("credentialDelete", opens=CREDENTIAL, permission=policy.WRITE, scope=WRITE, no_tool=PEOPLES)
async def delete_credential(ctx: Context, door: CredentialRecord) -> Committed[ObjectId]:
    """Delete a credential with what it holds."""

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Credential, {"_id": door["_id"]}, change.session) is None:
            raise NotFound("Credential")
        await forget(change, door["_id"])
        default = {"_id": door["organization_id"], "default_credential_id": door["_id"]}
        none = {"$set": {"default_credential_id": None, "updated_at": change.at}}
        organization = await update_and_read(Organization, default, none, change.session)
        if organization is not None:
            change.append(door["organization_id"], OrganizationUpdated(organization=organization))
        change.append(door["organization_id"], CredentialDeleted(deleted_id=door["_id"]))
        return door["_id"]

    return await ctx.write(door["organization_id"], body)


async def credential_by_key(organization_id: ObjectId, key: str) -> ObjectId:
    """The id of the credential of a key, or else one that is nobody's: its door is asked in either case."""
    mine = {"organization_id": organization_id, "key": key}
    found = await collection(Credential).find_one(mine, {"_id": 1})
    return new_id(Kind.CREDENTIAL) if found is None else ObjectId(found["_id"])


async def require_credential(change: Change, credential_id: ObjectId) -> CredentialRecord:
    """A credential as it stands within a change; raises NotFound."""
    found = await collection(Credential).find_one({"_id": credential_id}, session=change.session)
    if found is None:
        raise NotFound("Credential")
    await require_parent(change, Organization, found["organization_id"])
    return found


def holds(credential: CredentialRecord) -> bool:
    """Whether a credential holds what lets anybody in."""
    return credential["version"] > 0 and credential.get("authorization") in (None, CredentialAuthorization.AUTHORIZED)


@dataclass(frozen=True, slots=True)
class Held:
    """What a credential holds: a key, or the token that its provider has given for a sign-in, with when that ends and
    what another one is given for."""

    text: str = field(repr=False)
    is_token: bool = False
    until: datetime | None = None
    refresh: str | None = field(default=None, repr=False)

    @property
    def sealed(self) -> str:
        """As it is sealed."""
        until = None if self.until is None else self.until.isoformat()
        return orjson.dumps({"text": self.text, "until": until, "refresh": self.refresh}).decode()


def read_held(credential: CredentialRecord, value: str) -> Held:
    """What is sealed of a credential that `holds` something."""
    if credential.get("authorization") is None:
        return Held(value)
    told = orjson.loads(value)
    until = None if told["until"] is None else datetime.fromisoformat(told["until"])
    return Held(told["text"], is_token=True, until=until, refresh=told["refresh"])


def seen_of(value: str) -> Record:
    """What is shown of what a credential holds: of a long one its end, and the family that it is of."""
    is_long = len(value) >= 4 * HINT
    family = _FAMILY.match(value) if is_long else None
    return {"hint": value[-HINT:] if is_long else None, "mask": f"{family[0]}...{MASKED}" if family else MASKED}
