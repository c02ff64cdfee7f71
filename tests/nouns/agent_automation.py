"""What is recorded of how an agent is started."""

from resolvers.agent.agent_automation import create_agent_automation
from resolvers.inputs.agent_automation import AgentAutomationCreate, AgentAutomationUpdate
from resolvers.kit.page import Window
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

AUTOMATIONS = ORKOSI + "/automations"
AUTOMATION = AUTOMATIONS + "/{automationNumber}"


async def make(world: World) -> None:
    ids = world.ids
    run = {"name": "run.sh", "type": "script", "path": "/srv/planner/run.sh"}
    starts = AgentAutomationCreate.of(workspace_id=ids["workspace"], agent_id=ids["agent"], **run)
    ids["agent_automation"] = (await world.made(create_agent_automation, starts))["_id"]


async def orkosi_story(cast: Cast) -> None:
    ann, automations = cast.ann, f"{cast.orkosi}/automations"
    await ask_orkosi(ann, "POST", f"{cast.orkosi}/agents", name="gus", interval_sec=3600)
    script, plist = await ask_orkosi(ann, "GET", f"{automations}?agent_name=gus")
    assert (script["path"], plist["label"]) == ("agents/gus/run.sh", "orrery.gus")
    away = {"agent_name": "gus", "name": "Night", "type": "script", "path": "/srv/gus/night.sh"}
    night = await ask_orkosi(ann, "POST", automations, 201, **away, status="disabled")
    assert (night["id"], night["live"]) == (plist["id"] + 1, None)
    one = f"{automations}/{night['id']}"
    assert await ask_orkosi(ann, "GET", one) == night
    assert (await ask_orkosi(ann, "PATCH", one, status="active"))["status"] == "active"
    assert await ask_orkosi(ann, "DELETE", one) == {"id": night["id"], "deleted": True}


SAMPLE = Sample(
    after=("agent",),
    make=make,
    places={"automationNumber": "agent_automation"},
    calls={
        "agentAutomation": lambda ids: (ids["agent_automation"],),
        "agentAutomations": lambda ids: (ids["workspace"], Window.read()),
        "agentAutomationCreate": lambda ids: (
            AgentAutomationCreate.of(
                workspace_id=ids["workspace"], agent_id=ids["agent"], name="More", type="script", path="more.sh"
            ),
        ),
        "agentAutomationUpdate": lambda ids: (
            ids["agent_automation"],
            AgentAutomationUpdate.of(agent_id=ids["other agent"], label="more"),
        ),
        "agentAutomationDelete": lambda ids: (ids["agent_automation"],),
    },
    makes_another={"agentAutomationCreate"},
    routes={
        ("GET", AUTOMATIONS): sent(agent_name="planner"),
        ("POST", AUTOMATIONS): sent(name="More", agent_name="planner", type="script", path="more.sh"),
        ("GET", AUTOMATION): None,
        ("PATCH", AUTOMATION): sent(status="disabled"),
        ("DELETE", AUTOMATION): None,
    },
    kept={
        "AgentAutomation": Kept(
            "agent { id } createdBy { id }",
            {"Workspace": "agentAutomations(first: 50) { nodes { ...AgentAutomationFields } }"},
        )
    },
    orkosi_story=orkosi_story,
)
