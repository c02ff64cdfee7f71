"""Agents that a workspace has though nobody made them: each is there from the first time that it is needed."""

from dataclasses import dataclass

from bson import ObjectId

from models import Agent
from models.base import collection, to_record
from models.enums import AutonomyMode
from models.errors import NotFound
from models.ids import Kind, new_id
from models.records import AgentRecord
from models.workspace import Workspace
from realtime.events.agent import AgentCreated
from realtime.log import Change
from realtime.numbers import insert
from resolvers.kit.context import Context
from resolvers.member.service_user import add_service_user

SLUGS = ["assistant", "board", "mcp-reader", "pipelines", "planner"]
"""Of all of them: none is meant where a workspace's only agent is."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """What such an agent is. Nobody has a token of it; one of the slug that people have made takes its place."""

    slug: str
    name: str
    description: str
    tools: tuple[str, ...]
    mcp_only: bool = False

    def __post_init__(self) -> None:
        if self.slug not in SLUGS:
            raise ValueError(f"{self.slug} is missing in SLUGS")


READER = BuiltIn(
    "mcp-reader",
    "MCP reader",
    "Reads the workspace for clients that come with the token of the gateway.",
    (),
    mcp_only=True,
)


async def reader_of(ctx: Context, workspace_id: ObjectId) -> AgentRecord:
    """The agent that clients read a workspace as which come with the token of the gateway's environment. Raises
    NotFound where there is no such workspace."""
    there = {"workspace_id": workspace_id, "slug": READER.slug, "deleted_at": None}
    found = await collection(Agent).find_one(there)
    if found is not None:
        return found

    async def body(change: Change) -> AgentRecord:
        return await find_built_in(change, workspace_id, READER)

    return (await ctx.write_as(workspace_id, None, body)).value


async def find_built_in(change: Change, workspace_id: ObjectId, wanted: BuiltIn) -> AgentRecord:
    """The agent of a workspace, which is made where it is not there yet."""
    there = {"workspace_id": workspace_id, "slug": wanted.slug, "deleted_at": None}
    agent = await collection(Agent).find_one(there, session=change.session)
    if agent is not None:
        return agent
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
    if workspace is None:
        raise NotFound("Workspace")
    user = await add_service_user(change, workspace, wanted.name, wanted.slug)
    agent = to_record(
        Agent(
            id=new_id(Kind.AGENT),
            workspace_id=workspace_id,
            user_id=user["_id"],
            name=wanted.name,
            slug=wanted.slug,
            description=wanted.description,
            autonomy_mode=AutonomyMode.AUTONOMOUS,
            tools=list(wanted.tools),
            mcp_only=wanted.mcp_only,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    await insert(change, Agent, agent)
    change.append(workspace_id, AgentCreated(agent=agent))
    return agent
