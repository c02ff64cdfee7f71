"""How many queries a request sends to the database, counted by the driver in a gateway of this process."""

from collections.abc import Mapping

import httpx

from bench.project import BOARD
from gateway.app import create_app
from gateway.settings import Settings
from tests.gateway.lab import count_queries


async def queries_of_boards(
    database_url: str, secret_key: str, token: str, projects: Mapping[int, str]
) -> dict[int, int]:
    """The queries of one board by the number of its cards, that of the session included."""
    app = create_app(Settings(secret_key=secret_key, mongodb_url=database_url))
    found: dict[int, int] = {}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        client.headers["authorization"] = f"Bearer {token}"
        app.state.services.recognitions.seconds = 0  # the number must not depend on the time that has passed
        for cards, project in (*projects.items(), *projects.items()):  # the second time counts: the first warms up
            with count_queries() as seen:
                answer = await client.post("/graphql", json={"query": BOARD, "variables": {"id": project}})
            assert "errors" not in answer.json(), answer.text
            found[cards] = len(seen)
    return found
