"""The page where a person agrees: who may be there, what it says, and what cannot be had by it."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from bson import ObjectId

from agents.oauth import asking, consent
from auth import attempts, counting
from auth.counting import Pace
from models import OAuthClient, OAuthCode, Session
from models.base import collection
from resolvers.oauth import consent as consents
from tests.agents.oauth.oauth_lab import BACK, ISSUER, Application, Browser, Page, answer_of
from tests.gateway.lab import PASSWORD, Lab, Person

BEGIN = "mutation ($p: String!) { twoFactorBegin(input: {password: $p}) { secret } }"
CONFIRM = "mutation ($c: String!) { twoFactorConfirm(input: {code: $c}) { recoveryCodes } }"


async def codes_of(person: Person) -> int:
    return await collection(OAuthCode).count_documents({"user_id": ObjectId(person.id)})


async def test_who_is_not_signed_in_signs_in_first_and_goes_on(lab: Lab, ann: Person, application: Application) -> None:
    browser = Browser(lab.client())
    url = application.url()

    led = await browser.http.get(url)
    page = Page((await browser.http.get(led.headers["location"])).text)
    wrong = await browser.submit(page, email=ann.email, password="wrong")
    right = await browser.submit(Page(wrong.text), email=ann.email, password=PASSWORD)

    assert led.headers["location"] == f"/oauth/sign-in?{url.partition('?')[2]}"
    assert wrong.status_code == 401
    assert "password is wrong" in Page(wrong.text).text
    assert right.headers["location"] == url
    assert (await browser.allow(url))["code"]


async def test_signing_in_takes_the_second_factor_too(lab: Lab, ann: Person, application: Application) -> None:
    secret = (await ann.ask(BEGIN, p=PASSWORD))["twoFactorBegin"]["secret"]
    recovery = (await ann.ask(CONFIRM, c=pyotp.TOTP(secret).now()))["twoFactorConfirm"]["recoveryCodes"]
    browser = Browser(lab.client())

    asked = await browser.sign_in(ann.email)
    wrong = await browser.submit(Page(asked.text), code="nothing")
    assert (asked.status_code, wrong.status_code) == (200, 401)
    assert not browser.http.cookies.get("orrery_session")
    right = await browser.submit(Page(wrong.text), code=recovery[0])

    assert right.status_code == 303
    assert (await browser.allow(application.url()))["code"]


async def test_who_has_guessed_too_often_is_told_when_to_come_again(
    lab: Lab, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "ONE_ACCOUNT", Pace(free=0, longest=20.0))
    monkeypatch.setattr(counting, "PATIENCE", 0.0)
    browser = Browser(lab.client())

    wrong, limited = [await browser.sign_in(ann.email, "wrong") for _ in range(2)]

    assert (wrong.status_code, limited.status_code) == (401, 429)
    assert int(limited.headers["retry-after"]) > 0
    assert "Too many wrong passwords" in Page(limited.text).text


@pytest.mark.parametrize("mark", [":", "|", "%7C"])
async def test_what_an_application_asks_is_no_longer_after_somebody_has_signed_in(
    mark: str, lab: Lab, ann: Person, application: Application
) -> None:
    browser, state = Browser(lab.client()), mark * (3_000 // len(mark))
    url = f"{application.url(state=None)}&state={state}"

    led = await browser.http.get(url)
    page = Page((await browser.http.get(led.headers["location"])).text)
    right = await browser.submit(page, email=ann.email, password=PASSWORD)
    question = await browser.asked(url)

    assert right.headers["location"] == url
    assert (await browser.http.get(question.links[0])).status_code == 200
    assert answer_of(await browser.submit(question, decision="allow"))["state"] == unquote(state)


@pytest.mark.parametrize("query", ["x=\r\nSet-Cookie: a=b", "x=\u00fc", "x" * (consent.MAX_QUERY + 1)])
async def test_a_form_leads_on_by_no_query_that_an_address_cannot_have(query: str, lab: Lab, ann: Person) -> None:
    fields = [("query", query), ("email", ann.email), ("password", PASSWORD)]

    assert (await Browser(lab.client()).send("/oauth/sign-in", fields)).status_code == 400


async def test_the_page_names_who_asks_for_what_and_where_the_answer_goes(
    ann: Person, browser: Browser, application: Application
) -> None:
    page = await browser.asked(application.url(scope="projects:read account:write"))

    assert "Editor wants to use Orrery in your name" in page.text
    assert "it named itself" in page.text
    assert "127.0.0.1:5123" in page.text
    assert "a program on this computer" in page.text
    assert ann.email in page.text
    assert [value for name, value in page.fields if name == "scope"] == ["projects:read", "account:write"]
    assert "Change your account And administer organizations" in page.text


async def test_it_says_nothing_that_an_application_put_into_it(browser: Browser, lab: Lab) -> None:
    hostile = Application(lab.client())
    await hostile.register(client_name='<script>alert(1)</script>"\u202e&amp;$sealed')

    led = await browser.http.get(hostile.url(state='"><script>alert(2)</script>'))
    html = (await browser.http.get(led.headers["location"])).text

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;amp;$sealed" in html
    assert "\u202e" not in html


async def test_it_is_in_no_frame_and_runs_no_script(browser: Browser, application: Application) -> None:
    led = await browser.http.get(application.url())
    answered = await browser.http.get(led.headers["location"])

    policy = answered.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:5123;" in policy
    assert answered.headers["x-frame-options"] == "DENY"
    assert answered.headers["cache-control"] == "no-store"


async def test_a_person_may_give_less_than_is_asked_for(browser: Browser, application: Application) -> None:
    page = await browser.asked(application.url())
    kept = [field for field in page.fields if field != ("scope", "projects:write")]

    answered = await browser.send(page.action, [*kept, ("decision", "allow")])

    exchanged = await application.exchange(answer_of(answered)["code"])
    assert exchanged.json()["scope"] == "projects:read"


async def test_nothing_and_more_than_was_asked_for_is_not_given(
    ann: Person, browser: Browser, application: Application
) -> None:
    page = await browser.asked(application.url())
    none = [field for field in page.fields if field[0] != "scope"]

    for scopes in ([], [("scope", "account:write")], [("scope", "nonsense")]):
        answered = await browser.send(page.action, [*none, *scopes, ("decision", "allow")])
        assert answered.status_code == 400
        assert "Choose at least one" in Page(answered.text).text
    assert await codes_of(ann) == 0


async def test_a_person_denies(ann: Person, browser: Browser, application: Application) -> None:
    answered = await browser.submit(await browser.asked(application.url()), decision="deny")

    assert answered.headers["location"].startswith(f"{BACK}?")
    assert answer_of(answered) == {"error": "access_denied", "state": "of-mine", "iss": ISSUER}
    assert await codes_of(ann) == 0


async def test_only_its_own_page_gives_an_answer(ann: Person, browser: Browser, application: Application) -> None:
    page = await browser.asked(application.url())
    fields = page.filled(decision="allow")
    forged = [("csrf", "x") if name == "csrf" else (name, value) for name, value in fields]
    missing = [field for field in fields if field[0] != "csrf"]

    for refused in (
        await browser.send(page.action, fields, "https://evil.example"),
        await browser.send(page.action, fields, "null"),
        await browser.send(page.action, fields, None),
        await browser.send(page.action, forged),
        await browser.send(page.action, missing),
    ):
        assert refused.status_code == 403
    assert await codes_of(ann) == 0
    assert (await browser.send(page.action, fields)).status_code == 303


async def test_a_form_of_another_page_signs_nobody_in(lab: Lab, ann: Person) -> None:
    browser = Browser(lab.client())
    fields = [("query", ""), ("email", ann.email), ("password", PASSWORD)]

    assert (await browser.send("/oauth/sign-in", fields, "https://evil.example")).status_code == 403
    assert not browser.http.cookies.get("orrery_session")


async def test_a_question_is_for_the_person_who_was_asked_and_for_some_minutes(
    lab: Lab, browser: Browser, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = Browser(lab.client())
    await bob.sign_in((await lab.confirmed(f"bob-{ObjectId()}@example.com")).email)
    led = (await browser.http.get(application.url())).headers["location"]
    monkeypatch.setattr(asking, "LIFETIME", timedelta(seconds=-1))
    late = (await browser.http.get(application.url())).headers["location"]

    for reader, question in ((bob, led), (browser, late), (browser, f"{led}x"), (Browser(lab.client()), led)):
        refused = await reader.http.get(question)
        assert refused.status_code in (400, 401)
        assert "begin anew" in Page(refused.text).text


async def test_a_session_that_waits_for_its_address_gives_nothing_but_that(
    ann: Person, browser: Browser, application: Application
) -> None:
    page = await browser.asked(application.url())
    await collection(Session).update_many({"user_id": ObjectId(ann.id)}, {"$set": {"restricted": True}})

    refused = await browser.submit(page, decision="allow")

    assert refused.status_code == 403
    assert "Confirm your e-mail address first" in Page(refused.text).text
    assert await codes_of(ann) == 0


async def test_a_token_agrees_to_nothing(lab: Lab, ann: Person, application: Application) -> None:
    by_token = lab.client(ann.token)

    led = await by_token.get(application.url())

    assert led.headers["location"].startswith("/oauth/sign-in?")
    assert (await by_token.get("/oauth/consent?request=x")).status_code == 401


async def test_a_person_agrees_so_often_and_no_more(
    browser: Browser, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await browser.asked(application.url())
    monkeypatch.setattr(consents, "MAX_CONSENTS", 1)

    assert [(await browser.submit(page, decision="allow")).status_code for _ in range(2)] == [303, 429]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "0" * 24},
        {"client_id": "nonsense"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:5123/elsewhere"},
        {"redirect_uri": "http://127.0.0.1.evil.example:5123/callback"},
        {"redirect_uri": "http://localhost:5123/callback"},
        {"redirect_uri": "http://127.0.0.1:5123/callback?more=1"},
        {"redirect_uri": "http://evil.example@127.0.0.1:5123/callback"},
        {"redirect_uri": "http://127.0.0.1:5124/callback#there"},
        {"redirect_uri": "http://127.0.0.1:5124/callback#"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
    ],
)
async def test_a_browser_is_never_sent_where_no_application_has_said(
    changes: dict[str, str], browser: Browser, application: Application
) -> None:
    refused = await browser.http.get(application.url(**changes))

    assert refused.status_code == 400
    assert "location" not in refused.headers
    assert refused.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "projects:read everything"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"resource": "https://other.example/mcp"}, "invalid_target"),
    ],
)
async def test_a_wrong_question_is_told_to_the_application_that_asked(
    changes: dict[str, str | None], error: str, browser: Browser, application: Application
) -> None:
    answered = await browser.http.get(application.url(**changes))

    told = answer_of(answered)
    assert answered.headers["location"].startswith(f"{BACK}?")
    assert (told["error"], told["state"], told["iss"]) == (error, "of-mine", ISSUER)


async def test_a_program_is_answered_at_whichever_port_it_has(browser: Browser, application: Application) -> None:
    application.redirect = "http://127.0.0.1:61234/callback"

    answered = await browser.submit(await browser.asked(application.url()), decision="allow")

    assert answered.headers["location"].startswith("http://127.0.0.1:61234/callback?")
    assert (await application.exchange(answer_of(answered)["code"])).status_code == 200


@pytest.mark.parametrize(
    ("redirect", "mark"),
    [
        ("editor:///callback", "?"),
        ("https://app.example/callback?", "&"),
        ("https://app.example/callback?a=%2F+b", "&"),
    ],
)
async def test_an_answer_goes_to_the_letter_where_the_application_said(
    redirect: str, mark: str, browser: Browser, lab: Lab
) -> None:
    application = Application(lab.client(), redirect=redirect)
    await application.register()

    answered = await browser.submit(await browser.asked(application.url()), decision="deny")

    assert answered.headers["location"].startswith(f"{redirect}{mark}error=access_denied&")


async def test_an_application_may_leave_out_what_it_has_one_of(browser: Browser, application: Application) -> None:
    answered = await browser.allow(application.url(redirect_uri=None, scope=None, state=None, resource=None))

    assert set(answered) == {"code", "iss"}
    values = {"grant_type": "authorization_code", "code": answered["code"], "client_id": application.id}
    exchanged = await application.http.post("/oauth/token", data={**values, "code_verifier": application.verifier})
    assert "account:write" not in exchanged.json()["scope"]
    assert exchanged.json()["scope"].startswith("projects:read projects:write pilotage:read")


@pytest.mark.parametrize("query", ["client_id=a&client_id=b", "client_id=%ff", "x=" + "y" * consent.MAX_QUERY, ""])
async def test_what_is_no_question_is_refused(query: str, browser: Browser) -> None:
    refused = await browser.http.get(f"/oauth/authorize?{query}")

    assert refused.status_code == 400
    assert refused.headers["content-type"].startswith("text/html")


async def test_somebody_else_may_answer_from_the_same_browser(
    lab: Lab, browser: Browser, application: Application
) -> None:
    bob = await lab.confirmed(f"bob-{ObjectId()}@example.com")
    page = await browser.asked(application.url())
    [elsewhere] = page.links

    signed_in = await browser.submit(Page((await browser.http.get(elsewhere)).text), email=bob.email, password=PASSWORD)

    again = await browser.asked(signed_in.headers["location"])
    assert bob.email in again.text
    asked = parse_qs(urlsplit(signed_in.headers["location"]).query)
    assert asked["state"] == ["of-mine"]


async def test_an_application_of_before_is_kept_as_long_as_it_is_used(
    browser: Browser, application: Application
) -> None:
    known = {"_id": ObjectId(application.id)}
    before = await collection(OAuthClient).find_one(known)

    await application.connect(browser)

    after = await collection(OAuthClient).find_one(known)
    assert before is not None
    assert after is not None
    assert before["expires_at"] - before["created_at"] < timedelta(days=2)
    assert after["expires_at"] - before["created_at"] > timedelta(days=60)
