"""What a workspace comes to at a glance."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bson import ObjectId
from typing_extensions import TypedDict

from models.agent_enums import AgentStatus, HealthArea
from models.base import Record, timestamp
from models.enums import MissionStatus
from models.ids import Kind, kind_of
from models.records import AgentRecord, MissionRecord
from resolvers.overview.agents import AgentEfficiency, AgentQueue
from resolvers.overview.counts import AgentCount, WorkspaceCounts
from resolvers.overview.health import HealthCheck, HealthSection, WorkspaceHealth
from rest.orkosi.present.agent import WORDS
from rest.orkosi.present.rule import Rule
from rest.orkosi.present.show import Timestamp, word
from rest.orkosi.task_words import status_word
from rest.present import Id

MICRO = 1_000_000

RuleWord = Literal["responding", "described", "soul", "assigned", "moving", "on_time", "not_empty", "sorted"]


class DashboardCountsData(TypedDict):
    """How much there is in the workspace; null for whoever is not signed in, `agents` also without a scope for them."""

    agents: int | None
    tasks: int | None
    products: int | None
    pending: int | None


class DashboardData(TypedDict):
    """What there is to read of the workspace, and how much there is in it."""

    endpoints: list[str]
    counts: DashboardCountsData


class AgentWordsData(TypedDict):
    """Agents by what they are about."""

    active: int
    idle: int
    offline: int
    error: int


class StatusWordsData(TypedDict):
    """Tasks by status, those that are archived among the last two."""

    todo: int
    in_progress: int
    review: int
    blocked: int
    done: int
    cancelled: int


class DashboardStatsData(TypedDict):
    """How much there is in the workspace. `tasks` are those that are not archived, `pending` those to do. What is told
    of agents is null without a scope for them."""

    agents: int | None
    tasks: int
    products: int
    pending: int
    agents_by_status: AgentWordsData | None
    tasks_by_status: StatusWordsData


class AgentEfficiencyData(TypedDict):
    """What an agent got done in the last 30 days, and what its models took for that. `tasks_per_1k_tokens` is null
    where they took none."""

    agent_id: int
    agent: str
    display_name: str
    tasks_completed: int
    model_calls: int
    tokens: int
    cost_usd: float
    tasks_per_1k_tokens: float | None


class AgentQueueData(TypedDict):
    """What waits for an agent, and since when: in seconds, null where nothing does. `queued_tasks` are its open tasks
    whose work has not started, `queued_runs` what it was asked for and has not begun with."""

    agent_id: int
    agent: str
    display_name: str
    queued_tasks: int
    queued_runs: int
    longest_wait_seconds: int | None
    average_wait_seconds: int | None


class RecentRunData(TypedDict):
    """A run of an agent. `agent` is its name, `task_id` the number of the task that it is about."""

    id: Id
    agent: str | None
    task_id: int | None
    status: str
    model: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None


class UsageDayData(TypedDict):
    """What models took on a day in UTC."""

    date: str
    tokens: int
    cost_usd: float


class WeekUsageData(TypedDict):
    """What models took in the last seven days; days without a call are left out."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    days: list[UsageDayData]


class OverviewData(TypedDict):
    """The workspace as it is. `token_balance` is what its organization has left; null for whoever may not read that.
    `recent_runs` are the last ten, `protocols` the first fifty rules."""

    token_balance: int | None
    recent_runs: list[RecentRunData]
    protocols: list[Rule]
    usage_7d: WeekUsageData


class OrkosiCheckData(TypedDict):
    """A rule: of how many it was asked, how many meet it, and the numbers of those that do not, at most 100."""

    rule: RuleWord
    checked: int
    passed: int
    score: float | None
    failing: list[int]


class OrkosiSectionData(TypedDict):
    """A part of the workspace. `score` is the mean of its rules, 0 to 1; null where there is nothing of it."""

    score: float | None
    checks: list[OrkosiCheckData]


class SystemHealthData(TypedDict):
    """How the workspace stands. `score` is the mean of its sections, 0 to 1; null where it is empty. `agents` is null
    without a scope for them."""

    score: float | None
    checked_at: Timestamp
    agents: OrkosiSectionData | None
    tasks: OrkosiSectionData
    products: OrkosiSectionData
    files: OrkosiSectionData


