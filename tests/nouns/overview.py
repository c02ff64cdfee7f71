"""A workspace at a glance."""

from models.enums import StatsInterval
from models.errors import NotFound
from resolvers.kit.periods import Periods
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Sample

DASHBOARD = ORKOSI + "/dashboard"


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    told = await ask_orkosi(ann, "GET", f"{base}/dashboard")
    stats = await ask_orkosi(ann, "GET", f"{base}/dashboard/stats")
    assert told["counts"].items() <= stats.items()
    nobody = await ask_orkosi(cast.api.client(), "GET", f"{base}/dashboard")
    assert nobody == {"endpoints": told["endpoints"], "counts": dict.fromkeys(told["counts"])}
    listed = await ask_orkosi(ann, "GET", f"{base}/tasks?status=todo&limit=200")
    assert stats["pending"] == stats["tasks_by_status"]["todo"] == len(listed)
    agents = {agent["name"] for agent in await ask_orkosi(ann, "GET", f"{base}/agents")}
    for path in ("agent-efficiency", "agent-queue-health"):
        assert {row["agent"] for row in await ask_orkosi(ann, "GET", f"{base}/dashboard/{path}")} == agents
    overview = await ask_orkosi(ann, "GET", f"{base}/dashboard/overview")
    assert overview["usage_7d"]["calls"] == 0
    assert overview["token_balance"] == (await ask_orkosi(ann, "GET", f"{base}/tokens/balance"))["balance"]
    health = await ask_orkosi(ann, "GET", f"{base}/system/health")
    soul = next(check for check in health["agents"]["checks"] if check["rule"] == "soul")
    assert len(soul["failing"]) == soul["checked"] - soul["passed"]


SAMPLE = Sample(
    after=("agent", "wallet"),
    calls={
        "dashboard": lambda ids: (ids["workspace"],),
        "workspaceCounts": lambda ids: (ids["workspace"],),
        "workspaceHealth": lambda ids: (ids["workspace"],),
        "agentEfficiency": lambda ids: (ids["workspace"], Periods.between(None, None, StatsInterval.DAY)),
        "agentQueues": lambda ids: (ids["workspace"],),
    },
    # Whoever is signed in, and asks about a workspace, has to be in it.
    beyond={("dashboard", caller): NotFound for caller in ("outsider", "bystander")},
    routes={
        ("GET", DASHBOARD): None,
        ("GET", DASHBOARD + "/stats"): None,
        ("GET", DASHBOARD + "/agent-efficiency"): None,
        ("GET", DASHBOARD + "/agent-queue-health"): None,
        ("GET", DASHBOARD + "/overview"): None,
        ("GET", ORKOSI + "/system/health"): None,
    },
    orkosi_story=orkosi_story,
)
