"""Automations, and what came of them."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import timestamp
from models.records import AutomationRecord, AutomationTraceRecord
from rest.present import Id, Timestamp, presents, shown


@presents(models.Automation)
class Automation(TypedDict):
    """What a project does by itself. `action` has a `type`, and the arguments of the operation that it runs."""


@presents(models.AutomationTrace, only=("status", "error"))
class AutomationTrace(TypedDict):
    """What came of one event for an automation: `target` is the card, `actor` in whose name it acted."""

    event: Id
    target: Id
    actor: Id
    result: Literal["success", "failure"]
    timestamp: Timestamp


def automation(record: AutomationRecord) -> Automation:
    return shown(Automation, record)


def automation_trace(record: AutomationTraceRecord) -> AutomationTrace:
    return {
        **shown(AutomationTrace, record),
        "event": str(record["event_id"]),
        "target": str(record["card_id"]),
        "actor": str(record["actor_id"]),
        "result": "success" if record["status"] == "success" else "failure",
        "timestamp": timestamp(record["created_at"]),
    }
