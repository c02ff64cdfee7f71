"""Which keys of the vault seal credentials, and having another one do it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from auth.vault import Vault
from models import CredentialVersion
from models.base import aggregate, collection
from resolvers.credential.sealed import bound_to, sealed_in

AT_A_TIME = 100

log = logging.getLogger("orrery.vault")


async def sealed_by() -> dict[str, int]:
    """How many credentials each key seals, by its kid."""
    by_kid = {"$group": {"_id": "$kid", "count": {"$sum": 1}}}
    rows = await aggregate(CredentialVersion, [{"$sort": {"kid": 1}}, by_kid])
    return {row["_id"]: row["count"] for row in rows}


async def warn_of_missing(vault: Vault) -> None:
    """Say in the log that some credentials are sealed by a key that is not there."""
    for between in _others(key.kid for key in vault.keys):
        found = await collection(CredentialVersion).find_one(between, {"kid": 1})
        if found is not None:
            log.error("credentials are sealed by the key %s, which ORRERY_VAULT_KEYS does not have", found["kid"])


async def rewrap_all(vault: Vault, done: Callable[[], None]) -> int:
    """Have the first key of the vault seal all credentials, whoever writes meanwhile; how many it did not seal before.

    What was interrupted goes on where it was. Raises DecryptionFailed where a key is missing.
    """
    versions, count = collection(CredentialVersion), 0
    for others in _others([vault.kid]):
        while found := await versions.find(others).limit(AT_A_TIME).to_list():
            for version in found:
                sealed = vault.rewrap(bound_to(version), sealed_in(version))
                # One that was rotated or deleted meanwhile is gone, and its successor is sealed by the first key.
                seen = {"_id": version["_id"], "kid": version["kid"]}
                changes = {"kid": sealed.kid, "wrapped_key": sealed.wrapped_key}
                count += (await versions.update_one(seen, {"$set": changes})).modified_count
                done()
    return count


def _others(kids: Iterable[str]) -> list[Mapping[str, Any]]:
    """What finds the credentials of all keys but some, by their index: what lies between these."""
    bounds = sorted(kids)
    if not bounds:
        return [{"kid": {"$gt": ""}}]
    between = [{"kid": {"$gt": lower, "$lt": upper}} for lower, upper in pairwise(bounds)]
    return [{"kid": {"$lt": bounds[0]}}, *between, {"kid": {"$gt": bounds[-1]}}]
