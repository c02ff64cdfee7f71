"""Who carries a proposal out: its agent, as with its own token."""

from dataclasses import dataclass

from bson import ObjectId

from auth.subject import Credential, Subject
from models import Agent, Workspace
from models.base import collection
from models.errors import Forbidden
from models.records import AgentRecord, ProposalRecord
from resolvers.agent.agent import TOKEN_SCOPES
from resolvers.kit.context import Context, Services
from resolvers.kit.gate import Policy


@dataclass(frozen=True, slots=True)
class Worker:
    """An agent, and the most that its workspace lets any do by itself."""

    agent: AgentRecord
    ceiling: Policy


async def find_worker(agent_id: ObjectId) -> Worker:
    """An agent with the ceiling of its workspace; raises Forbidden where the agent was deleted.

    By their ids, since in the embedded database a join of the two takes ten times as long.
    """
    agent = await collection(Agent).find_one({"_id": agent_id, "deleted_at": None})
    if agent is None:
        raise Forbidden("The agent was deleted")
    workspace = await collection(Workspace).find_one({"_id": agent["workspace_id"]}, {"agent_ceiling": 1})
    return Worker(agent, workspace.get("agent_ceiling", {}) if workspace is not None else {})


def acting_as(agent: AgentRecord, services: Services) -> Context:
    """The context that an agent does in what was decided on."""
    subject = Subject(
        user_id=agent["user_id"],
        credential=Credential.TOKEN,
        scopes=frozenset(TOKEN_SCOPES),
        agent_id=agent["_id"],
        workspace_id=agent["workspace_id"],
    )
    return Context(subject, services, is_decided=True)


async def actor_of(ctx: Context, proposal: ProposalRecord) -> Context:
    """The context that a proposal is applied in: that of its agent, or for one of a person that of who decides."""
    if proposal["agent_id"] is None:
        return Context(ctx.subject, ctx.services)
    acting = acting_as((await find_worker(proposal["agent_id"])).agent, ctx.services)
    acting.mission_id = proposal["mission_id"]
    return acting
