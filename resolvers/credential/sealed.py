"""What credentials hold: sealed where it is stored, and opened for an admin or for a model's client alone."""

from bson import ObjectId

from auth.vault import Bound, Sealed, Vault
from models import CredentialVersion
from models.base import AnyRecord, collection, to_record
from models.errors import DecryptionFailed
from models.records import CredentialVersionRecord
from realtime.log import Change


def bound_to(version: CredentialVersionRecord) -> Bound:
    """What a sealed value belongs to."""
    return Bound(version["organization_id"], version["credential_id"], version["version"])


def sealed_in(version: CredentialVersionRecord) -> Sealed:
    """The sealed value of a record."""
    return Sealed(version["kid"], version["wrapped_key"], version["sealed"])


async def keep(vault: Vault, change: Change, credential: AnyRecord, value: str) -> None:
    """Store what a credential holds as of its version, in place of what it held. Raises NotConfigured."""
    sealed = vault.seal(Bound(credential["organization_id"], credential["_id"], credential["version"]), value)
    await forget(change, credential["_id"])
    version = CredentialVersion(
        organization_id=credential["organization_id"],
        credential_id=credential["_id"],
        version=credential["version"],
        kid=sealed.kid,
        wrapped_key=sealed.wrapped_key,
        sealed=sealed.sealed,
        created_at=change.at,
    )
    await collection(CredentialVersion).insert_one(to_record(version), session=change.session)


async def forget(change: Change, credential_id: ObjectId) -> None:
    """Delete what a credential holds."""
    await collection(CredentialVersion).delete_one({"credential_id": credential_id}, session=change.session)


async def opened(vault: Vault, credential: AnyRecord, change: Change | None = None) -> str:
    """What a credential holds. Raises DecryptionFailed and NotConfigured."""
    session = None if change is None else change.session
    found = await collection(CredentialVersion).find_one({"credential_id": credential["_id"]}, session=session)
    if found is None:
        raise DecryptionFailed("What it held is gone")
    return vault.open(bound_to(found), sealed_in(found))
