"""What endangers the work of a workspace, as far as its objectives and the cards of its projects tell."""

from asyncio import gather
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from bson import ObjectId

from auth.policies import pilotage as policy
from models import Objective
from models.base import AnyRecord, Record
from models.enums import TokenScope
from models.pilotage_enums import ObjectiveStatus, PilotageProfile, RiskKind
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from resolvers.figures.portfolio import get_portfolio, metrics_inside
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Window, pages
from resolvers.pilotage.state import get_state

READ = TokenScope.PILOTAGE_READ
MAX_RISKS = 100
"""Of one workspace: objectives first, then projects that are late, then those with the most cards in danger."""

_BLOCKED = {"done_at": None, "status": ObjectiveStatus.BLOCKED.value}


@operation("pilotagePortfolio", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def get_pilotage_portfolio(ctx: Context, membership: WorkspaceMemberRecord) -> Record:
    """The projects of a workspace with what they add up to, its open objectives, and what endangers both."""
    workspace_id = membership["workspace_id"]
    portfolio = await get_portfolio(ctx, workspace_id)
    objectives = (await get_state(ctx, workspace_id, PilotageProfile.EXECUTION))["objectives"]
    blocked = [objective for objective in objectives if objective["status"] == ObjectiveStatus.BLOCKED]
    metrics = {project["_id"]: project["metrics"] for project in portfolio["projects"]}
    return {**portfolio, "objectives": objectives, "risks": _risks(blocked, metrics)}


@edge(scope=READ)
async def risks_of(ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields) -> list[list[Record]]:
    """The risks of each workspace."""
    ids = [workspace["_id"] for workspace in workspaces]
    window = Window.read(MAX_RISKS)
    blocked, metrics = await gather(
        pages(Objective, "workspace_id", ids, window, sort=NEWEST_FIRST, where=_BLOCKED), metrics_inside(ids)
    )
    return [
        _risks(
            blocked[workspace_id].nodes,
            {project_id: found for project_id, found in metrics.items() if found["workspace_id"] == workspace_id},
        )
        for workspace_id in ids
    ]


def _risks(blocked: Sequence[AnyRecord], metrics: Mapping[ObjectId, AnyRecord]) -> list[Record]:
    """The risks of one workspace, by its blocked objectives and the metrics of its projects."""
    return list(islice(_all_risks(blocked, metrics), MAX_RISKS))


def _all_risks(blocked: Sequence[AnyRecord], metrics: Mapping[ObjectId, AnyRecord]) -> Iterator[Record]:
    for objective in blocked:
        yield _risk(RiskKind.OBJECTIVE_BLOCKED, 1, objective_id=objective["_id"])
    for project_id, found in metrics.items():
        if found["is_late"]:
            yield _risk(RiskKind.PROJECT_LATE, found["open"], project_id=project_id)
    cards = [
        (found[key], project_id, kind)
        for project_id, found in metrics.items()
        for kind, key in ((RiskKind.CARDS_OVERDUE, "overdue"), (RiskKind.CARDS_BLOCKED, "blocked"))
        if found[key]
    ]
    for count, project_id, kind in sorted(cards, key=lambda risk: (-risk[0], risk[1])):
        yield _risk(kind, count, project_id=project_id)


def _risk(
    kind: RiskKind, count: int, *, objective_id: ObjectId | None = None, project_id: ObjectId | None = None
) -> Record:
    return {"kind": kind, "count": count, "objective_id": objective_id, "project_id": project_id}
