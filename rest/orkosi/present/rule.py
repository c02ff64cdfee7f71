"""Rules."""

from typing_extensions import TypedDict

from models.base import timestamp
from models.records import AgentRecord, StandingOrderRecord
from rest.orkosi.present.show import Timestamp

ALL = "all"
"""The scope of a rule for every agent."""


class Rule(TypedDict):
    """What agents always keep to. `scope` is `all`, or the name of the agent that it is for alone."""

    id: int | None
    rule: str
    scope: str
    category: str | None
    permanent: bool
    active: bool
    created_at: Timestamp
    updated_at: Timestamp


def rule(record: StandingOrderRecord, agent: AgentRecord | None) -> Rule:
    return {
        "id": record["number"],
        "rule": record["text"],
        "scope": ALL if agent is None else agent["slug"],
        "category": record["category"],
        "permanent": record["permanent"],
        "active": record["active"],
        "created_at": timestamp(record["created_at"]),
        "updated_at": timestamp(record["updated_at"]),
    }
