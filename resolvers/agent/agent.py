"""Agents: service users of a workspace, each with a token of its own, that carry out missions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import Agent, ApiToken, User, Workspace
from models.agent_enums import AgentStatus
from models.base import Record, collection, to_record
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.ids import Kind, new_id
from models.records import AgentRecord, AgentTemplateRecord, WorkspaceMemberRecord, WorkspaceRecord
from realtime.events.agent import AgentCreated, AgentDeleted, AgentUpdated
from realtime.events.workspace import WorkspaceUpdated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.account.api_token import insert_token
from resolvers.agent.agent_template import taken_from, template_for
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.agent import AgentCreate, AgentUpdate
from resolvers.kit.access import access, projection
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.groups import DEFAULT_TOOLS, check_policy
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AGENT, WORKSPACE
from resolvers.kit.operation import Caller, check_scope, operation
from resolvers.kit.page import pages_by
from resolvers.kit.plan_limits import require_plan_room
from resolvers.member.service_user import add_service_user, remove_service_user
from resolvers.member.workspace_member import tell_name
from resolvers.state.agent_there import is_gone
from resolvers.state.mission_wake import wake_waiting
from resolvers.state.proposal_status import withdraw

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
TOKEN_SCOPES = (
    TokenScope.PROJECTS_READ,
    TokenScope.PROJECTS_WRITE,
    TokenScope.PILOTAGE_READ,
    TokenScope.PILOTAGE_WRITE,
    TokenScope.ACCOUNT_READ,
    TokenScope.OPERATIONS_WRITE,
)
MAX_AGENTS = 500
TAKEN = "is taken in this workspace"

EXISTING = {"deleted_at": None}


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent's record, and the text of its token, which cannot be shown again."""

    agent: AgentRecord
    token: str


@operation("agent", scope=READ, permission=policy.READ, read_only=True)
async def get_agent(ctx: Context, agent_id: ObjectId | str, fields: Fields = None) -> AgentRecord:
    """One agent."""
    wanted = None if fields is None else fields | {"deleted_at"}
    agent = await access(ctx, AGENT, agent_id, policy.READ, fields=wanted)
    return existing(agent)


@operation(
    "agentNamed",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.READ,
    scope=READ,
    read_only=True,
    tool="find_agent",
)
async def find_agent(
    ctx: Context, membership: WorkspaceMemberRecord, slug: Annotated[str, "The slug of the agent."]
) -> AgentRecord:
    """An agent by its slug."""
    named = {"workspace_id": membership["workspace_id"], "slug": slug, **EXISTING}
    if (found := await collection(Agent).find_one(named)) is None:
        raise NotFound("Agent")
    return found


