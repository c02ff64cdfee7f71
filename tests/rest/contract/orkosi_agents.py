"""Contracts of Orkosi's agents, of whether they need begin, and of their templates."""

from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Refused, Then, bad
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, FLAG, LIST, NUMBER, OBJECT, TEXT, TIME, Having, maybe, one_of
from tests.world.paths import ORKOSI

AGENTS = ORKOSI + "/agents"
IDLE = ORKOSI + "/agent-runs/idle-check"
PUBLIC = ORKOSI + "/v1/public/agents"
ONE = PUBLIC + "/{agentNumber}"
TEMPLATES = ORKOSI + "/v1/public/templates"
TEMPLATE = TEMPLATES + "/{templateNumber}"

PARTS = {
    "id": COUNT,
    "name": TEXT,
    "display_name": TEXT,
    "role": maybe(TEXT),
    "emoji": maybe(TEXT),
    "current_task": maybe(TEXT),
    "workspace_path": maybe(TEXT),
    "last_heartbeat": maybe(TIME),
    "created_at": TIME,
    "updated_at": TIME,
}
AGENT = {
    **PARTS,
    "status": one_of("active", "idle", "offline", "error"),
    "model": maybe(TEXT),
    "color": maybe(TEXT),
    "interval_sec": maybe(COUNT),
    "paused": FLAG,
    "cost_usd": NUMBER,
    "tasks_done": COUNT,
    "tasks_open": COUNT,
    "completion_rate": maybe(NUMBER),
    "automations": LIST,
}
PUBLIC_AGENT = {**PARTS, "status": one_of("idle", "working", "blocked", "offline", "paused")}
PLANNER = {**AGENT, "name": "planner"}
STEPS = (
    "registration",
    "token",
    "folder",
    "SOUL.md",
    "run.sh",
    "automation",
    "plist",
    "schedule",
    "heartbeat",
    "log",
)
FELIX = {
    "name": "felix",
    "display_name": "Felix",
    "model": "claude-haiku-4-5",
    "interval_sec": 3600,
    "emoji": "📦",
    "color": "#3b82f6",
}
SCOUT = {
    "id": COUNT,
    "name": "Scout",
    "slug": "scout",
    "description": None,
    "icon": None,
    "category": None,
    "model": None,
    "interval_sec": None,
    "identity": None,
    "tools": ("read_board",),
    "capabilities": (),
    "config": {},
    "is_featured": False,
    "sort_order": 0,
    "archived": False,
}
NO_NAME = bad("name", path={"agentSlug": "No name"})
NO_NUMBER = bad("agent_number", path={"agentNumber": "nonsense"})
NO_TEMPLATE = bad("template_number", path={"templateNumber": "nonsense"})
TAKEN = Refused(status=409, code="CONFLICT", sent={**FELIX, "name": "planner"}, at="name")


def _switched(word: str, status: str, *, paused: bool) -> Contract:
    return Contract(
        method="POST",
        route=f"{AGENTS}/{{agentSlug}}/{word}",
        status=200,
        sent={"note": "Because"},
        answers=data({**PLANNER, "status": status, "paused": paused}),
        then=(Then(ONE, data({"status": "paused" if paused else status})),),
        bad=NO_NAME,
        denied=MEMBER,
    )


CONTRACTS = [
    Contract(
        method="GET",
        route=AGENTS,
        params={"status": "idle,active,offline"},
        answers=page(Having(PLANNER)),
        bad=bad("status", params={"status": "asleep"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=AGENTS,
        status=200,
        sent=FELIX,
        answers=data(
            {
                "agent": {**AGENT, **FELIX, "status": "idle", "last_heartbeat": TIME},
                "token": TEXT,
                "steps": tuple({"step": step, "status": one_of("done", "skipped"), "detail": TEXT} for step in STEPS),
            }
        ),
        then=(Then(AGENTS, page(Having({"name": "felix", "status": "idle"}))),),
        bad=bad("name", sent={**FELIX, "name": "Not a slug"}),
        denied=TAKEN,
    ),
    _switched("stop", "offline", paused=True),
    _switched("start", "idle", paused=False),
    _switched("restart", "idle", paused=False),
    Contract(
        method="GET",
        route=IDLE,
        params={"agent_name": "planner", "run_mode": "discovery"},
        answers={"skip": False, "reason": None},
        bad=bad("agent_name", params={}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PUBLIC,
        params={"limit": 10},
        answers=page(Having({**PUBLIC_AGENT, "name": "planner"})),
        bad=bad("status", params={"status": "asleep"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PUBLIC,
        sent={"name": "felix", "emoji": "📦", "role": "engineer", "status": "blocked", "workspace_path": "/srv/felix"},
        answers=data(
            {
                **PUBLIC_AGENT,
                "name": "felix",
                "emoji": "📦",
                "role": "engineer",
                "status": "blocked",
                "workspace_path": "/srv/felix",
            }
        ),
        then=(Then(PUBLIC, page(Having({"name": "felix", "status": "blocked"}))),),
        bad=bad("role", sent={"name": "felix"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET", route=ONE, answers=data({**PUBLIC_AGENT, "name": "planner"}), bad=NO_NUMBER, denied=STRANGER
    ),
    Contract(
        method="PATCH",
        route=ONE,
        sent={"role": "lead", "status": "paused", "current_task": "Rest", "unknown": 1},
        answers=data(
            {**PUBLIC_AGENT, "role": "lead", "status": "paused", "current_task": "Rest"}, ignored_fields=("unknown",)
        ),
        then=(Then(ONE, data({"role": "lead", "status": "paused"})),),
        bad=bad("status", sent={"status": "asleep"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=ONE,
        answers=gone(COUNT),
        then=(Then(ONE, data({"status": "offline"})),),
        bad=NO_NUMBER,
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=TEMPLATES,
        params={"featured": "false"},
        answers=page((SCOUT,)),
        bad=bad("limit", params={"limit": 0}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=TEMPLATES,
        sent={
            "name": "Felix",
            "slug": "felix",
            "icon": "📦",
            "category": "delivery",
            "interval_sec": 3600,
            "identity": "You ship.",
            "tools": ["read_board"],
            "capabilities": ["shipping"],
            "config": {"retries": 2},
            "is_featured": True,
            "sort_order": 3,
        },
        answers=data(
            {
                **SCOUT,
                "name": "Felix",
                "slug": "felix",
                "icon": "📦",
                "category": "delivery",
                "interval_sec": 3600,
                "identity": "You ship.",
                "capabilities": ("shipping",),
                "config": OBJECT,
                "is_featured": True,
                "sort_order": 3,
            }
        ),
        then=(Then(TEMPLATES, page(Having({"slug": "felix"}))),),
        bad=bad("slug", sent={"name": "Felix", "slug": "Not a slug"}),
        denied=Refused(status=409, code="CONFLICT", sent={"name": "Scout", "slug": "scout"}, at="slug"),
    ),
    Contract(method="GET", route=TEMPLATE, answers=data(SCOUT), bad=NO_TEMPLATE, denied=STRANGER),
    Contract(
        method="PATCH",
        route=TEMPLATE,
        sent={"category": "delivery", "interval_sec": None},
        answers=data({**SCOUT, "category": "delivery"}),
        then=(Then(TEMPLATE, data({"category": "delivery"})),),
        bad=bad("sort_order", sent={"sort_order": None}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=TEMPLATE,
        answers=gone(COUNT),
        then=(Then(TEMPLATE, data({"archived": True})), Then(TEMPLATES, page(()))),
        bad=NO_TEMPLATE,
        denied=MEMBER,
    ),
]
