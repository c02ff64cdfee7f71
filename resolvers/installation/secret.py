"""Secrets of the installation: in the vault, as those of organizations are, so that its keys change for both."""

from bson import ObjectId

from auth.vault import Vault
from models.base import Record
from models.errors import DecryptionFailed, NotConfigured
from models.installation import INSTALLATION_ID
from realtime.log import Change
from resolvers.credential.sealed import forget, keep, opened

LOST = (DecryptionFailed, NotConfigured)
"""What opening a secret raises whose key is not there. It can still be replaced, and taken away."""


async def keep_secret(vault: Vault, change: Change, secret_id: ObjectId, value: str | None) -> None:
    """Store a secret in place of what was there; None takes it away. Raises NotConfigured."""
    if value is None:
        await forget(change, secret_id)
    else:
        await keep(vault, change, _named(secret_id), value)


async def open_secret(vault: Vault, secret_id: ObjectId, change: Change | None = None) -> str:
    """A secret that is there. Raises DecryptionFailed and NotConfigured."""
    return await opened(vault, _named(secret_id), change)


def _named(secret_id: ObjectId) -> Record:
    return {"_id": secret_id, "organization_id": INSTALLATION_ID, "version": 1}
