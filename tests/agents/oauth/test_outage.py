"""The database is away: clients and people are told to come again."""

import pytest

from tests.agents.oauth.oauth_lab import Application, Browser, Page, error_of
from tests.agents.server.outage import no_database
from tests.gateway.lab import PASSWORD, Lab, Person


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/register"])
async def test_a_client_is_told_as_oauth_tells_it(path: str, lab: Lab, application: Application) -> None:
    client = lab.client()
    if path == "/oauth/register":
        sent = client.build_request("POST", path, json={"redirect_uris": [application.redirect]})
    else:
        values = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x", "client_id": application.id}
        sent = client.build_request("POST", path, data=values)

    with no_database():
        answered = await client.send(sent)

    assert (answered.status_code, error_of(answered)) == (503, "temporarily_unavailable")
    assert answered.headers["retry-after"] == "1"


async def test_a_person_is_told_by_a_page(lab: Lab, ann: Person, browser: Browser, application: Application) -> None:
    question, stranger = await browser.asked(application.url()), Browser(lab.client())
    sign_in = Page((await stranger.http.get("/oauth/sign-in")).text)

    with no_database():
        for answered in (
            await stranger.submit(sign_in, email=ann.email, password=PASSWORD),
            await browser.http.get(application.url()),
            await browser.submit(question, decision="allow"),
        ):
            assert answered.status_code == 503
            assert answered.headers["retry-after"] == "1"
            assert "try again later" in Page(answered.text).text
