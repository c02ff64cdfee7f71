"""What a workspace has stored, in bytes."""

from beanie import PydanticObjectId
from pydantic import Field

from models.base import Recorded
from models.enums import StorageKind
from models.records import StorageAccountRecord


class StorageAccount(Recorded[StorageAccountRecord]):
    """One account a workspace, whose id it has: `bytes` of everything that counts, and of each kind alone.

    It changes in the transaction of what it counts (`resolvers.files.storage_account`).
    """

    id: PydanticObjectId
    bytes: int
    kinds: dict[StorageKind, int] = Field(default_factory=dict)

    class Settings:
        name = "storage_accounts"
