"""What Orkosi's client reads of a workspace at a glance, and what is logged."""

from tests.gateway.logged import log_to_file
from tests.rest.conftest import PASSWORD, Api, Board
from tests.rest.orkosi_story import ORKOSI, asked, base_of


async def orkosi_overview(api: Api, board: Board) -> None:
    """Every route of the dashboard and of logs."""
    ann, base = board.ann, base_of(board)
    told = await asked(ann, "GET", f"{base}/dashboard")
    stats = await asked(ann, "GET", f"{base}/dashboard/stats")
    assert told["counts"].items() <= stats.items()
    nobody = await asked(api.client(), "GET", f"{base}/dashboard")
    assert nobody == {"endpoints": told["endpoints"], "counts": dict.fromkeys(told["counts"])}
    listed = await asked(ann, "GET", f"{base}/tasks?status=todo&limit=200")
    assert stats["pending"] == stats["tasks_by_status"]["todo"] == len(listed)
    agents = {agent["name"] for agent in await asked(ann, "GET", f"{base}/agents")}
    for path in ("agent-efficiency", "agent-queue-health"):
        assert {row["agent"] for row in await asked(ann, "GET", f"{base}/dashboard/{path}")} == agents
    overview = await asked(ann, "GET", f"{base}/dashboard/overview")
    assert overview["usage_7d"]["calls"] == 0
    assert overview["token_balance"] == (await asked(ann, "GET", f"{base}/tokens/balance"))["balance"]
    health = await asked(ann, "GET", f"{base}/system/health")
    soul = next(check for check in health["agents"]["checks"] if check["rule"] == "soul")
    assert len(soul["failing"]) == soul["checked"] - soul["passed"]

    line = await asked(ann, "POST", f"{base}/logs", 201, agent="felix", message="Shipped", meta={"run": 7})
    assert await asked(ann, "GET", f"{base}/logs?agent=felix&q=ship&level=info") == [line]
    assert await asked(ann, "GET", f"{base}/logs?source=all&q=shipped") == [line]
    refused = await ann.get(f"{base}/logs?source=file")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")

    # What the gateway says of itself is for whoever runs it
    log_to_file(api.ctx.services, "the dome is stuck")
    account = {"email": "root@example.com", "password": PASSWORD}
    root = api.client((await api.client().post(f"{ORKOSI}/auth/login", json=account)).json()["token"])
    assert "gateway.log" in [file["name"] for file in await asked(root, "GET", f"{ORKOSI}/logs/files")]
    [found] = await asked(root, "GET", f"{ORKOSI}/logs?level=warn&q=stuck&limit=1")
    assert (found["source"], found["id"], found["message"]) == ("file", None, "the dome is stuck")
