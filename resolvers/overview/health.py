"""What is amiss in a workspace: rules that are asked of its agents, cards, projects and files, and what fails them.

Cards are told by the facts that are kept of them: none is read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Agent, Project, WorkspaceFile
from models.agent_enums import AgentStatus, HealthArea, HealthRule
from models.base import AnyRecord, Record, collection, utc_now
from models.card_enums import CardStage, ProjectStatus
from models.enums import TokenScope
from models.ids import among
from models.records import AgentRecord, ProjectRecord, WorkspaceFileRecord, WorkspaceMemberRecord
from resolvers.agent.agent import EXISTING
from resolvers.agent.presence import NEEDS, status_of_agents
from resolvers.agent.scaffold import SOUL, folder_of
from resolvers.column.stage import Stages, stages_where
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.slugs import INBOX
from resolvers.kit.tombstone import standing
from resolvers.lane.card_facts import Facts, milliseconds
from resolvers.lane.card_facts_keep import FIGURES, PerProject, facts_where
from resolvers.lane.due import has_passed, is_over

READ, AGENTS_READ = TokenScope.PROJECTS_READ, TokenScope.PILOTAGE_READ
STILL = timedelta(days=14)
"""How long a card whose work has started may go without a change."""
MAX_NAMED = 100
"""Of what fails one rule."""
FAILING = (AgentStatus.OFFLINE, AgentStatus.BLOCKED, AgentStatus.ERROR)
_OF_AGENTS = dict.fromkeys((*NEEDS, "slug", "role", "description"), 1)
_OF_PROJECTS = dict.fromkeys(("workspace_id", "slug", "status", "tagline", "description", "deadline"), 1)
_OF_FILES = dict.fromkeys(("workspace_id", "path", "size", "category"), 1)

Open = tuple[ObjectId, Facts, bool]
"""A card that is open, and whether its work has started."""
Known = tuple[AgentRecord, AgentStatus]
"""An agent, and what it is about."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A rule: of how many it was asked, how many meet it, and the ids of those that do not."""

    rule: HealthRule
    checked: int
    passed: int
    failing_ids: list[ObjectId]

    @property
    def score(self) -> float | None:
        """The part that meets it, 0 to 1; None where it was asked of none."""
        return self.passed / self.checked if self.checked else None


@dataclass(frozen=True, slots=True)
class HealthSection:
    """What is looked at, and by which rules."""

    area: HealthArea
    checks: list[HealthCheck]

    @property
    def score(self) -> float | None:
        """The mean of its rules."""
        return _mean(check.score for check in self.checks)


@dataclass(frozen=True, slots=True)
class WorkspaceHealth:
    """How a workspace stands at a moment. Without a section on agents for whoever may not read them."""

    at: datetime
    sections: list[HealthSection]

    @property
    def score(self) -> float | None:
        """The mean of its sections; None where there is nothing to look at."""
        return _mean(section.score for section in self.sections)


