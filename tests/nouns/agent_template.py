"""Templates of agents."""

from resolvers.agent.agent_template import create_agent_template
from resolvers.inputs.agent_template import AgentTemplateCreate, AgentTemplateUpdate
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

TEMPLATES = ORKOSI + "/v1/public/templates"
TEMPLATE = TEMPLATES + "/{templateNumber}"


async def make(world: World) -> None:
    kind = AgentTemplateCreate.of(workspace_id=world.ids["workspace"], name="Scout", slug="scout", tools=["read_board"])
    world.ids["agent_template"] = (await world.made(create_agent_template, kind))["_id"]


async def orkosi_story(cast: Cast) -> None:
    ann, templates = cast.ann, f"{cast.orkosi}/v1/public/templates"
    template = await ask_orkosi(ann, "POST", templates, 201, name="Shipper", slug="shipper", tools=["read_board"])
    one = f"{templates}/{template['id']}"
    assert await ask_orkosi(ann, "GET", one) == template
    assert await ask_orkosi(ann, "GET", templates) == [template]
    assert (await ask_orkosi(ann, "PATCH", one, category="delivery"))["category"] == "delivery"
    await ask_orkosi(ann, "DELETE", one)
    assert await ask_orkosi(ann, "GET", templates) == []


SAMPLE = Sample(
    make=make,
    places={"templateNumber": "agent_template"},
    calls={
        "agentTemplate": lambda ids: (ids["agent_template"],),
        "agentTemplates": lambda ids: (ids["workspace"],),
        "agentTemplateCreate": lambda ids: (
            AgentTemplateCreate.of(workspace_id=ids["workspace"], name="More", slug="more"),
        ),
        "agentTemplateUpdate": lambda ids: (ids["agent_template"], AgentTemplateUpdate.of(archived=True)),
        "agentTemplateDelete": lambda ids: (ids["agent_template"],),
    },
    routes={
        ("GET", TEMPLATES): None,
        ("POST", TEMPLATES): sent(name="More", slug="more"),
        ("GET", TEMPLATE): None,
        ("PATCH", TEMPLATE): sent(category="delivery"),
        ("DELETE", TEMPLATE): None,
    },
    kept={"AgentTemplate": Kept("createdBy { id }", {"Workspace": "agentTemplates { ...AgentTemplateFields }"})},
    orkosi_story=orkosi_story,
)
