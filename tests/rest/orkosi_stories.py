"""All of the story of every route that Orkosi's clients play."""

import httpx

from tests.rest.conftest import Api, Board
from tests.rest.orkosi_agents_story import orkosi_agents
from tests.rest.orkosi_backups_story import orkosi_backups
from tests.rest.orkosi_billing_story import orkosi_billing
from tests.rest.orkosi_content_story import orkosi_content
from tests.rest.orkosi_organization_story import orkosi_organizations
from tests.rest.orkosi_overview_story import orkosi_overview
from tests.rest.orkosi_queue_story import orkosi_queue
from tests.rest.orkosi_story import orkosi
from tests.rest.orkosi_wallet_story import orkosi_wallets


async def orkosi_stories(api: Api, board: Board, bob: httpx.AsyncClient) -> None:
    """Every route of Orkosi's interface."""
    await orkosi(api, board, bob)
    await orkosi_content(board)
    await orkosi_queue(board)
    await orkosi_wallets(api, board)
    await orkosi_agents(api, board)
    await orkosi_overview(api, board)
    await orkosi_organizations(board, bob)
    await orkosi_backups(api)
    await orkosi_billing(api, board)
