"""Each step of signing in may come to another process: what one of them has in memory does not matter."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import cycle

import httpx
import pytest
import pytest_asyncio

from tests.agents.oauth.oauth_lab import ISSUER, Application, Browser, error_of
from tests.agents.oauth.test_description import Described
from tests.gateway.lab import PASSWORD
from tests.gateway.revocation_lab import two_gateways
from tests.loopback import NO_TLS
from tests.models.test_outbound import serving
from tests.patience import PATIENCE

SETTINGS = {"ORRERY_PUBLIC_URL": ISSUER, "ORRERY_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
EMAIL = "ann@example.com"


class InTurn(httpx.AsyncBaseTransport):
    """Sends each request to the next of several gateways, as a proxy before them may; `paths` is what each was sent."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.under = httpx.AsyncHTTPTransport(verify=NO_TLS)
        self.ports = [httpx.URL(url).port for url in urls]
        self.paths = {port: set[str]() for port in self.ports}
        self.begin_at(0)

    def begin_at(self, place: int) -> None:
        """The next request goes to the gateway at this place."""
        self._turns = cycle(self.ports[place:] + self.ports[:place])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = next(self._turns)
        self.paths[port].add(request.url.path)
        request.url = request.url.copy_with(port=port)  # the Host stays
        return await self.under.handle_async_request(request)

    async def aclose(self) -> None:
        """Of one of its clients: the others go on."""


@pytest_asyncio.fixture(scope="module")
async def turns(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[InTurn]:
    """Two processes at one address, whose bus reaches no other process."""
    async with two_gateways(tmp_path_factory.mktemp("processes"), **SETTINGS) as gateways:
        turns = InTurn(list(gateways.urls.values()))
        async with client_of(turns) as http:
            values = {"email": EMAIL, "password": PASSWORD, "name": "Ann"}
            assert (await http.post("/auth/register", json=values)).status_code == 201
        yield turns
        await turns.under.aclose()


def client_of(turns: InTurn) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=turns, base_url=ISSUER, timeout=PATIENCE)


@pytest.fixture
async def browser(turns: InTurn) -> Browser:
    opened = Browser(client_of(turns))
    await opened.sign_in(EMAIL)
    return opened


async def works(application: Application) -> bool:
    """Whether its token is good, wherever it comes."""
    found = {(await application.call("find_tools", query="card")).status_code for _ in range(2)}
    assert found in ({200}, {401})
    return found == {200}


@pytest.mark.slow("starts two gateways")
async def test_each_step_may_come_to_another_process(turns: InTurn, browser: Browser) -> None:
    document = Described()
    async with serving(document.answer) as port:
        document.url = f"http://127.0.0.1:{port}/app.json"
        for place in range(2):  # what came to one the first time comes to the other
            turns.begin_at(place)
            registered = Application(client_of(turns))
            await registered.register()
            for application in (registered, Application(client_of(turns), id=document.url)):
                turns.begin_at(place)
                await application.connect(browser)
                assert await works(application)
                assert (await application.refresh()).status_code == 200
                assert await works(application)
                given = {"token": application.tokens["access_token"], "client_id": application.id}
                assert (await application.http.post("/oauth/revoke", data=given)).status_code == 200
                assert not await works(application)
                assert error_of(await application.refresh()) == "invalid_grant"

    here, there = turns.paths.values()
    assert here & there >= {f"/oauth/{step}" for step in ("register", "authorize", "consent", "token", "revoke")}
    assert document.read == 1


async def test_of_two_who_come_at_once_to_two_processes_neither_keeps_anything(turns: InTurn, browser: Browser) -> None:
    application = Application(client_of(turns))
    await application.register()
    code = (await browser.allow(application.url()))["code"]
    exchanged = await asyncio.gather(application.exchange(code), application.exchange(code))
    assert not await works(application)

    await application.connect(browser)
    renewed = await asyncio.gather(application.refresh(), application.refresh())
    assert not await works(application)

    for answered in (exchanged, renewed):
        assert sorted(each.status_code for each in answered) == [200, 400]
