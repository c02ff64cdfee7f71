"""An agent that is driven from outside: what its client does, while that of a person follows."""

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from tests.agents.server.client import Client
from tests.gateway.lab import Board, Lab

CREATE = "mutation ($input: AgentCreateInput!) { agentCreate(input: $input) { token agent { id } } }"


@dataclass(frozen=True)
class Agent:
    """An agent of a workspace, and the client that works for it."""

    id: str
    workspace: str
    client: Client

    @property
    def asked(self) -> dict[str, Any]:
        """What a call of `run_agent` takes."""
        return {"agentId": self.id, "prompt": "Look after the cards"}

    async def claim(self) -> None:
        """Take the next mission that waits for it."""
        taken = await self.client.call("claim_mission", workspaceId=self.workspace)
        assert not taken.get("isError"), taken

    async def finish(self, mission_id: str, **values: Any) -> None:
        done = await self.client.call("finish_mission", id=mission_id, **values)
        assert not done.get("isError"), done


async def agent_of(board: Board, lab: Lab, version: str, **values: Any) -> Agent:
    """A new agent of the board's workspace."""
    given = {"workspaceId": board.workspace, "name": "Atlas", "slug": f"atlas-{ObjectId()}", **values}
    made = (await board.ann.ask(CREATE, input=given))["agentCreate"]
    return Agent(made["agent"]["id"], board.workspace, Client(lab.client(made["token"]), version))
