"""The installation: what is there once, whoever is in it."""

from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import Field

from models.base import Recorded, utc_now
from models.ids import Kind
from models.records import InstallationRecord

INSTALLATION_ID = ObjectId(bytes([0, 0, 0, 0, Kind.INSTALLATION, 0, 0, 0, 0, 0, 0, 0]))
"""Of the one there is: whoever writes it for the first time is the only one to."""


class Installation(Recorded[InstallationRecord]):
    """That somebody has set the installation up, when nobody was there yet."""

    id: PydanticObjectId = PydanticObjectId(INSTALLATION_ID)
    set_up_by: PydanticObjectId
    created_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "installation"
