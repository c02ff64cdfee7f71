"""Who asks, and what is in their reach: where an agent's client begins."""

from models import Agent, User
from models.base import Record, collection
from models.enums import TokenScope
from models.errors import Unauthenticated
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.joined import EVERYTHING
from resolvers.kit.operation import operation
from resolvers.organization.organization import list_organizations
from resolvers.user.user import visible
from resolvers.workspace.workspace import list_workspaces


@operation("whoami", scope=TokenScope.PROJECTS_READ, read_only=True, tool="whoami")
async def whoami(ctx: Context) -> Record:
    """Who you are, what your token allows, and the workspaces that you can work in."""
    user = await collection(User).find_one({"_id": ctx.user_id}, projection(visible(None)))
    if user is None:
        raise Unauthenticated
    mine = {"_id": ctx.subject.agent_id}
    agent = None if ctx.subject.agent_id is None else await collection(Agent).find_one(mine)
    organizations = (await list_organizations(ctx, EVERYTHING, frozenset({"name"}))).nodes
    workspaces = [
        workspace for organization in organizations for workspace in await list_workspaces(ctx, organization["_id"])
    ]
    scopes = sorted(scope.value for scope in ctx.subject.scopes)
    return {"user": user, "agent": agent, "scopes": scopes, "workspaces": workspaces}
