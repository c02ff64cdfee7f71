"""Standing orders: what agents do whatever they do."""

from resolvers.inputs.pilotage import StandingOrderCreate, StandingOrderUpdate
from resolvers.kit.page import Window
from resolvers.pilotage.standing_order import create_standing_order
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

RULES = ORKOSI + "/rules"


async def make(world: World) -> None:
    order = StandingOrderCreate.of(workspace_id=world.ids["workspace"], text="Write tests")
    world.ids["standing_order"] = (await world.made(create_standing_order, order))["_id"]


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    rules = f"{base}/rules"
    rule = await ask_orkosi(ann, "POST", rules, 201, rule="Write tests", permanent=True, scope="all")
    assert await ask_orkosi(ann, "GET", f"{rules}?permanent=1") == [rule]
    assert await ask_orkosi(ann, "GET", f"{rules}?scope=nobody") == []
    one = f"{rules}/{rule['id']}"
    refused = await ann.delete(one)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert (await ask_orkosi(ann, "PATCH", one, permanent=False, category="workflow"))["category"] == "workflow"
    assert await ask_orkosi(ann, "DELETE", one) == {"id": rule["id"], "deleted": True}


SAMPLE = Sample(
    make=make,
    places={"ruleNumber": "standing_order"},
    calls={
        "standingOrders": lambda ids: (ids["workspace"], Window.read()),
        "standingOrderCreate": lambda ids: (
            StandingOrderCreate.of(workspace_id=ids["workspace"], text="More", agent_id=ids["agent"]),
        ),
        "standingOrderUpdate": lambda ids: (ids["standing_order"], StandingOrderUpdate.of(category="tests")),
        "standingOrderDelete": lambda ids: (ids["standing_order"],),
    },
    makes_another={"standingOrderCreate"},
    routes={
        ("GET", RULES): None,
        ("POST", RULES): sent(rule="Keep it short"),
        ("PATCH", RULES + "/{ruleNumber}"): sent(category="tests"),
        ("DELETE", RULES + "/{ruleNumber}"): None,
    },
    kept={
        "StandingOrder": Kept(
            "agent { id } createdBy { id }",
            {"Workspace": "steering: pilotage { standingOrders(first: 20) { nodes { ...StandingOrderFields } } }"},
        )
    },
    orkosi_story=orkosi_story,
)
