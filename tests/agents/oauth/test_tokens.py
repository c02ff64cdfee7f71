"""From a consent to tokens, and what becomes of those: each is good for one thing, and once where it is for once."""

import asyncio
from datetime import timedelta

import jwt
import pytest
from bson import ObjectId

from agents.oauth import endpoints
from auth.oauth import Server, access_token, read_access_token, read_refresh_token, refresh_token
from auth.secrets import hash_secret
from models import LoggedEvent, OAuthCode, OAuthGrant
from models.base import collection, utc_now
from resolvers.oauth import grant as grants
from tests.agents.oauth.oauth_lab import ISSUER, RESOURCE, Application, Browser, error_of
from tests.agents.server.client import MODERN, Client
from tests.gateway.lab import Lab, Person

GRANTS = "{ viewer { oauthGrants { id clientName clientHost redirectHost scopes lastUsedAt } } }"
REVOKE = "mutation ($id: ID!) { oauthGrantRevoke(id: $id) { deletedId } }"


async def reasons(person: Person) -> list[str]:
    """Why grants of a person have ended, as their history tells."""
    ended = {"stream_id": ObjectId(person.id), "type": "OAuthGrantRevoked"}
    return [event["data"]["reason"] for event in await collection(LoggedEvent).find(ended).to_list()]


async def test_an_application_works_with_what_a_person_gave_it(
    ann: Person, browser: Browser, application: Application
) -> None:
    answered = await browser.allow(application.url())
    exchanged = await application.exchange(answered["code"])

    assert (answered["state"], answered["iss"]) == ("of-mine", ISSUER)
    assert exchanged.headers["cache-control"] == "no-store"
    assert exchanged.json() | {"access_token": "", "refresh_token": ""} == {
        "access_token": "",
        "refresh_token": "",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "projects:read projects:write",
    }
    claims = jwt.decode(application.tokens["access_token"], options={"verify_signature": False})
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, RESOURCE, ann.id)
    assert claims["exp"] - claims["iat"] in (899, 900)
    told = (await application.call("graph_query", query="{ organizations { totalCount } }")).json()["result"]
    assert not told.get("isError"), told
    [listed] = (await ann.ask(GRANTS))["viewer"]["oauthGrants"]
    assert listed["lastUsedAt"] is not None
    assert listed | {"id": "", "lastUsedAt": None} == {
        "id": "",
        "clientName": "Editor",
        "clientHost": None,
        "redirectHost": "127.0.0.1:5123",
        "scopes": ["PROJECTS_READ", "PROJECTS_WRITE"],
        "lastUsedAt": None,
    }


async def test_its_tokens_are_good_at_mcp_alone(browser: Browser, application: Application, lab: Lab) -> None:
    tokens = await application.connect(browser)

    assert (await application.call("find_tools", query="card")).status_code == 200
    for token in (tokens["access_token"], tokens["refresh_token"]):
        other = lab.client(token)
        assert (await other.get("/auth/me")).status_code == 401
        refused = (await other.post("/graphql", json={"query": "{ viewer { id } }"})).json()
        assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    client = Client(lab.client(tokens["refresh_token"]), MODERN)
    assert (await client.post(client.message("tools/list"))).status_code == 401


async def test_a_token_of_another_audience_is_refused(lab: Lab, browser: Browser, application: Application) -> None:
    await application.connect(browser)
    key = lab.app.state.services.signer.key
    access = read_access_token(key, application.tokens["access_token"], RESOURCE)

    application.tokens = {"access_token": access_token(key, access, Server(ISSUER, "https://other.example/mcp"))}

    assert (await application.call("find_tools", query="card")).status_code == 401


async def test_a_code_that_comes_twice_ends_what_came_of_it(
    ann: Person, browser: Browser, application: Application
) -> None:
    code = (await browser.allow(application.url()))["code"]
    await application.exchange(code)
    assert (await application.call("find_tools", query="card")).status_code == 200

    again = await application.exchange(code)

    assert (again.status_code, error_of(again)) == (400, "invalid_grant")
    assert (await application.call("find_tools", query="card")).status_code == 401
    assert (await application.refresh()).status_code == 400
    assert await reasons(ann) == ["code replayed"]


