"""What tests of agents and missions are written with: a crew of agents with their tokens, and missions for them."""

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import Mission
from models.base import Record, collection
from models.enums import MissionStatus
from models.records import AgentRecord, LoggedEventRecord, MissionRecord, WorkspaceRecord
from resolvers.agent.agent import create_agent
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.mission import MissionComplete, MissionCreate, MissionFail, MissionReport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.mission.drive import claim_mission, complete_mission, fail_mission, report_mission
from resolvers.mission.mission import cancel_mission, create_mission
from tests.resolvers.lab import People, again, events


@dataclass(slots=True)
class Crew:
    """The owner of a workspace, who makes agents and missions. Every call is a request of its own."""

    people: People
    owner: Context
    workspace: WorkspaceRecord

    async def hire(self, slug: str = "atlas", **values: Any) -> "Hand":
        """A new agent, which does what it wants unless `values` say otherwise, with requests of its token."""
        free = {"autonomyMode": "autonomous", "tools": ["*"]}
        given = {"workspaceId": self.workspace["_id"], "name": slug.title(), "slug": slug, **free, **values}
        made = (await create_agent(again(self.owner), read_input(AgentCreate, given))).value
        return Hand(made.agent, made.token, await self.people.by_jwt(made.token))

    async def ask(self, agent: "Hand", prompt: str = "Polish the lens", **values: Any) -> MissionRecord:
        """A new mission for an agent."""
        given = {"agentId": agent.record["_id"], "prompt": prompt, **values}
        return (await create_mission(again(self.owner), read_input(MissionCreate, given))).value

    async def mission_at(self, agent: "Hand", status: MissionStatus) -> MissionRecord:
        """A mission that was taken to a status through the operations."""
        mission = await self.ask(agent)
        if status is MissionStatus.QUEUED:
            return mission
        if status is MissionStatus.CANCELLED:
            return (await cancel_mission(again(self.owner), mission["_id"])).value
        await agent.claim()
        match status:
            case MissionStatus.AWAITING_APPROVAL:
                await agent.report(mission, awaitingApproval=True)
            case MissionStatus.COMPLETED:
                await agent.complete(mission)
            case MissionStatus.FAILED:
                await agent.fail(mission)
        return await stored(mission)


@dataclass(slots=True)
class Hand:
    """An agent at work with its own token."""

    record: AgentRecord
    token: str
    caller: Context

    @property
    def ctx(self) -> Context:
        return again(self.caller)

    async def claim(self, workspace_id: ObjectId | None = None) -> MissionRecord | None:
        return (await claim_mission(self.ctx, workspace_id or self.record["workspace_id"])).value

    async def report(self, mission: MissionRecord, **values: Any) -> MissionRecord:
        return (await report_mission(self.ctx, mission["_id"], read_input(MissionReport, values))).value

    async def complete(self, mission: MissionRecord, summary: str | None = "Done") -> MissionRecord:
        return (await complete_mission(self.ctx, mission["_id"], MissionComplete(summary=summary))).value

    async def fail(self, mission: MissionRecord, error: str = "Out of polish") -> MissionRecord:
        return (await fail_mission(self.ctx, mission["_id"], MissionFail(error=error))).value


async def stored(mission: MissionRecord) -> MissionRecord:
    """A mission as the database holds it."""
    found = await collection(Mission).find_one({"_id": mission["_id"]})
    assert found is not None
    return found


def as_told(mission: MissionRecord) -> Record:
    """A mission as its events carry it: the prompt, which never changes, is not repeated in each."""
    return {name: value for name, value in mission.items() if name != "prompt"}


async def mission_events(mission: MissionRecord) -> list[LoggedEventRecord]:
    """The events of a mission, oldest first."""
    return [event for event in await events(mission["workspace_id"]) if event["mission_id"] == mission["_id"]]


async def life(mission: MissionRecord) -> list[tuple[str | None, str]]:
    """The transitions that the events of a mission tell of."""
    changes = [event for event in await mission_events(mission) if event["type"] == "MissionStatusChanged"]
    return [(event["data"]["from_status"], event["data"]["to_status"]) for event in changes]
