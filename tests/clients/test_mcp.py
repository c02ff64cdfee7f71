"""A day of work over MCP with the official TypeScript client, which signs in by itself, by both generations of the
protocol."""

import signal
from urllib.parse import urlencode

import pytest

from tests.agents.oauth.oauth_lab import BACK, Browser
from tests.clients.conftest import script
from tests.clients.world import World

AGENT = "mutation ($input: AgentCreateInput!) { agentCreate(input: $input) { token agent { id } } }"


@pytest.mark.slow("ends a gateway under a client and starts it again")
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_day_of_work(world: World, mode: str) -> None:
    # Given
    board = await world.board()
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": f"atlas-{mode}"}
    agent = (await board.ann.ask(AGENT, input=values))["agentCreate"]
    async with world.restarted() as gateway:
        arguments = (mode, gateway.url, agent["token"], board.project, agent["agent"]["id"])
        browser = Browser(world.client(url=gateway.url), gateway.url)
        await browser.sign_in(board.ann.email)

        # When its person agrees, and its gateway ends while it listens, and something happens meanwhile
        async with script("mcp.mjs", *arguments) as client:
            await client.until(lambda one: bool(one.told("authorize")))
            answered = await browser.allow(client.told("authorize")[0])
            await client.say(f"{BACK}?{urlencode(answered)}")
            await client.until(lambda one: bool(one.told("follows")))
            await gateway.end(signal.SIGKILL)
            await board.card("Missed")
            await gateway.start()
            await board.card("Last")
            await client.until(lambda one: bool(one.told("cancelled")))

    # Then
    [tools] = client.told("tools")
    [notes] = client.told("notes")
    assert "run_agent" in tools
    assert client.told("renewals") == [1]
    assert client.told("found") == client.told("read") == client.told("refused") == [True]
    assert client.told("pending") == ["PENDING"]
    assert "title: Approved" in client.told("approved")[0]
    assert client.told("ended") == (["remote"] if mode == "auto" else [])
    assert client.told("missed") == [["Missed", "Last"]]
    assert notes[-1] == "Done. Final. All in order"
    assert client.told("ran") == ["All in order"]
