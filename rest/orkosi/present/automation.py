"""Automations of agents."""

from typing_extensions import TypedDict

import models
from models.base import timestamp
from models.records import AgentAutomationRecord, AgentRecord
from resolvers.machine.automations import AutomationFile
from rest.orkosi.present.show import Timestamp, presents, shown


class AutomationLiveData(TypedDict):
    """What the gateway finds at a path at the moment."""

    exists: bool
    modified_at: Timestamp | None


@presents(models.AgentAutomation)
class OrkosiAutomationData(TypedDict):
    """What starts an agent. `live` is its file at the moment, null where the gateway does not look."""

    id: int | None
    agent_name: str | None
    live: AutomationLiveData | None
    created_at: Timestamp
    updated_at: Timestamp


def automation(
    record: AgentAutomationRecord, agent: AgentRecord | None, file: AutomationFile | None
) -> OrkosiAutomationData:
    """One that starts an agent, with its file."""
    return {
        **shown(OrkosiAutomationData, record),
        "id": record["number"],
        "agent_name": None if agent is None else agent["slug"],
        "live": None if file is None else _live(file),
        "created_at": timestamp(record["created_at"]),
        "updated_at": timestamp(record["updated_at"]),
    }


def _live(file: AutomationFile) -> AutomationLiveData:
    changed = file.modified_at
    return {"exists": file.exists, "modified_at": None if changed is None else timestamp(changed)}
