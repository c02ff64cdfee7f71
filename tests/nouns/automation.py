"""Automations of a project."""

from models.enums import AutomationTrigger
from models.errors import Forbidden
from resolvers.automation import automation
from resolvers.automation.follow import follow as follow_automations
from resolvers.inputs.automation import AutomationCreate, AutomationUpdate
from resolvers.kit.page import Window
from tests.gateway.replay.state import nothing
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import PROJECT
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

AUTOMATIONS = PROJECT + "/automations"


async def make(world: World) -> None:
    """One that the third card starts, which is made later."""
    ids = world.ids
    tidied = AutomationCreate.of(
        project_id=ids["project"],
        trigger=AutomationTrigger.TASK_CREATED,
        conditions={"title": "third_card"},
        action={"type": "remove_label", "labelId": str(ids["label"])},
    )
    ids["automation"] = (await world.made(automation.create_automation, tidied))["_id"]


async def story(cast: Cast) -> None:
    rules = f"{cast.path}/automations"
    action = {"type": "add_comment", "content": "Welcome"}
    made_rule = await made(
        cast.ann, rules, trigger="task_created", conditions={"title": {"contains": "A"}}, action=action
    )
    rule = f"{rules}/{made_rule['id']}"
    await changed(cast.ann, rule, name="Greet")
    assert [one["name"] for one in await read(cast.ann, rules)] == ["Greet"]
    card = await made(cast.ann, f"{cast.path}/cards", title="A")
    await follow_automations(cast.api.ctx.services)
    [trace] = await read(cast.ann, f"{rule}/traces?limit=5")
    assert (trace["target"], trace["result"]) == (card["id"], "success")
    assert (await cast.ann.patch(f"{rule}/toggle")).json()["enabled"] is False
    assert (await changed(cast.ann, f"{rule}/toggle", enabled=False))["enabled"] is False
    assert (await read(cast.ann, rule))["trigger"] == "task_created"
    await deleted(cast.ann, rule)
    await deleted(cast.ann, f"{cast.path}/cards/{card['id']}")


SAMPLE = Sample(
    after=("template",),
    make=make,
    places={"ruleId": "automation"},
    calls={
        "automation": lambda ids: (ids["automation"],),
        "automations": lambda ids: (ids["project"],),
        "automationTraces": lambda ids: (ids["automation"], Window.read(10)),
        "automationCreate": lambda ids: (
            AutomationCreate.of(
                project_id=ids["project"], trigger=AutomationTrigger.TASK_MOVED, action={"type": "notify"}, name="More"
            ),
        ),
        "automationUpdate": lambda ids: (ids["automation"], AutomationUpdate.of(name="Other")),
        "automationToggle": lambda ids: (ids["automation"], False),
        "automationDelete": lambda ids: (ids["automation"],),
    },
    # It is the owner's.
    beyond={
        (name, caller): Forbidden
        for name in ("automationUpdate", "automationToggle", "automationDelete")
        for caller in ("member", "agent")
    },
    makes_another={"automationCreate"},
    routes={
        ("GET", AUTOMATIONS): None,
        ("POST", AUTOMATIONS): sent(trigger="task_moved", action={"type": "notify"}),
        ("GET", AUTOMATIONS + "/{ruleId}"): None,
        ("PATCH", AUTOMATIONS + "/{ruleId}"): sent(name="Other"),
        ("DELETE", AUTOMATIONS + "/{ruleId}"): None,
        ("PATCH", AUTOMATIONS + "/{ruleId}/toggle"): sent(enabled=False),
        ("GET", AUTOMATIONS + "/{ruleId}/traces"): None,
    },
    kept={"Automation": Kept("owner { id } project { id }", {"Project": "automations { ...AutomationFields }"})},
    rules={"AutomationRan": ("trace { id }", nothing)},
    story=story,
)
