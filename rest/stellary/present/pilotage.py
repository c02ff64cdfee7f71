"""What a workspace steers by. Objectives are called missions here; those of agents are something else."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.enums import PilotageRole as PilotageRoleValue
from models.records import (
    DecisionRecord,
    ObjectiveRecord,
    PilotageDocumentRecord,
    StandingOrderRecord,
    TodoRecord,
)
from resolvers.pilotage.priority import WarnedPriority
from rest.present import Id, presents, shown, word
from rest.stellary.present.account import PilotageRole
from rest.stellary.present.agent import Mission, mission
from rest.stellary.present.base import id_or_none
from rest.stellary.present.project import PortfolioProject, PortfolioTotals
from rest.stellary.present.project import portfolio as project_portfolio

MICRO_USD = 1_000_000


@presents(models.Objective)
class Objective(TypedDict):
    """Something that a workspace wants to reach; the interface calls it a mission."""


@presents(models.PilotagePriority)
class PilotagePriority(TypedDict):
    """Something that comes before the rest."""


class WarnedPilotagePriority(PilotagePriority):
    """A priority, and what is to be said of all that are active."""

    warnings: list[str]


@presents(models.Todo)
class Todo(TypedDict):
    """A step towards a mission of the pilotage or a priority, or by itself."""

    missionId: Id | None


@presents(models.Decision)
class Decision(TypedDict):
    """What was decided."""


@presents(models.PilotageDocument)
class PilotageDocument(TypedDict):
    """A document that counts at present, wherever it is kept."""


@presents(models.StandingOrder)
class StandingOrder(TypedDict):
    """What agents always keep to: all of them, or the one of `agentId`."""

    agentId: Id | None


class PilotageCounts(TypedDict):
    """How many there are; missions and todos by their status."""

    missions: dict[str, int]
    todos: dict[str, int]
    activePriorities: int
    decisions: int
    activeDocs: int
    standingOrders: int


class PilotageHistory(TypedDict):
    """What was done and decided in earlier cycles, the newest first."""

    missions: list[Objective]
    todos: list[Todo]
    decisions: list[Decision]


class UsageContext(TypedDict):
    """What the state was read for, and by whom."""

    profile: Literal["pilotage", "execution", "revue"]
    role: PilotageRole
    intent: Literal["weekly_review", "daily_execution", "sprint_planning", "context_only"]
    detailLevel: Literal["minimal", "standard", "detailed"]


class PilotageState(TypedDict):
    """How a pilotage stands. What the profile or the detail leaves out is an empty list; `counts` has all."""

    cycle: str
    contractVersion: int
    missions: list[Objective]
    activePriorities: list[PilotagePriority]
    todos: list[Todo]
    decisions: list[Decision]
    activeDocs: list[PilotageDocument]
    standingOrders: list[StandingOrder]
    counts: PilotageCounts
    warnings: list[str]
    history: NotRequired[PilotageHistory]
    usageContext: UsageContext


class MissionCounts(TypedDict):
    """How many missions of agents stand where, those that have ended aside."""

    queued: int
    running: int
    awaiting_approval: int


class Spent(TypedDict):
    """What models have cost in the last 30 days."""

    calls: int
    inputTokens: int
    outputTokens: int
    costUsd: float


class PilotageDashboard(TypedDict):
    """What needs attention at present; `approvals` counts the actions that wait for a decision."""

    cycle: str
    counts: PilotageCounts
    warnings: list[str]
    agentMissions: MissionCounts
    runs: list[Mission]
    approvals: int
    spent: Spent


class PilotageRisk(TypedDict):
    """Something that endangers the work: a mission of the pilotage that is blocked, or cards of a project."""

    kind: Literal["objective_blocked", "project_late", "cards_overdue", "cards_blocked"]
    count: int
    missionId: Id | None
    projectId: Id | None


class PilotagePortfolio(TypedDict):
    """The projects of a workspace with what they add up to, its open missions, and what endangers both."""

    projects: list[PortfolioProject]
    totals: PortfolioTotals
    missions: list[Objective]
    risks: list[PilotageRisk]


def objective(record: ObjectiveRecord) -> Objective:
    return shown(Objective, record)


def warned_priority(warned: WarnedPriority) -> WarnedPilotagePriority:
    return {**shown(PilotagePriority, warned.pilotage_priority), "warnings": warned.warnings}


def todo(record: TodoRecord) -> Todo:
    return {**shown(Todo, record), "missionId": id_or_none(record["objective_id"])}


def decision(record: DecisionRecord) -> Decision:
    return shown(Decision, record)


def document(record: PilotageDocumentRecord) -> PilotageDocument:
    return shown(PilotageDocument, record)


def standing_order(record: StandingOrderRecord) -> StandingOrder:
    return {**shown(StandingOrder, record), "agentId": id_or_none(record["agent_id"])}


def state(found: AnyRecord) -> PilotageState:
    """`found` is what the operation returns."""
    made: PilotageState = {
        "cycle": _cycle(found),
        "contractVersion": found["contract_version"],
        "missions": [objective(record) for record in found["objectives"]],
        "activePriorities": [shown(PilotagePriority, record) for record in found["priorities"]],
        "todos": [todo(record) for record in found["todos"]],
        "decisions": [decision(record) for record in found["decisions"]],
        "activeDocs": [document(record) for record in found["documents"]],
        "standingOrders": [standing_order(record) for record in found["standing_orders"]],
        "counts": _counts(found["counts"]),
        "warnings": found["warnings"],
        "usageContext": {
            "profile": word(found["profile"]),
            "role": word(PilotageRoleValue(found["role"])),
            "intent": word(found["intent"]),
            "detailLevel": word(found["detail_level"]),
        },
    }
    if (before := found["history"]) is not None:
        made["history"] = {
            "missions": [objective(record) for record in before["objectives"]],
            "todos": [todo(record) for record in before["todos"]],
            "decisions": [decision(record) for record in before["decisions"]],
        }
    return made


def dashboard(found: AnyRecord) -> PilotageDashboard:
    """`found` is what the operation returns."""
    spent = found["spent"]
    return {
        "cycle": _cycle(found),
        "counts": _counts(found["counts"]),
        "warnings": found["warnings"],
        "agentMissions": found["missions"],
        "runs": [mission(record) for record in found["runs"]],
        "approvals": found["approvals"],
        "spent": {
            "calls": spent["calls"],
            "inputTokens": spent["input_tokens"],
            "outputTokens": spent["output_tokens"],
            "costUsd": spent["cost"] / MICRO_USD,
        },
    }


def portfolio(found: AnyRecord) -> PilotagePortfolio:
    """`found` is what the operation returns."""
    return {
        **project_portfolio(dict(found)),
        "missions": [objective(record) for record in found["objectives"]],
        "risks": [
            {
                "kind": word(risk["kind"]),
                "count": risk["count"],
                "missionId": id_or_none(risk["objective_id"]),
                "projectId": id_or_none(risk["project_id"]),
            }
            for risk in found["risks"]
        ],
    }


def _cycle(found: AnyRecord) -> str:
    return f"v{found['cycle']}"


def _counts(found: AnyRecord) -> PilotageCounts:
    return {
        "missions": found["objectives"],
        "todos": found["todos"],
        "activePriorities": found["active_priorities"],
        "decisions": found["decisions"],
        "activeDocs": found["documents"],
        "standingOrders": found["active_standing_orders"],
    }