async def test_of_two_who_come_with_one_code_at_once_neither_keeps_anything(
    ann: Person, browser: Browser, application: Application
) -> None:
    code = (await browser.allow(application.url()))["code"]

    answered = await asyncio.gather(application.exchange(code), application.exchange(code))

    assert sorted(each.status_code for each in answered) == [200, 400]
    assert await collection(OAuthGrant).count_documents({"user_id": ObjectId(ann.id)}) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:5124/callback"}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"code": "nothing"}, "invalid_grant"),
        ({"resource": "https://other.example/mcp"}, "invalid_target"),
        ({"client_id": "https://evil.example/app"}, "invalid_grant"),
        ({"client_id": "0" * 24}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "x"}, "unsupported_grant_type"),
    ],
)
async def test_a_code_is_good_for_who_it_was_given_to(
    changes: dict[str, str], error: str, ann: Person, browser: Browser, application: Application
) -> None:
    code = (await browser.allow(application.url()))["code"]

    answered = await application.exchange(**{"code": code, **changes})

    assert error_of(answered) == error
    assert await collection(OAuthGrant).count_documents({"user_id": ObjectId(ann.id)}) == 0


async def test_a_code_of_another_application_is_none(lab: Lab, browser: Browser, application: Application) -> None:
    other = Application(lab.client(), verifier=application.verifier)
    await other.register()
    code = (await browser.allow(application.url()))["code"]

    assert error_of(await other.exchange(code)) == "invalid_grant"
    assert (await application.exchange(code)).status_code == 200


async def test_a_code_is_good_for_a_minute_and_stored_as_a_hash(browser: Browser, application: Application) -> None:
    code = (await browser.allow(application.url()))["code"]
    stored = {"code_hash": hash_secret(code)}
    found = await collection(OAuthCode).find_one(stored)
    assert found is not None
    assert timedelta(seconds=59) < found["valid_until"] - found["created_at"] <= timedelta(seconds=61)
    assert code not in str(found)

    await collection(OAuthCode).update_one(stored, {"$set": {"valid_until": utc_now() - timedelta(seconds=1)}})

    assert error_of(await application.exchange(code)) == "invalid_grant"


async def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_grant(
    ann: Person, browser: Browser, application: Application
) -> None:
    first = await application.connect(browser)

    second = (await application.refresh()).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await application.call("find_tools", query="card")).status_code == 200

    reused = await application.refresh(first["refresh_token"])
    assert (reused.status_code, error_of(reused)) == (400, "invalid_grant")
    assert (await application.call("find_tools", query="card")).status_code == 401
    assert error_of(await application.refresh(second["refresh_token"])) == "invalid_grant"
    assert await reasons(ann) == ["refresh token reused"]


async def test_a_history_tells_that_a_grant_was_renewed_and_until_when(
    ann: Person, browser: Browser, application: Application
) -> None:
    await application.connect(browser)

    await application.refresh()

    [grant] = await collection(OAuthGrant).find({"user_id": ObjectId(ann.id)}).to_list()
    told = {"stream_id": ObjectId(ann.id), "type": "OAuthGrantRenewed"}
    [event] = await collection(LoggedEvent).find(told).to_list()
    assert event["data"] == {"grant_id": grant["_id"], "expires_at": grant["expires_at"]}


async def test_of_two_who_renew_at_once_neither_keeps_anything(
    ann: Person, browser: Browser, application: Application
) -> None:
    await application.connect(browser)

    answered = await asyncio.gather(application.refresh(), application.refresh())

    assert sorted(each.status_code for each in answered) == [200, 400]
    assert await collection(OAuthGrant).count_documents({"user_id": ObjectId(ann.id)}) == 0
    assert await reasons(ann) == ["refresh token reused"]


async def test_a_refresh_token_that_was_made_up_ends_nothing(
    ann: Person, browser: Browser, application: Application, lab: Lab
) -> None:
    tokens = await application.connect(browser)
    grant_id, generation = read_refresh_token(lab.app.state.services.signer.key, tokens["refresh_token"]) or (None, 0)
    assert grant_id is not None
    made_up = refresh_token("another key", grant_id, generation)

    for token in (made_up, tokens["refresh_token"][:-1] + "x", "orr_", "", tokens["access_token"]):
        assert error_of(await application.refresh(token or " ")) == "invalid_grant"

    assert (await application.refresh(tokens["refresh_token"])).status_code == 200
    assert await reasons(ann) == []


