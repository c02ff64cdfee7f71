"""What tests of the runtime are written with: a workspace with an agent that a scripted model works for, in this
process."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from bson import ObjectId

from models import Comment, Mission, MissionActivity
from models.base import collection
from models.enums import MissionStatus
from models.language_model import LanguageModel, LanguageModels, Price
from models.outbound import Outbound
from models.records import AgentRecord, MissionActivityRecord, MissionRecord, WorkspaceRecord
from resolvers.agent.agent import create_agent
from resolvers.card.card import create_card
from resolvers.column.column import create_column
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.card import CardCreate
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.mission import MissionCreate
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.mission.mission import create_mission
from resolvers.project.project import create_project
from serving.graph.engine import GraphEngine
from tests.agents.model_server import Json, ModelServer, Script, serving_model
from tests.patience import PATIENCE
from tests.resolvers.lab import again

if TYPE_CHECKING:
    from agents.runtime.child.runner import Runner

FINAL = (MissionStatus.COMPLETED, MissionStatus.FAILED, MissionStatus.CANCELLED)


@dataclass(slots=True)
class Desk:
    """An agent's place of work. `owner` is a person of its workspace, whose requests know the model."""

    owner: Context
    model: ModelServer
    agent: AgentRecord
    card_id: ObjectId
    project_id: ObjectId

    async def ask(self, prompt: str = "Look after the card", **values: Any) -> ObjectId:
        """A new mission about the card; its id."""
        given = {"agentId": self.agent["_id"], "cardId": self.card_id, "prompt": prompt, **values}
        made = await create_mission(again(self.owner), read_input(MissionCreate, given))
        return ObjectId(made.value["_id"])

    async def until(self, mission_id: ObjectId, stands: Callable[[MissionRecord], bool]) -> MissionRecord:
        """The mission, once it stands so."""
        async with asyncio.timeout(PATIENCE):
            while not stands(found := await mission_of(mission_id)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return found

    async def ended(self, mission_id: ObjectId) -> MissionRecord:
        """The mission, once it has ended."""
        return await self.until(mission_id, lambda mission: mission["status"] in FINAL)


@asynccontextmanager
async def desk(
    owner: Context,
    workspace: WorkspaceRecord,
    script: Script,
    *,
    protocol: str = "openai",
    mode: str = "autonomous",
    **values: Any,
) -> AsyncIterator[Desk]:
    """A desk with a model that says what the script tells it to; nobody works at it yet (`working`)."""
    async with serving_model(script) as model:
        spec = LanguageModel(
            name="scripted",
            protocol=protocol,  # type: ignore[arg-type]
            model="scripted",
            base_url=model.url + ("/v1" if protocol == "openai" else ""),
            price=Price(1.0, 2.0, 0.5),
            **values,
        )
        services = replace(
            owner.services,
            models=LanguageModels({spec.name: spec}, spec.name),
            outbound=Outbound(frozenset({model.url.removeprefix("http://")})),
        )
        boss = Context(owner.subject, services)
        given = {"workspaceId": workspace["_id"], "name": "Atlas", "slug": "atlas", "autonomyMode": mode}
        agent = (await create_agent(again(boss), read_input(AgentCreate, given))).value.agent
        launch = ProjectCreate.of(workspace_id=workspace["_id"], name="Launch")
        project = (await create_project(again(boss), launch)).value
        column = ColumnCreate.of(project_id=project["_id"], name="To do")
        column_id = (await create_column(again(boss), column)).value["_id"]
        card = CardCreate.of(project_id=project["_id"], column_id=column_id, title="Polish the lens")
        card_id = (await create_card(again(boss), card)).value["_id"]
        yield Desk(boss, model, agent, card_id, project["_id"])


@asynccontextmanager
async def working(
    services: Services, *, make_engine: Callable[[], GraphEngine] | None = None
) -> AsyncIterator["Runner"]:
    """A runner that works on whatever is due, without long rests."""
    # Not at the top: what speaks to models takes seconds to load, and most who collect tests run none of these.
    from agents.runtime.child.runner import Runner, Times
    from agents.runtime.child.turn import Pace

    pace, times = Pace(first_rest=0.01, longest_rest=0.05), Times(look=0.05, rest=0.01, retry=0.05)
    runner = Runner(services, pace=pace, times=times, make_engine=make_engine)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


async def mission_of(mission_id: ObjectId) -> MissionRecord:
    found = await collection(Mission).find_one({"_id": mission_id})
    assert found is not None
    return found


async def reports(mission_id: ObjectId) -> list[MissionActivityRecord]:
    """What was reported on a mission, in order."""
    return await collection(MissionActivity).find({"mission_id": mission_id}).sort("position", 1).to_list()


async def told(mission_id: ObjectId) -> list[tuple[str, str]]:
    """The kinds and texts of its reports."""
    return [(report["kind"], report["content"]) for report in await reports(mission_id)]


def card_in(request: Json) -> str:
    """The card that a conversation is about."""
    found = re.search(r"about the card ([0-9a-f]{24})", orjson.dumps(request).decode())
    assert found is not None
    return found[1]


def results(request: Json) -> list[str]:
    """What the model was told of its calls, as OpenAI's protocol has it."""
    return [message["content"] for message in request["messages"] if message["role"] == "tool"]


async def comments(at: Desk) -> list[str]:
    found = collection(Comment).find({"card_id": at.card_id}).sort("_id", 1)
    return [comment["content"] for comment in await found.to_list()]


def comment(request: Json, text: str) -> tuple[str, Json]:
    return "comment", {"cardId": card_in(request), "content": text}
