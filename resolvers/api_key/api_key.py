"""API keys of organizations: each acts as a user of its own, so that it outlives whoever made it."""

from datetime import timedelta

from bson import ObjectId

from auth.policies import api_key as policy
from auth.policies.workspace import MANAGE_MEMBERS
from auth.secrets import SHOWN_PREFIX_LENGTH, hash_secret, new_token
from models import ApiToken, Organization, User, Workspace, WorkspaceMember
from models.base import AnyRecord, Record, collection, with_changes
from models.enums import Role, TokenScope
from models.errors import Conflict, NotFound
from models.records import ApiTokenRecord, OrganizationMemberRecord, WorkspaceRecord
from realtime.events.api_key import ApiKeyCreated, ApiKeyDeleted, ApiKeyRevoked, ApiKeyRotated, ApiKeyUpdated
from realtime.log import Change, Committed
from resolvers.account.api_token import NewToken, insert_token, without_secrets
from resolvers.deletion.deletion import delete
from resolvers.inputs.api_key import ApiKeyCreate, ApiKeyRotate, ApiKeyUpdate
from resolvers.kit.access import check_workspace, workspace_membership
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.nouns import API_TOKEN, ORGANIZATION
from resolvers.kit.operation import Caller, check_scope, operation
from resolvers.member.service_user import add_service_user, change_service_role, remove_service_user
from resolvers.member.workspace_member import tell_name

ADMINISTER = TokenScope.ACCOUNT_WRITE
MAX_KEYS = 100
"""Of one organization, that are not deleted."""
REVOKED = "The key was revoked, which is for good: make another"

NOT_DELETED = {"deleted_at": None}


@operation(
    "apiKey", opens=API_TOKEN.whole, permission=policy.READ, scope=ADMINISTER, caller=Caller.PERSON, read_only=True
)
async def get_api_key(_ctx: Context, door: ApiTokenRecord) -> ApiTokenRecord:
    """An API key of an organization, without its text."""
    return without_secrets(existing_key(door))


@operation(
    "apiKeys",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.READ,
    scope=ADMINISTER,
    caller=Caller.PERSON,
    read_only=True,
)
async def list_api_keys(_ctx: Context, membership: OrganizationMemberRecord) -> list[ApiTokenRecord]:
    """The API keys of an organization, revoked ones too, the newest first; it has at most 100."""
    mine = {"organization_id": membership["organization_id"], **NOT_DELETED}
    return [without_secrets(key) for key in await collection(ApiToken).find(mine).sort("_id", -1).to_list()]


@operation(
    "apiKeyCreate",
    inside=ORGANIZATION,
    permission=policy.WRITE,
    scope=ADMINISTER,
    caller=Caller.PERSON,
    reveals=True,
)
async def create_api_key(
    ctx: Context, membership: OrganizationMemberRecord, values: ApiKeyCreate
) -> Committed[NewToken]:
    """Create an API key of an organization.

    Its text is shown here and never again. What it may do does not end with whoever made it.
    """
    for scope in values.scopes:
        check_scope(ctx, scope, "apiKeyCreate")
    organization_id = membership["organization_id"]
    workspace_id = await _workspace_for(ctx, organization_id, values.workspace_id)

    async def body(change: Change) -> NewToken:
        await require_parent(change, Organization, organization_id)
        mine = {"organization_id": organization_id, **NOT_DELETED}
        await require_room(change, ApiToken, mine, MAX_KEYS, "keys of this organization")
        workspace = await _workspace(change, workspace_id)
        user = await add_service_user(change, workspace, values.name, "key", role_of(values.scopes))
        created = await insert_token(
            change,
            user["_id"],
            name=values.name,
            scopes=values.scopes,
            expires_at=values.expires_at,
            workspace_id=workspace_id,
            organization_id=organization_id,
            description=values.description,
        )
        change.append(organization_id, ApiKeyCreated(api_token=created.api_token))
        return created

    return await ctx.write(organization_id, body)


@operation("apiKeyUpdate", opens=API_TOKEN, permission=policy.WRITE, scope=ADMINISTER, caller=Caller.PERSON)
async def update_api_key(ctx: Context, door: ApiTokenRecord, values: ApiKeyUpdate) -> Committed[ApiTokenRecord]:
    """Change what is given of an API key: its user takes the name over, and only reads where all its scopes do.

    Raises Conflict for a revoked one that is to let in again.
    """
    given = values.given()
    for scope in given.get("scopes", ()):
        check_scope(ctx, scope, "apiKeyUpdate")

    async def body(change: Change) -> ApiTokenRecord:
        before = await _find(change, door["_id"])
        if given.get("is_active") and before.get("revoked_at") is not None:
            raise Conflict(REVOKED, field="isActive")
        key, differs = await set_fields(change, ApiToken, door["_id"], given)
        if differs:
            await _take_over(change, before, key)
            change.append(_organization(key), ApiKeyUpdated(api_token=without_secrets(key)))
        return without_secrets(key)

    return await ctx.write(_organization(door), body, revokes=True)


async def _take_over(change: Change, before: ApiTokenRecord, key: ApiTokenRecord) -> None:
    """Let the user of a key be called as the key is, and do what its scopes say."""
    if key["name"] != before["name"]:
        name = {"$set": {"name": key["name"]}}
        await collection(User).update_one({"_id": key["user_id"]}, name, session=change.session)
        await tell_name(change, key["user_id"])
    if (role := role_of(key["scopes"])) is not role_of(before["scopes"]):
        await change_service_role(change, key["user_id"], role)


