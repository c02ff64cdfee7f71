"""Agents."""

from models.agent_enums import AgentStatus
from models.enums import AutonomyMode
from models.errors import Forbidden, NotFound
from resolvers.agent.agent import create_agent
from resolvers.inputs.agent import AgentCreate, AgentReport, AgentSetUp, AgentSwitch, AgentUpdate
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_orkosi, changed, deleted, read
from tests.world.paths import ORKOSI, WORKSPACE
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

PUBLIC = ORKOSI + "/v1/public/agents"


async def make(world: World) -> None:
    """One that is a caller of the walks, and one that has a mission."""
    ids = world.ids
    for name, slug in (("agent", "planner"), ("other agent", "other-agent")):
        values = AgentCreate.of(
            workspace_id=ids["workspace"],
            name=name,
            slug=slug,
            tools=["*"],
            autonomy_mode=AutonomyMode.AUTONOMOUS,
        )
        made = await world.made(create_agent, values)
        world.tokens[name] = made.token
        ids[name] = made.agent["_id"]
    ids["agent_slug"] = "planner"


async def story(cast: Cast) -> None:
    ann, agents = cast.ann, f"{cast.workspace}/agents"
    created = await made(ann, agents, name="Looker", slug="looker")
    agent = f"{agents}/{created['id']}"
    await changed(ann, agent, autonomyMode="approval")
    assert (await read(ann, agent))["autonomyMode"] == "approval"
    assert created["id"] in [listed["id"] for listed in await read(ann, agents)]
    await deleted(ann, agent)


async def orkosi_story(cast: Cast) -> None:
    base, ann = cast.orkosi, cast.ann
    set_up = {"name": "felix", "display_name": "Felix", "interval_sec": 3600, "emoji": "📦"}
    made = await ask_orkosi(ann, "POST", f"{base}/agents", **set_up)
    assert (len(made["steps"]), made["agent"]["status"]) == (10, "idle")
    number, felix = made["agent"]["id"], cast.api.client(made["token"])
    for word, status in (("stop", "offline"), ("start", "idle"), ("restart", "idle")):
        assert (await ask_orkosi(ann, "POST", f"{base}/agents/felix/{word}", note="Because"))["status"] == status
    assert "felix" in [agent["name"] for agent in await ask_orkosi(ann, "GET", f"{base}/agents")]
    idle = await felix.get(f"{base}/agent-runs/idle-check", params={"agent_name": "felix"})
    assert idle.json() == {"skip": True, "reason": "no_tasks"}
    nobody = await cast.api.client().get(f"{base}/agent-runs/idle-check", params={"agent_name": "felix"})
    assert nobody.json() == {"skip": False}

    public = f"{base}/v1/public/agents"
    said = await ask_orkosi(felix, "PATCH", f"{public}/{number}", status="blocked", current_task="Ask")
    assert (said["status"], said["current_task"]) == ("blocked", "Ask")
    assert (await ask_orkosi(ann, "GET", f"{public}/{number}")) == said
    scout = await ask_orkosi(ann, "POST", public, 201, name="scout", role="reader", status="paused")
    assert [agent["name"] for agent in await ask_orkosi(ann, "GET", f"{public}?status=paused")] == ["scout"]
    await ask_orkosi(ann, "DELETE", f"{public}/{scout['id']}")


SAMPLE = Sample(
    after=("workspace_member",),  # who lists themselves without agents
    make=make,
    places={"agentNumber": "agent", "agentSlug": "agent_slug"},
    calls={
        "agent": lambda ids: (ids["agent"],),
        "agents": lambda ids: (ids["workspace"],),
        "agentCreate": lambda ids: (AgentCreate.of(workspace_id=ids["workspace"], name="More", slug="more"),),
        "agentUpdate": lambda ids: (ids["agent"], AgentUpdate.of(name="Other")),
        "agentDelete": lambda ids: (ids["agent"],),
        "agentNamed": lambda ids: (ids["workspace"], "planner"),
        "agentReport": lambda ids: (ids["other agent"], AgentReport(status=AgentStatus.IDLE, current_task="Looking")),
        "agentSetUp": lambda ids: (
            AgentSetUp.of(workspace_id=ids["workspace"], name="Scout", slug="scout", template_id=ids["agent_template"]),
        ),
        "agentStop": lambda ids: (ids["agent"], AgentSwitch(note="Too loud")),
        "agentStart": lambda ids: (ids["agent"], AgentSwitch(note="Go on")),
        "agentRestart": lambda ids: (ids["agent"], AgentSwitch(note="Anew")),
        "agentIdle": lambda ids: (ids["workspace"], "planner"),
        "agentIdleCheck": lambda ids: ("planner", ids["workspace"]),
    },
    beyond={
        ("agentReport", "agent"): Forbidden,  # it is about another agent
        # Whoever is signed in, and asks about a workspace, has to be in it.
        ("agentIdleCheck", "outsider"): NotFound,
        ("agentIdleCheck", "bystander"): NotFound,
    },
    counts={"agentReport"},
    routes={
        ("GET", WORKSPACE + "/agents"): None,
        ("POST", WORKSPACE + "/agents"): sent(name="More", slug="more"),
        ("GET", WORKSPACE + "/agents/{agentId}"): None,
        ("PATCH", WORKSPACE + "/agents/{agentId}"): sent(name="Other"),
        ("DELETE", WORKSPACE + "/agents/{agentId}"): None,
        ("GET", ORKOSI + "/agents"): None,
        ("POST", ORKOSI + "/agents"): sent(name="felix", interval_sec=3600),
        ("POST", ORKOSI + "/agents/{agentSlug}/stop"): sent(note="Too loud"),
        ("POST", ORKOSI + "/agents/{agentSlug}/start"): sent(),
        ("POST", ORKOSI + "/agents/{agentSlug}/restart"): sent(),
        ("GET", ORKOSI + "/agent-runs/idle-check"): sent(agent_name="planner"),
        ("GET", PUBLIC): None,
        ("POST", PUBLIC): sent(name="felix", role="engineer"),
        ("GET", PUBLIC + "/{agentNumber}"): None,
        ("PATCH", PUBLIC + "/{agentNumber}"): sent(role="engineer"),
        ("DELETE", PUBLIC + "/{agentNumber}"): None,
    },
    cases={
        "agentReport": Case(caller="other agent"),
        "agentStop": Case(arguments=lambda ids: (ids["other agent"], AgentSwitch(note="Too loud"))),
        "agentRestart": Case(arguments=lambda ids: (ids["other agent"], AgentSwitch())),
    },
    kept={
        "Agent": Kept(
            "user { id name } skills { id }", {"Workspace": "agents(first: 500) { nodes { ...AgentFields } }"}
        )
    },
    story=story,
    orkosi_story=orkosi_story,
)
