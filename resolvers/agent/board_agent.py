"""The agent of a workspace that works on the cards of its boards, made when it is first needed."""

from bson import ObjectId

from models import Agent, Workspace
from models.base import collection
from models.errors import NotFound
from models.records import AgentRecord
from realtime.events.workspace import WorkspaceUpdated
from realtime.log import Change
from resolvers.agent.built_in import BuiltIn, find_built_in
from resolvers.kit.edit import set_fields
from resolvers.kit.groups import DEFAULT_TOOLS

BOARD = BuiltIn(
    "board",
    "Board",
    "Works on cards as the columns that they come to say. Any agent of the workspace may claim what it is asked.",
    tuple(DEFAULT_TOOLS),
)


async def board_agent(change: Change, workspace_id: ObjectId) -> AgentRecord:
    """The agent, which the workspace names from then on."""
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
    if workspace is None:
        raise NotFound("Workspace")
    if (named := workspace.get("board_agent_id")) is not None:
        there = {"_id": named, "deleted_at": None}
        if (agent := await collection(Agent).find_one(there, session=change.session)) is not None:
            return agent
    agent = await find_built_in(change, workspace_id, BOARD)
    workspace, _ = await set_fields(change, Workspace, workspace_id, {"board_agent_id": agent["_id"]})
    change.append(workspace_id, WorkspaceUpdated(workspace=workspace))
    return agent