def stats(counts: WorkspaceCounts, inboxes: int) -> DashboardStatsData:
    """How much there is, of whose projects so many are no products."""
    tasks: Any = {status_word(counted.stage): counted.count for counted in counts.cards_by_stage}
    return {
        "agents": counts.agents,
        "tasks": counts.cards,
        "products": counts.projects - inboxes,
        "pending": counts.pending,
        "agents_by_status": None if counts.agents_by_status is None else _by_word(counts.agents_by_status),
        "tasks_by_status": tasks,
    }


def _by_word(counts: Sequence[AgentCount]) -> AgentWordsData:
    agents: Any = dict.fromkeys(AgentWordsData.__annotations__, 0)
    for counted in counts:
        agents[WORDS[AgentStatus(counted.status)]] += counted.count
    return agents  # type: ignore[no-any-return]


def efficiency(row: AgentEfficiency, agent: AgentRecord) -> AgentEfficiencyData:
    return {
        "agent_id": agent["number"] or 0,
        "agent": agent["slug"],
        "display_name": agent["name"],
        "tasks_completed": row["done"],
        "model_calls": row["calls"],
        "tokens": row["tokens"],
        "cost_usd": row["cost"] / MICRO,
        "tasks_per_1k_tokens": row["cards_per_thousand_tokens"],
    }


def queue(row: AgentQueue, agent: AgentRecord) -> AgentQueueData:
    return {
        "agent_id": agent["number"] or 0,
        "agent": agent["slug"],
        "display_name": agent["name"],
        "queued_tasks": row["cards"],
        "queued_runs": row["missions"],
        "longest_wait_seconds": row["longest_wait_seconds"],
        "average_wait_seconds": row["average_wait_seconds"],
    }


def run(record: MissionRecord, agent: AgentRecord | None, numbers: Mapping[ObjectId, int]) -> RecentRunData:
    """`numbers` are those of cards."""
    card_id: Any = record["card_id"]
    return {
        "id": str(record["_id"]),
        "agent": None if agent is None else agent["slug"],
        "task_id": numbers.get(card_id),
        "status": word(MissionStatus(record["status"])),
        "model": record["model"],
        "created_at": timestamp(record["created_at"]),
        "started_at": None if record["started_at"] is None else timestamp(record["started_at"]),
        "finished_at": None if record["finished_at"] is None else timestamp(record["finished_at"]),
    }


def week(usage: Record) -> WeekUsageData:
    return {
        "calls": usage["calls"],
        "input_tokens": usage["input_tokens"],
        "output_tokens": usage["output_tokens"],
        "cost_usd": usage["cost"] / MICRO,
        "days": [
            {
                "date": day["day"],
                "tokens": day["input_tokens"] + day["output_tokens"],
                "cost_usd": day["cost"] / MICRO,
            }
            for day in usage["days"]
        ],
    }


def health(found: WorkspaceHealth, numbers: Mapping[ObjectId, int]) -> SystemHealthData:
    """`numbers` are those of whatever fails a rule."""
    sections = {section.area: _section(section, numbers) for section in found.sections}
    return {
        "score": found.score,
        "checked_at": timestamp(found.at),
        "agents": sections.get(HealthArea.AGENTS),
        "tasks": sections[HealthArea.CARDS],
        "products": sections[HealthArea.PROJECTS],
        "files": sections[HealthArea.FILES],
    }


def failing(found: WorkspaceHealth, kind: Kind) -> Sequence[ObjectId]:
    """The ids of one kind that fail a rule."""
    checks = (check for section in found.sections for check in section.checks)
    return [object_id for check in checks for object_id in check.failing_ids if kind_of(object_id) is kind]


def _section(section: HealthSection, numbers: Mapping[ObjectId, int]) -> OrkosiSectionData:
    return {"score": section.score, "checks": [_check(check, numbers) for check in section.checks]}


def _check(check: HealthCheck, numbers: Mapping[ObjectId, int]) -> OrkosiCheckData:
    return {
        "rule": word(check.rule),
        "checked": check.checked,
        "passed": check.passed,
        "score": check.score,
        "failing": [numbers[object_id] for object_id in check.failing_ids if object_id in numbers],
    }