@operation("workspaceHealth", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def get_workspace_health(ctx: Context, membership: WorkspaceMemberRecord) -> WorkspaceHealth:
    """What is amiss in a workspace: what of its agents, open cards, projects and files fails which rule."""
    return (await health_of_workspace(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@edge(scope=READ)
async def health_of_workspace(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[WorkspaceHealth]:
    """The same of each workspace."""
    ids, now = [workspace["_id"] for workspace in workspaces], utc_now()
    inside: Record = {"workspace_id": among(ids)}
    agents = await _agents(ctx, ids) if ctx.subject.may(AGENTS_READ) else None
    files = await collection(WorkspaceFile).find(inside, _OF_FILES).sort("path", 1).to_list()
    projects = await collection(Project).find(standing(Project, inside) or {}, _OF_PROJECTS).sort("_id", 1).to_list()
    facts = await facts_where(inside, [project["_id"] for project in projects])
    stages = await stages_where(inside)
    cards = await FIGURES.run(lambda: _open(facts, stages), admitted=True)
    of_files, of_projects = _inside(ids, files), _inside(ids, projects)
    return [
        _health(now, None if agents is None else agents[each], of_projects[each], cards, of_files[each]) for each in ids
    ]


async def _agents(ctx: Context, workspace_ids: Sequence[ObjectId]) -> dict[ObjectId, list[Known]]:
    """The agents of each workspace."""
    inside = {"workspace_id": among(workspace_ids), **EXISTING}
    agents = await collection(Agent).find(inside, _OF_AGENTS).sort("_id", 1).to_list()
    found: dict[ObjectId, list[Known]] = {workspace_id: [] for workspace_id in workspace_ids}
    for agent, status in zip(agents, await status_of_agents(ctx, agents, None), strict=True):
        found[agent["workspace_id"]].append((agent, status))
    return found


def _inside(workspace_ids: Sequence[ObjectId], records: Sequence[AnyRecord]) -> dict[ObjectId, list[Any]]:
    """Records by the workspace that they are in."""
    found: dict[ObjectId, list[Any]] = {workspace_id: [] for workspace_id in workspace_ids}
    for record in records:
        found[record["workspace_id"]].append(record)
    return found


def _health(
    now: datetime,
    agents: Sequence[Known] | None,
    projects: Sequence[ProjectRecord],
    cards: Mapping[ObjectId, Sequence[Open]],
    files: Sequence[WorkspaceFileRecord],
) -> WorkspaceHealth:
    """What is amiss in one workspace; the cards of each project are those of all."""
    unfinished = {project["_id"] for project in projects if cards.get(project["_id"])}
    of_agents = {} if agents is None else {HealthArea.AGENTS: _of_agents(agents, {file["path"] for file in files})}
    sections = {
        **of_agents,
        HealthArea.CARDS: _of_cards([card for project in projects for card in cards.get(project["_id"], ())], now),
        HealthArea.PROJECTS: _of_projects(projects, unfinished, now),
        HealthArea.FILES: _of_files(files),
    }
    return WorkspaceHealth(now, [HealthSection(area, checks) for area, checks in sections.items()])


def _open(facts: PerProject, stages: Stages) -> dict[ObjectId, list[Open]]:
    """The cards of each project that are neither done nor archived, and whether their work has started. What stands in
    a column that has gone goes as well."""
    columns: Mapping[ObjectId | None, CardStage] = {None: CardStage.TODO, **stages}
    return {
        project_id: [
            (card_id, card, columns[card.column_id] is not CardStage.TODO)
            for card_id, card in sorted(cards.items())
            if not card.archived and columns.get(card.column_id, CardStage.DONE) is not CardStage.DONE
        ]
        for project_id, cards in facts.items()
    }


def _of_agents(known: Sequence[Known], paths: Collection[str]) -> list[HealthCheck]:
    return [
        _check(
            HealthRule.RESPONDING,
            ((agent["_id"], status not in FAILING) for agent, status in known if status is not AgentStatus.PAUSED),
        ),
        _check(
            HealthRule.DESCRIBED,
            ((agent["_id"], bool(agent.get("role") or agent["description"])) for agent, _ in known),
        ),
        _check(HealthRule.SOUL, ((agent["_id"], f"{folder_of(agent)}/{SOUL}" in paths) for agent, _ in known)),
    ]


def _of_cards(cards: Sequence[Open], now: datetime) -> list[HealthCheck]:
    at, since = milliseconds(now), milliseconds(now - STILL)
    started = [(card_id, card) for card_id, card, has_started in cards if has_started]
    return [
        _check(HealthRule.ASSIGNED, ((card_id, card.assignee_id is not None) for card_id, card in started)),
        _check(HealthRule.MOVING, ((card_id, card.updated_at >= since) for card_id, card in started)),
        _check(
            HealthRule.ON_TIME,
            ((card_id, not is_over(card.due_date, at)) for card_id, card, _ in cards if card.due_date is not None),
        ),
    ]


def _of_projects(
    projects: Sequence[ProjectRecord], unfinished: Collection[ObjectId], now: datetime
) -> list[HealthCheck]:
    """`unfinished` are those with an open card. The inbox is nobody's to describe."""
    some = [
        project
        for project in projects
        if project.get("status") != ProjectStatus.ARCHIVED and project.get("slug") != INBOX
    ]
    return [
        _check(
            HealthRule.DESCRIBED,
            ((project["_id"], bool(project.get("tagline") or project["description"])) for project in some),
        ),
        _check(
            HealthRule.ON_TIME,
            (
                (project["_id"], not (project["_id"] in unfinished and has_passed(project["deadline"], now)))
                for project in some
                if project["deadline"] is not None
            ),
        ),
    ]


def _of_files(files: Sequence[WorkspaceFileRecord]) -> list[HealthCheck]:
    return [
        _check(HealthRule.NOT_EMPTY, ((file["_id"], file["size"] > 0) for file in files)),
        _check(HealthRule.SORTED, ((file["_id"], file.get("category") is not None) for file in files)),
    ]


def _check(rule: HealthRule, answers: Iterable[tuple[ObjectId, bool]]) -> HealthCheck:
    """A rule, by whether each that it was asked of meets it."""
    told = list(answers)
    failing = [object_id for object_id, meets in told if not meets]
    return HealthCheck(rule, len(told), len(told) - len(failing), failing[:MAX_NAMED])


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
