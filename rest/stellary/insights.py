"""The roadmap of a project, and figures of it and its scopes over time."""

from resolvers.figures.roadmap import get_project_roadmap
from resolvers.figures.stats import get_project_stats, get_scope_stats
from resolvers.kit.periods import PeriodsInput
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECT
from rest.stellary.present.roadmap import Roadmap, roadmap
from rest.stellary.present.stats import Stats, stats

routes = Routes("Figures", PROJECT, about="What the cards of a project add up to, now and over time.", place=200)


@routes.get("/roadmap", "Read the roadmap of a project", runs=get_project_roadmap)
async def read_roadmap(call: Call) -> Roadmap:
    """Scopes, cards with a date, milestones, and which cards wait for which."""
    found = await guards.project(call)
    return roadmap(await get_project_roadmap(call.ctx, found["_id"]))


@routes.get("/stats", "Read the figures of a project over time", runs=get_project_stats, query=PeriodsInput)
async def of_project(call: Call) -> Stats:
    """Counts are those of now; times of completed cards and the ends of periods are those of the range."""
    found = await guards.project(call)
    return stats(await get_project_stats(call.ctx, found["_id"], call.query(PeriodsInput).periods()))


@routes.get(
    "/scopes/{scopeId}/stats", "Read the figures of a scope over time", runs=get_scope_stats, query=PeriodsInput
)
async def of_scope(call: Call) -> Stats:
    """As for a project, of the scope's cards alone."""
    found = await guards.scope(call)
    return stats(await get_scope_stats(call.ctx, found["_id"], call.query(PeriodsInput).periods()))
