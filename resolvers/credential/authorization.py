"""Credentials that a provider lets in by a sign-in of a person, in the browser in which that was asked for.

What the provider's answer is held against is sealed as what the credential holds until then; the browser has a part of
it alone, so that nobody signs in for somebody else. The first answer takes it away: there is no second one.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from bson import ObjectId

from auth.policies import credential as policy
from models import Credential, CredentialVersion, Organization, OrganizationMember
from models.base import Record, collection, to_record, utc_now, with_changes
from models.enums import CredentialAuthorization
from models.errors import BadUserInput, Conflict, NotConfigured, NotFound, OrreryError
from models.ids import Kind, parse_id
from models.records import CredentialRecord, OrganizationMemberRecord
from realtime.events.credential import CredentialCreated, CredentialUpdated
from realtime.log import Change, Committed
from resolvers.credential.credential import Held, free_key, hold, require_credential
from resolvers.credential.grant import address_of, client_of, redeem
from resolvers.credential.sealed import forget, keep, opened
from resolvers.inputs.credential import MAX_CREDENTIALS, CredentialAuthorizationFinish, CredentialAuthorize
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context, Services
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import Caller, operation
from resolvers.state.mission_wake import wake_waiting

CALLBACK = "/credentials/oauth/callback"
LIFETIME = timedelta(minutes=10)
NOT_BEGUN = "This sign-in was not begun in this browser, or is over: begin anew"

PENDING, AUTHORIZED = CredentialAuthorization.PENDING, CredentialAuthorization.AUTHORIZED


@dataclass(frozen=True, slots=True)
class Authorization:
    """A sign-in that is to happen at `url`, in a browser that brings `binding` back, by `expires_at`."""

    credential: CredentialRecord
    url: str
    binding: str
    expires_at: datetime


def authorization_of(credential: CredentialRecord) -> CredentialAuthorization | None:
    """How far a sign-in is; None of a credential whose key was given by hand."""
    word = credential.get("authorization")
    if word is None:
        return None
    until = credential.get("authorization_expires_at")
    is_over = word in (PENDING, AUTHORIZED) and until is not None and until <= utc_now()
    return CredentialAuthorization.EXPIRED if is_over else CredentialAuthorization(word)


@operation("credentialAuthorize", inside=ORGANIZATION, permission=policy.WRITE, caller=Caller.PERSON, reveals=True)
async def authorize_credential(
    ctx: Context, membership: OrganizationMemberRecord, values: CredentialAuthorize
) -> Committed[Authorization]:
    """Begin a sign-in at a provider, which is to let a credential in.

    The browser that goes to `url` has to bring `binding` back as the cookie `orrery_authorization`.
    """
    organization_id = membership["organization_id"]
    client, redirect = client_of(ctx.services, values.provider), _redirect(ctx.services)
    secret, binding, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    sealed = {"secret": secret, "binding": binding, "verifier": verifier, "redirect": redirect}

    async def body(change: Change) -> Authorization:
        await require_parent(change, Organization, organization_id)
        expires_at = change.at + LIFETIME
        began: Record = {"authorization": PENDING.value, "authorization_expires_at": expires_at}
        text = orjson.dumps({**sealed, "user": str(ctx.user_id)}).decode()
        if values.credential_id is None:
            credential = await _insert(ctx, change, values, began, text)
        else:
            mine = {"_id": values.credential_id, "organization_id": organization_id}
            before = await collection(Credential).find_one(mine, session=change.session)
            if before is None:
                raise NotFound("Credential")
            if before.get("provider") != values.provider:
                raise BadUserInput("is not of this provider", field="credentialId")
            credential = await hold(ctx.services, change, before, text, {**began, "hint": None, "mask": None})
        url = address_of(client, redirect=redirect, state=f"{credential['_id']}.{secret}", verifier=verifier)
        return Authorization(credential, url, binding, expires_at)

    return await ctx.write(organization_id, body)


async def _insert(
    ctx: Context, change: Change, values: CredentialAuthorize, began: Record, text: str
) -> CredentialRecord:
    organization_id, name = values.organization_id, values.name or values.provider
    mine = {"organization_id": organization_id}
    await require_room(change, Credential, mine, MAX_CREDENTIALS, "credentials of this organization")
    credential = to_record(
        Credential(
            organization_id=organization_id,
            key=await free_key(change, organization_id, name),
            name=name,
            provider=values.provider,
            created_by=ctx.user_id,
            created_at=change.at,
            rotated_at=change.at,
            updated_at=change.at,
            **began,
        )
    )
    await collection(Credential).insert_one(credential, session=change.session)
    await keep(ctx.services.vault, change, credential, text)
    change.append(organization_id, CredentialCreated(credential=credential))
    return credential


@operation("credentialAuthorizationFinish", caller=Caller.ANYONE)
async def finish_authorization(ctx: Context, values: CredentialAuthorizationFinish) -> Committed[CredentialRecord]:
    """Take what a provider answers to a sign-in, in the browser in which it was begun.

    A refusal is taken too: `authorization` tells of it.
    """
    credential, began = await _began(ctx.services, values)
    organization_id, user_id = credential["organization_id"], ObjectId(began["user"])
    held: Held | None = None
    if values.code is not None and await _administers(organization_id, user_id):
        client = client_of(ctx.services, credential.get("provider"))
        try:
            held = await redeem(
                ctx.services.outbound,
                client,
                code=values.code,
                redirect=began["redirect"],
                verifier=began["verifier"],
            )
        except OrreryError:
            held = None

    async def body(change: Change) -> CredentialRecord:
        before = await require_credential(change, credential["_id"])
        if before["version"] != credential["version"] or before.get("authorization") != PENDING:
            raise Conflict(NOT_BEGUN)
        if held is None or not await _administers(organization_id, user_id, change):
            return await fail(change, before)
        return await hold(ctx.services, change, before, held.sealed, authorized(held))

    committed = await ctx.write_as(organization_id, user_id, body)
    await wake_waiting(credential["_id"])
    return committed


async def _administers(organization_id: ObjectId, user_id: ObjectId, change: Change | None = None) -> bool:
    """Whether a person may write credentials of an organization by now."""
    session = None if change is None else change.session
    mine = {"organization_id": organization_id, "user_id": user_id}
    member = await collection(OrganizationMember).find_one(mine, session=session)
    return member is not None and policy.WRITE.allows(member["role"])


def authorized(held: Held) -> Record:
    """What is shown of a credential that a provider lets in: it ends by itself where nothing is given in its place."""
    until = held.until if held.refresh is None else None
    return {
        "authorization": AUTHORIZED.value,
        "authorization_expires_at": until,
        "refreshed_until": None,
        "hint": None,
        "mask": "****",
    }


async def fail(change: Change, before: CredentialRecord) -> CredentialRecord:
    """Note within a change that a provider does not let a credential in; what it held is gone."""
    changes: Record = {
        "authorization": CredentialAuthorization.FAILED.value,
        "authorization_expires_at": None,
        "refreshed_until": None,
        "updated_at": change.at,
    }
    await collection(Credential).update_one({"_id": before["_id"]}, {"$set": changes}, session=change.session)
    await forget(change, before["_id"])
    credential = with_changes(before, changes)
    change.append(credential["organization_id"], CredentialUpdated(credential=credential))
    return credential


async def _began(services: Services, values: CredentialAuthorizationFinish) -> tuple[CredentialRecord, dict[str, str]]:
    """The credential that a sign-in was begun for, with what was kept of that, which is gone then."""
    named, _, secret = values.state.partition(".")
    try:
        found = await collection(Credential).find_one({"_id": parse_id(named, Kind.CREDENTIAL)})
    except BadUserInput as error:
        raise BadUserInput(NOT_BEGUN, field="state") from error
    if found is None or authorization_of(found) is not PENDING:
        raise BadUserInput(NOT_BEGUN, field="state")
    try:
        began: dict[str, str] = orjson.loads(await opened(services.vault, found))
    except OrreryError as error:
        raise BadUserInput(NOT_BEGUN, field="state") from error
    same = [
        hmac.compare_digest(began[name].encode(), given.encode())
        for name, given in (("secret", secret), ("binding", values.binding))
    ]
    taken = {"credential_id": found["_id"], "version": found["version"]}
    if not all(same) or not (await collection(CredentialVersion).delete_one(taken)).deleted_count:
        raise BadUserInput(NOT_BEGUN, field="state")
    return found, began


def _redirect(services: Services) -> str:
    if not services.agent_board_prefix:
        raise NotConfigured("Sign-ins at providers take ORRERY_AGENT_BOARD_PREFIX")
    return services.base_url.rstrip("/") + services.agent_board_prefix + CALLBACK
