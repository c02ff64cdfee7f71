"""The part of the story of every route that Orkosi's agents play."""

from tests.rest.conftest import Api, Board
from tests.rest.orkosi_story import asked, base_of


async def orkosi_agents(api: Api, board: Board) -> None:
    base, ann = base_of(board), board.ann
    made = await asked(ann, "POST", f"{base}/agents", name="felix", display_name="Felix", interval_sec=3600, emoji="📦")
    assert (len(made["steps"]), made["agent"]["status"]) == (10, "idle")
    number, felix = made["agent"]["id"], api.client(made["token"])
    for word, status in (("stop", "offline"), ("start", "idle"), ("restart", "idle")):
        assert (await asked(ann, "POST", f"{base}/agents/felix/{word}", note="Because"))["status"] == status
    assert "felix" in [agent["name"] for agent in await asked(ann, "GET", f"{base}/agents")]
    idle = await felix.get(f"{base}/agent-runs/idle-check", params={"agent_name": "felix"})
    assert idle.json() == {"skip": True, "reason": "no_tasks"}
    nobody = await api.client().get(f"{base}/agent-runs/idle-check", params={"agent_name": "felix"})
    assert nobody.json() == {"skip": False}

    automations = f"{base}/automations"
    script, plist = await asked(ann, "GET", f"{automations}?agent_name=felix")
    assert (script["path"], plist["label"]) == ("agents/felix/run.sh", "orrery.felix")
    away = {"agent_name": "felix", "name": "Night", "type": "script", "path": "/srv/felix/night.sh"}
    night = await asked(ann, "POST", automations, 201, **away, status="disabled")
    assert (night["id"], night["live"]) == (3, None)
    assert await asked(ann, "GET", f"{automations}/{night['id']}") == night
    assert (await asked(ann, "PATCH", f"{automations}/{night['id']}", status="active"))["status"] == "active"
    assert await asked(ann, "DELETE", f"{automations}/{night['id']}") == {"id": 3, "deleted": True}

    public = f"{base}/v1/public/agents"
    said = await asked(felix, "PATCH", f"{public}/{number}", status="blocked", current_task="Ask")
    assert (said["status"], said["current_task"]) == ("blocked", "Ask")
    assert (await asked(ann, "GET", f"{public}/{number}")) == said
    scout = await asked(ann, "POST", public, 201, name="scout", role="reader", status="paused")
    assert [agent["name"] for agent in await asked(ann, "GET", f"{public}?status=paused")] == ["scout"]
    await asked(ann, "DELETE", f"{public}/{scout['id']}")

    templates = f"{base}/v1/public/templates"
    template = await asked(ann, "POST", templates, 201, name="Shipper", slug="shipper", tools=["read_board"])
    assert await asked(ann, "GET", f"{templates}/{template['id']}") == template
    assert await asked(ann, "GET", templates) == [template]
    assert (await asked(ann, "PATCH", f"{templates}/{template['id']}", category="delivery"))["category"] == "delivery"
    await asked(ann, "DELETE", f"{templates}/{template['id']}")
    assert await asked(ann, "GET", templates) == []