@operation("agents", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_agents(ctx: Context, membership: WorkspaceMemberRecord, fields: Fields = None) -> list[AgentRecord]:
    """The agents of a workspace, oldest first; it has at most 500."""
    workspace_id = membership["workspace_id"]
    found = collection(Agent).find({"workspace_id": workspace_id, **EXISTING}, projection(fields))
    return await found.sort("_id", 1).to_list()


@operation(
    "agentCreate",
    inside=WORKSPACE,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.PERSON,
    reveals=True,
)
async def create_agent(ctx: Context, _membership: WorkspaceMemberRecord, values: AgentCreate) -> Committed[NewAgent]:
    """Create an agent with a token of its own.

    A new agent with its service user and its token, which is shown here and never again.

    It takes a signed-in person: what a token made would outlive the token.
    """
    check_token_scopes(ctx, "agentCreate")
    check_policy(values.policy, "policy")

    async def body(change: Change) -> NewAgent:
        agent = await insert_agent(ctx, change, values, await template_for(change, values))
        token = await token_of(change, agent)
        change.append(values.workspace_id, AgentCreated(agent=agent))
        return NewAgent(agent, token)

    return await ctx.write(values.workspace_id, body)


def check_token_scopes(ctx: Context, name: str) -> None:
    """Raise Forbidden for whoever may not do all that the token of an agent may."""
    for scope in TOKEN_SCOPES:
        check_scope(ctx, scope, name)


async def insert_agent(
    ctx: Context, change: Change, values: AgentCreate, template: AgentTemplateRecord | None, **more: Any
) -> AgentRecord:
    """Write an agent and its service user within a change that tells of it."""
    inside = {"workspace_id": values.workspace_id, **EXISTING}
    if await collection(Agent).count_documents(inside, session=change.session) >= MAX_AGENTS:
        raise Conflict(f"A workspace has at most {MAX_AGENTS} agents")
    await require_plan_room(ctx, change, "agents", {"workspace_id": values.workspace_id})
    workspace = await _workspace(change, values.workspace_id)
    user = await add_service_user(change, workspace, values.name, values.slug)
    wanted = {
        **values_of(values, Agent, CREATE),
        "tools": list(DEFAULT_TOOLS) if values.tools is None else values.tools,
        **taken_from(template, values),
        **({} if values.status is None else stated(values.status, change.at)),
        **more,
    }
    agent = to_record(
        Agent(
            id=new_id(Kind.AGENT),
            workspace_id=values.workspace_id,
            user_id=user["_id"],
            created_by=ctx.user_id,
            **wanted,
            policy=values.policy,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    try:
        await insert(change, Agent, agent)
    except DuplicateKeyError as error:
        raise Conflict(TAKEN, field="slug") from error
    return agent


async def token_of(change: Change, agent: AgentRecord) -> str:
    """The text of a new token of an agent's own."""
    made = await insert_token(
        change,
        agent["user_id"],
        name=agent["name"],
        scopes=TOKEN_SCOPES,
        agent_id=agent["_id"],
        workspace_id=agent["workspace_id"],
    )
    return made.secret


@operation(
    "agentUpdate",
    opens=AGENT.whole,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
)
async def update_agent(ctx: Context, door: AgentRecord, values: AgentUpdate) -> Committed[AgentRecord]:
    """Change an agent.

    Change what is given of an agent; its service user takes the name over. How freely an agent acts is for people to
    say: no agent's token changes any.
    """
    existing(door)
    check_policy(values.policy, "policy")
    given = values.given()
    given.pop("status", None)

    async def body(change: Change) -> AgentRecord:
        said = {} if values.status is None else stated(values.status, change.at)
        try:
            agent, differs = await set_fields(change, Agent, door["_id"], given | said)
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="slug") from error
        existing(agent)
        if differs:
            if "name" in given:
                name = {"$set": {"name": agent["name"]}}
                await collection(User).update_one({"_id": agent["user_id"]}, name, session=change.session)
                await tell_name(change, agent["user_id"])
            change.append(agent["workspace_id"], AgentUpdated(agent=agent))
        return agent

    committed = await ctx.write(door["workspace_id"], body)
    if values.status is not None:
        await wake_waiting(door["_id"])
    return committed


@operation(
    "agentDelete",
    opens=AGENT.whole,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
)
async def delete_agent(ctx: Context, door: AgentRecord) -> Committed[ObjectId]:
    """Delete an agent: its token ends, and its missions are cancelled.

    Its tokens end, its unfinished missions are cancelled. What it wrote keeps its author.
    """
    existing(door)

    async def body(change: Change) -> ObjectId:
        query = {"_id": door["_id"], **EXISTING}
        agent = await collection(Agent).find_one(query, session=change.session)
        if agent is None:
            raise NotFound("Agent")
        await remove_agent(change, agent)
        return ObjectId(agent["_id"])

    return await delete(ctx, door["workspace_id"], body, revokes=True)


async def remove_agent(change: Change, agent: AgentRecord) -> None:
    """Delete an agent that was read in this change, with what goes with it."""
    agent_id, workspace_id = agent["_id"], agent["workspace_id"]
    await collection(Agent).update_one({"_id": agent_id}, {"$set": {"deleted_at": change.at}}, session=change.session)
    is_gone(change, agent_id)
    await withdraw(change, {"agent_id": agent_id})
    await bury(change, agent_id, workspace_id)
    workspace = await _workspace(change, workspace_id)
    named = {key: None for key in ("default_agent_id", "board_agent_id") if workspace.get(key) == agent_id}
    if named:
        workspace, _ = await set_fields(change, Workspace, workspace_id, named)
        change.append(workspace_id, WorkspaceUpdated(workspace=workspace))
    await collection(ApiToken).delete_many({"user_id": agent["user_id"]}, session=change.session)  # it has one
    await remove_service_user(change, workspace, agent["user_id"])
    change.append(workspace_id, AgentDeleted(deleted_id=agent_id))


agents_of = pages_by(AGENT, "workspace_id", where=EXISTING)
"""The agents of a workspace, oldest first."""


def stated(status: AgentStatus, at: datetime) -> Record:
    """What is written of an agent that somebody says to be about something."""
    if status is AgentStatus.PAUSED:
        return {"paused_at": at}
    heard = {} if status is AgentStatus.OFFLINE else {"heartbeat_at": at}
    return {"reported_status": status.value, "paused_at": None, **heard}


def existing(agent: AgentRecord) -> AgentRecord:
    """An agent that was not deleted; raises NotFound for one that was."""
    if agent["deleted_at"] is not None:
        raise NotFound("Agent")
    return agent


async def _workspace(change: Change, workspace_id: ObjectId) -> WorkspaceRecord:
    found = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
    if found is None:
        raise NotFound("Workspace")
    return found
