"""What needs attention in a workspace at present: its pilotage in numbers, the missions under way, what waits."""

from asyncio import gather
from collections.abc import Sequence

from auth.policies import pilotage as policy
from models import Mission, Proposal
from models.base import Record
from models.enums import MissionStatus, ProposalStatus, TokenScope
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Window, pages
from resolvers.pilotage.cycle import cycle_of
from resolvers.pilotage.priority import warnings_about
from resolvers.pilotage.state import counts, tally, workspace_of
from resolvers.state.mission_status import ACTIVE
from resolvers.usage.sums import usage_of_workspace

READ = TokenScope.PILOTAGE_READ
RUNS = 20
"""How many of the missions under way are told, the newest first."""

_STATUSES = [status.value for status in MissionStatus if status in ACTIVE]
_ACTIVE = {"status": {"$in": _STATUSES}}
_PENDING = ProposalStatus.PENDING.value


@operation("pilotageDashboard", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def get_dashboard(ctx: Context, membership: WorkspaceMemberRecord) -> Record:
    """What needs attention in a workspace: its pilotage in numbers, the missions under way, what waits for a decision,
    and what models have cost in the last 30 days."""
    return (await _dashboards(ctx, [await workspace_of(membership)]))[0]


@edge(scope=READ)
async def dashboard_of(ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields) -> list[Record]:
    """The same of many workspaces."""
    return await _dashboards(ctx, workspaces)


async def _dashboards(ctx: Context, workspaces: Sequence[WorkspaceRecord]) -> list[Record]:
    ids = [workspace["_id"] for workspace in workspaces]
    counted, under_way, runs, pending, spent = await gather(
        counts(ids),
        tally(Mission, ids, "status", _ACTIVE),
        pages(Mission, "workspace_id", ids, Window.read(RUNS), sort=NEWEST_FIRST, where=_ACTIVE),
        tally(Proposal, ids, "status", {"status": _PENDING}),
        usage_of_workspace(ctx, workspaces, None),
    )
    return [
        {
            "cycle": cycle_of(workspace),
            "counts": counted[workspace["_id"]],
            "warnings": warnings_about(counted[workspace["_id"]]["active_priorities"]),
            "missions": {status: under_way.get((workspace["_id"], status), 0) for status in _STATUSES},
            "runs": runs[workspace["_id"]].nodes,
            "approvals": pending.get((workspace["_id"], _PENDING), 0),
            "spent": spent_there,
        }
        for workspace, spent_there in zip(workspaces, spent, strict=True)
    ]
