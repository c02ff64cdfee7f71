"""Contracts of what starts agents, in Orkosi's interface."""

from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Then, bad
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, TIME
from tests.rest.contract.shape import ID as HEX
from tests.world.paths import ORKOSI

ALL, ONE = ORKOSI + "/automations", ORKOSI + "/automations/{automationNumber}"
SCRIPT = {
    "id": COUNT,
    "agent_name": "planner",
    "name": "run.sh",
    "type": "script",
    "path": "/srv/planner/run.sh",
    "label": None,
    "status": "active",
    "live": None,
    "created_at": TIME,
    "updated_at": TIME,
}
PLIST = {
    "name": "planner.plist",
    "agent_name": "planner",
    "type": "launchagent",
    "path": "/srv/planner/planner.plist",
    "label": "orrery.planner",
    "status": "inactive",
}
NO_NUMBER = bad("automation_number", path={"automationNumber": "nonsense"})

CONTRACTS = [
    Contract(
        method="GET",
        route=ALL,
        params={"agent_name": "planner", "type": "script", "status": "active", "q": "PLANNER/RUN"},
        answers=page((SCRIPT,)),
        bad=bad("q", params={"q": "x" * 101}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=ALL,
        sent=PLIST,
        answers=data({**SCRIPT, **PLIST}),
        then=(
            Then(ALL + "?status=inactive", page(({**SCRIPT, **PLIST},))),
            Then(ALL + "?agent_name=nobody", page(())),
        ),
        bad=bad("agent_name", sent={**PLIST, "agent_name": "nobody"}),
        denied=MEMBER,
    ),
    Contract(method="GET", route=ONE, answers=data(SCRIPT), bad=NO_NUMBER, denied=STRANGER),
    Contract(
        method="PATCH",
        route=ONE,
        sent={"status": "disabled", "label": "planner", "name": None, "unknown": 1},
        answers=data({**SCRIPT, "status": "disabled", "label": "planner"}, ignored_fields=("unknown",)),
        then=(Then(ONE, data({"name": "run.sh", "status": "disabled"})),),
        bad=bad("status", sent={"status": "asleep"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=ONE,
        answers=gone(HEX),
        then=(Then(ALL, page(())),),
        bad=NO_NUMBER,
        denied=MEMBER,
    ),
]