async def test_a_refresh_token_is_the_applications_own(lab: Lab, browser: Browser, application: Application) -> None:
    tokens = await application.connect(browser)
    other = Application(lab.client())
    await other.register()

    assert error_of(await other.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert error_of(await application.refresh(resource="https://other.example/mcp")) == "invalid_target"
    assert (await application.refresh()).status_code == 200


async def test_it_may_renew_for_less_and_never_for_more(browser: Browser, application: Application) -> None:
    await application.connect(browser)

    assert error_of(await application.refresh(scope="projects:read account:write")) == "invalid_scope"
    assert (await application.refresh(scope="projects:read")).json()["scope"] == "projects:read"
    lacking = await application.call("create_label", projectId="x", name="y")
    assert lacking.status_code == 403


async def test_what_was_not_given_is_asked_for_by_its_scope(browser: Browser, application: Application) -> None:
    await application.connect(browser)

    for refused in (
        await application.call("list_missions", workspaceId="x"),
        await application.call("call_tool", name="list_missions", arguments={"workspaceId": "x"}),
    ):
        assert refused.status_code == 403
        challenge = refused.headers["www-authenticate"]
        assert 'error="insufficient_scope"' in challenge
        assert 'scope="projects:read projects:write pilotage:read"' in challenge
        assert f'resource_metadata="{ISSUER}/.well-known/oauth-protected-resource/mcp"' in challenge


async def test_an_access_token_ends_after_a_quarter_of_an_hour(
    browser: Browser, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "ACCESS_LIFETIME", timedelta(seconds=-1))
    await application.connect(browser)

    refused = await application.call("find_tools", query="card")

    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    monkeypatch.undo()
    await application.refresh()
    assert (await application.call("find_tools", query="card")).status_code == 200


async def test_an_application_gives_back_what_it_has(ann: Person, browser: Browser, application: Application) -> None:
    for kind in ("access_token", "refresh_token"):
        tokens = await application.connect(browser)
        foreign = {"token": tokens[kind], "client_id": "https://evil.example/app"}
        assert (await application.http.post("/oauth/revoke", data=foreign)).status_code == 200
        assert (await application.call("find_tools", query="card")).status_code == 200

        given = {"token": tokens[kind], "client_id": application.id, "token_type_hint": kind}
        assert (await application.http.post("/oauth/revoke", data=given)).status_code == 200

        assert (await application.call("find_tools", query="card")).status_code == 401
        assert (await application.http.post("/oauth/revoke", data=given)).status_code == 200
    assert await reasons(ann) == ["revoked", "revoked"]


async def test_a_person_takes_back_what_they_gave(
    lab: Lab, ann: Person, browser: Browser, application: Application
) -> None:
    await application.connect(browser)
    [listed] = (await ann.ask(GRANTS))["viewer"]["oauthGrants"]
    bob = await lab.person(f"bob-{ObjectId()}@example.com")

    assert (await bob.refused(REVOKE, id=listed["id"]))["extensions"]["code"] == "NOT_FOUND"
    assert (await application.call("find_tools", query="card")).status_code == 200
    assert (await ann.ask(REVOKE, id=listed["id"]))["oauthGrantRevoke"]["deletedId"] == listed["id"]

    assert (await application.call("find_tools", query="card")).status_code == 401
    assert error_of(await application.refresh()) == "invalid_grant"
    assert (await ann.ask(GRANTS))["viewer"]["oauthGrants"] == []


async def test_of_too_many_grants_the_oldest_ends(
    ann: Person, browser: Browser, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "MAX_OAUTH_GRANTS", 2)
    first = await application.connect(browser)
    for _ in range(2):
        await application.connect(browser)

    assert len((await ann.ask(GRANTS))["viewer"]["oauthGrants"]) == 2
    assert error_of(await application.refresh(first["refresh_token"])) == "invalid_grant"
    assert await reasons(ann) == ["too many"]


async def test_clients_of_one_address_come_so_often_and_no_more(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MAX_COMING", 1)

    assert (await application.exchange("nothing")).status_code == 400
    limited = await application.exchange("nothing")

    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"grant_type=refresh_token&grant_type=refresh_token", "application/x-www-form-urlencoded"),
        (b"client_id=%ff", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"client_id=%00", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(60)), "application/x-www-form-urlencoded"),
        (b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
async def test_what_is_no_request_is_refused_as_one(path: str, content: bytes, media_type: str, lab: Lab) -> None:
    refused = await lab.client().post(path, content=content, headers={"content-type": media_type})

    assert 400 <= refused.status_code < 500
    assert error_of(refused)
