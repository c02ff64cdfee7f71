"""Agents by the names that clients call them by, which are their slugs."""

from typing import Any

from bson import ObjectId

from models.errors import BadUserInput
from resolvers.kit.slugs import agent_by_slug


async def agent_called(workspace_id: ObjectId, name: str, *, field: str) -> ObjectId:
    """The agent of a workspace whose door was passed. Raises BadUserInput where none is called so."""
    if (agent_id := await agent_by_slug(workspace_id, name)) is None:
        raise BadUserInput("must be the name of an agent", field=field)
    return agent_id


async def of_agent(workspace_id: ObjectId, name: str) -> dict[str, Any]:
    """The condition that something is an agent's: nothing is, where none is called so."""
    agent_id = await agent_by_slug(workspace_id, name)
    return {"agent": {"in": [] if agent_id is None else [str(agent_id)]}}
