"""Documents that a start writes to see what the database does with them."""

from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import ProbeRecord

IDLE_SECONDS = 3600


class Probe(Recorded[ProbeRecord]):
    """One trial of the database's promises. What a killed process left behind is removed after an hour."""

    id: PydanticObjectId
    value: int
    at: datetime

    class Settings:
        name = "probes"
        indexes = [IndexModel([("at", ASCENDING)], expireAfterSeconds=IDLE_SECONDS)]