@operation(
    "apiKeyRotate",
    opens=API_TOKEN,
    permission=policy.WRITE,
    scope=ADMINISTER,
    caller=Caller.PERSON,
    reveals=True,
)
async def rotate_api_key(ctx: Context, door: ApiTokenRecord, values: ApiKeyRotate) -> Committed[NewToken]:
    """Give an API key another text, which is shown here and never again.

    The text of before counts too for `grace_hours`, and any older one no more. Raises Conflict for a revoked key.
    """

    async def body(change: Change) -> NewToken:
        before = await _find(change, door["_id"])
        if before.get("revoked_at") is not None:
            raise Conflict(REVOKED)
        secret, grace = new_token(), timedelta(hours=values.grace_hours)
        changes: Record = {
            "prefix": secret[:SHOWN_PREFIX_LENGTH],
            "secret_hash": hash_secret(secret),
            "previous_hash": before["secret_hash"] if grace else None,
            "previous_until": change.at + grace if grace else None,
            "rotations": before.get("rotations", 0) + 1,
        }
        key = await _set(change, before, changes)
        change.append(_organization(key), ApiKeyRotated(api_token=key))
        return NewToken(key, secret)

    return await ctx.write(_organization(door), body, revokes=True)


@operation("apiKeyRevoke", opens=API_TOKEN, permission=policy.WRITE, scope=ADMINISTER, caller=Caller.PERSON)
async def revoke_api_key(ctx: Context, door: ApiTokenRecord) -> Committed[ApiTokenRecord]:
    """Revoke an API key for good: it lets nobody in from now on, and is still listed."""

    async def body(change: Change) -> ApiTokenRecord:
        before = await _find(change, door["_id"])
        if before.get("revoked_at") is not None:
            return without_secrets(before)
        key = await _set(change, before, {"revoked_at": change.at, "is_active": False, **_NO_TEXT_OF_BEFORE})
        change.append(_organization(key), ApiKeyRevoked(api_token=key))
        return key

    return await ctx.write(_organization(door), body, revokes=True)


@operation("apiKeyDelete", opens=API_TOKEN, permission=policy.WRITE, scope=ADMINISTER, caller=Caller.PERSON)
async def delete_api_key(ctx: Context, door: ApiTokenRecord) -> Committed[ObjectId]:
    """Delete an API key: it lets nobody in, and is found no more. What was written with it keeps its author."""

    async def body(change: Change) -> ObjectId:
        before = await _find(change, door["_id"])
        await _set(change, before, {"deleted_at": change.at, **_NO_TEXT_OF_BEFORE})
        await remove_service_user(change, await _workspace(change, before["workspace_id"]), before["user_id"])
        change.append(_organization(before), ApiKeyDeleted(deleted_id=before["_id"]))
        return before["_id"]

    return await delete(ctx, _organization(door), body, revokes=True)


_NO_TEXT_OF_BEFORE = {"previous_hash": None, "previous_until": None}


def existing_key(key: ApiTokenRecord) -> ApiTokenRecord:
    """A key that was not deleted; raises NotFound for one that was."""
    if key.get("deleted_at") is not None:
        raise NotFound("API key")
    return key


def _organization(key: ApiTokenRecord) -> ObjectId:
    """The organization whose key it is."""
    return ObjectId(key["organization_id"])


def role_of(scopes: list[TokenScope] | list[str]) -> Role:
    """What the user of a key may do: only read where all its scopes do."""
    return Role.VIEWER if all(scope.endswith(":read") for scope in scopes) else Role.MEMBER


async def _find(change: Change, key_id: ObjectId) -> ApiTokenRecord:
    """A key as it stands within a change; raises NotFound."""
    found = await collection(ApiToken).find_one({"_id": key_id, **NOT_DELETED}, session=change.session)
    if found is None:
        raise NotFound("API key")
    await require_parent(change, Organization, _organization(found))
    return found


async def _set(change: Change, before: ApiTokenRecord, changes: AnyRecord) -> ApiTokenRecord:
    """The key as it is shown, with other values."""
    await collection(ApiToken).update_one({"_id": before["_id"]}, {"$set": changes}, session=change.session)
    return without_secrets(with_changes(before, changes))


async def _workspace_for(ctx: Context, organization_id: ObjectId, wanted: ObjectId | None) -> ObjectId:
    """The workspace that a new key works in: it joins that, so the caller manages the members there."""
    if wanted is not None:
        membership = await check_workspace(ctx, wanted, MANAGE_MEMBERS)
        if membership["organization_id"] != organization_id:
            raise NotFound("Workspace")
        return wanted
    organization = await collection(Organization).find_one({"_id": organization_id}, {"default_workspace_id": 1})
    default_id = None if organization is None else organization.get("default_workspace_id")
    if default_id is not None and await _manages(ctx, default_id):
        return default_id
    roles = [role.value for role in MANAGE_MEMBERS.roles]
    mine = {"user_id": ctx.user_id, "organization_id": organization_id, "role": {"$in": roles}}
    async for member in collection(WorkspaceMember).find(mine, {"workspace_id": 1}).sort("_id", 1):
        if await _manages(ctx, member["workspace_id"]):
            return member["workspace_id"]
    raise Conflict("A key works in a workspace: there is none here whose members you manage")


async def _manages(ctx: Context, workspace_id: ObjectId) -> bool:
    """Whether the caller manages the members of a workspace, which is not being deleted."""
    membership = await workspace_membership(ctx, workspace_id)
    return membership is not None and MANAGE_MEMBERS.allows(membership["role"])


async def _workspace(change: Change, workspace_id: ObjectId | None) -> WorkspaceRecord:
    found = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
    if found is None:
        raise NotFound("Workspace")
    return found
