"""What models are asked with: the key that a credential holds, or the token that its provider has given for it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bson import ObjectId

from models import Credential, Workspace
from models.base import collection, utc_now
from models.enums import CredentialAuthorization
from models.errors import Conflict, NotFound, OrreryError, Unavailable
from models.records import CredentialRecord
from realtime.log import Change
from resolvers.credential.authorization import authorization_of, authorized, fail
from resolvers.credential.credential import Held, hold, holds, read_held, require_credential
from resolvers.credential.grant import client_of, renew
from resolvers.credential.sealed import opened
from resolvers.kit.context import Services

AHEAD = timedelta(minutes=1)
"""Before a token ends, another one is asked for."""
TURN = timedelta(seconds=30)
"""For which one process alone asks for it."""
LOOK = 0.1
PATIENCE = 5.0
"""Seconds."""

_RENEWING: set["asyncio.Task[Token]"] = set()
"""What is under way: the loop itself holds no task on to."""


@dataclass(frozen=True, slots=True)
class Token:
    """`is_bearer` says that it was given for a sign-in, and is no key of the provider's own; `version` is that of the
    credential which holds it, if one does."""

    text: str = field(repr=False)
    is_bearer: bool = False
    version: int | None = field(default=None, compare=False)


async def token_of(services: Services, credential: CredentialRecord) -> Token:
    """What a credential lets a client of its provider in with; nobody is shown it.

    Raises Conflict where it holds nothing that does, Unavailable where its provider does not answer, DecryptionFailed
    and NotConfigured.
    """
    for _ in range(int(TURN.total_seconds() / LOOK)):
        if not holds(credential) or authorization_of(credential) is CredentialAuthorization.EXPIRED:
            raise Conflict("It holds nothing that lets anybody in")
        held = read_held(credential, await opened(services.vault, credential))
        if held.until is None or held.refresh is None or held.until > utc_now() + AHEAD:
            return Token(held.text, held.is_token, credential["version"])
        if await _take_turn(credential):
            return await _to_the_end(_renewed(services, credential, held))
        await asyncio.sleep(LOOK)
        found = await collection(Credential).find_one({"_id": credential["_id"]})
        if found is None:
            raise NotFound("Credential")
        credential = found
    raise Unavailable


async def token_for(services: Services, workspace_id: ObjectId, credential_id: ObjectId) -> Token:
    """The same for a credential of the organization of a workspace; raises NotFound for one of another."""
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, {"organization_id": 1})
    found = await collection(Credential).find_one({"_id": credential_id})
    if workspace is None or found is None or found["organization_id"] != workspace["organization_id"]:
        raise NotFound("Credential")
    return await token_of(services, found)


async def _take_turn(credential: CredentialRecord) -> bool:
    """Whether it is here that another token is asked for: a provider takes what it is asked for with once."""
    now = utc_now()
    free = [{"refreshed_until": None}, {"refreshed_until": {"$lte": now}}]
    mine = {"_id": credential["_id"], "version": credential["version"], "$or": free}
    turn = {"$set": {"refreshed_until": now + TURN}}
    return bool((await collection(Credential).update_one(mine, turn)).modified_count)


async def _to_the_end(renewing: Coroutine[Any, Any, Token]) -> Token:
    """What is given for a token, which is kept also where nobody waits for it any more: nothing else is given for that
    once more."""
    task = asyncio.create_task(renewing, name="renewal")
    _RENEWING.add(task)
    task.add_done_callback(_RENEWING.discard)
    return await asyncio.shield(task)


async def end_renewals() -> None:
    """Wait for the tokens that are on their way, and no longer than `PATIENCE`."""
    if _RENEWING:
        await asyncio.wait(_RENEWING, timeout=PATIENCE)


async def _renewed(services: Services, credential: CredentialRecord, held: Held) -> Token:
    renewed: Held | None = None
    try:
        client = client_of(services, credential.get("provider"))
        renewed = await renew(services.outbound, client, held.refresh or "")
    except Conflict:
        renewed = None  # it is refused for good
    except OrreryError:
        await collection(Credential).update_one({"_id": credential["_id"]}, {"$set": {"refreshed_until": None}})
        raise

    async def body(change: Change) -> CredentialRecord:
        before = await require_credential(change, credential["_id"])
        if before["version"] != credential["version"]:
            return credential  # it was given something else meanwhile
        if renewed is None:
            return await fail(change, before)
        return await hold(services, change, before, renewed.sealed, authorized(renewed))

    kept = (await services.hub.log.write(credential["organization_id"], None, body)).value
    if renewed is None:
        raise Conflict("Its provider does not let it in any more")
    return Token(renewed.text, is_bearer=True, version=kept["version"])
