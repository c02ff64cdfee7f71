"""Signing in with an identity provider on loopback: who that is, and what is not believed."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from auth.two_factor import hash_recovery_code, new_recovery_codes
from auth.vault import Vault, new_vault_key
from models import CredentialVersion, Identity, User
from models.base import collection, utc_now
from models.enums import MailTemplate, ServerRole
from models.errors import BadUserInput, Conflict, TwoFactorRequired, Unauthenticated
from models.installation import INSTALLATION_ID, OIDC_SECRET
from models.installation_enums import AuthProvider
from models.outbound import Outbound
from resolvers.account.account import get_me, log_in
from resolvers.account.password import request_password_reset, reset_password
from resolvers.account.sign_in import SignIn
from resolvers.account.two_factor import verify_two_factor
from resolvers.inputs.account import AuthLogin, AuthVerifyTwoFactor, PasswordResetInput, PasswordResetRequest
from resolvers.inputs.installation import OidcComplete, OidcSet
from resolvers.installation.installation import get_installation, grant_server_role
from resolvers.installation.oidc import get_oidc, remove_oidc, set_oidc, try_oidc
from resolvers.installation.person import reset_person_password
from resolvers.installation.person_delete import delete_person
from resolvers.installation.single_sign_on import begin_sign_on, complete_sign_on
from resolvers.kit.context import Context
from rest.app import build_routes
from serving.arrival import Arrival
from serving.cookies import TWO_FACTOR_COOKIE, CookieScope
from tests.provider import CLIENT_ID, SECRET, Provider, provider
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import PASSWORD, People, again, event_types, events
from tests.resolvers.letters import token_to

CALLBACK = "/api/oidc/callback"
ADA = {"sub": "ada-1", "email": "ada@login.example", "email_verified": True, "name": "Ada"}


class Sso:
    """Somebody who runs the installation, strangers, and the provider."""

    def __init__(self, root: Context, nobody: Context, opened: Provider) -> None:
        self.root, self.nobody, self.provider = root, nobody, opened

    async def begin(self) -> tuple[str, str]:
        begun = await begin_sign_on(again(self.nobody), CALLBACK, "/app")
        return begun.url, begun.flow

    async def sign_in(self, claims: dict[str, Any], **changed: Any) -> SignIn:
        """Somebody of whom the provider says so signs in."""
        self.provider.claims, self.provider.changed = claims, changed
        url, flow = await self.begin()
        return await self.complete(flow, self.provider.sign_in(url))

    def browser(self, public: str = "https://example.org") -> httpx.AsyncClient:
        """A browser before a gateway with a public address, which passes on what is below its path."""
        services = replace(self.nobody.services, base_url=public)
        base = urlsplit(public).path

        async def context(_: Request) -> Context:
            return Context(self.nobody.subject, services)

        routes = build_routes(context, cookies=CookieScope(path=base or "/"))
        app = Arrival(Starlette(routes=routes), base)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=public)

    async def complete(self, flow: str, answer: dict[str, str]) -> SignIn:
        return await complete_sign_on(again(self.nobody), OidcComplete(flow=flow, **answer))


@pytest.fixture
async def sso(people: People) -> AsyncIterator[Sso]:
    async with provider() as opened:
        services = replace(people.anonymous.services, outbound=Outbound(frozenset({opened.receiver.host})))
        first = await people.register("root")
        await grant_server_role(again(first), first.user_id, ServerRole.SUPER_ADMIN)
        root = Context(first.subject, services)
        await set_oidc(again(root), OidcSet(issuer_url=opened.issuer, client_id=CLIENT_ID, client_secret=SECRET))
        yield Sso(root, Context(people.anonymous.subject, services), opened)


async def test_whoever_signs_in_has_one_account_whatever_becomes_of_the_address(sso: Sso, people: People) -> None:
    claims = {**ADA, "sub": "grace-1", "email": "grace@login.example", "name": "Grace"}
    made = await sso.sign_in(claims)
    ctx = await people.by_jwt(made.access_token)
    me = await get_me(again(ctx))
    assert (me["email"], me["name"], me["auth_provider"]) == (claims["email"], "Grace", AuthProvider.OIDC)
    assert me["email_verified_at"] is not None
    assert "IdentityLinked" in await event_types(ctx.user_id)
    with pytest.raises(Conflict):
        await reset_person_password(again(sso.root), ctx.user_id)

    # When the provider tells another address, it is the same person
    later = await sso.sign_in({**claims, "email": "renamed@login.example"})
    assert later.user["_id"] == ctx.user_id

    # When the account is deleted, the identity is nobody's
    await delete_person(again(sso.root), ctx.user_id)
    await finish_deletions(sso.root.services)
    assert await collection(Identity).count_documents({"user_id": ctx.user_id}) == 0
    assert (await sso.sign_in({**claims, "email": "again@login.example"})).user["_id"] != ctx.user_id


async def test_an_account_is_linked_by_an_address_that_both_sides_have_confirmed(sso: Sso, people: People) -> None:
    bob = await people.register("bob")
    claims = {"sub": "bob-1", "email": people.email(bob), "email_verified": True}
    with pytest.raises(Conflict):  # whoever registered it here first need not be its owner
        await sso.sign_in(claims)
    await people.confirm(bob)
    with pytest.raises(Conflict):
        await sso.sign_in(claims, email_verified=False)
    with pytest.raises(Conflict):
        await sso.sign_in(claims, email=None)
    assert await collection(Identity).count_documents({"subject": "bob-1"}) == 0

    linked = await sso.sign_in(claims)
    assert linked.user["_id"] == bob.user_id
    assert linked.user["auth_provider"] == AuthProvider.LOCAL


async def test_a_second_factor_is_asked_for_and_its_code_links_the_account(sso: Sso, people: People) -> None:
    bob = await people.register("bob")
    await people.confirm(bob)
    claims = {"sub": "bob-2", "email": people.email(bob), "email_verified": True}
    one, two, three = new_recovery_codes()[:3]
    hashes = [hash_recovery_code(code) for code in (one, two, three)]
    factor = {"secret": b"", "enabled_at": utc_now(), "last_step": 0, "recovery_hashes": hashes}
    await collection(User).update_one({"_id": bob.user_id}, {"$set": {"two_factor": factor}})

    async def verify(token: str, code: str) -> SignIn:
        return await verify_two_factor(again(sso.nobody), AuthVerifyTwoFactor(temporary_token=token, code=code))

    # Without a right code nothing is linked
    tokens: list[str] = []
    for _ in range(2):
        with pytest.raises(TwoFactorRequired) as asked:
            await sso.sign_in(claims)
        tokens.append(str(asked.value.details["temporaryToken"]))
    with pytest.raises(Unauthenticated):
        await verify(tokens[0], "aaaa-aaaa-aaaa-aaaa")
    assert await collection(Identity).count_documents({"user_id": bob.user_id}) == 0

    # With it, also where that was begun twice, it is linked once, and stays whatever becomes of the address
    for token, code in zip(tokens, (one, two), strict=True):
        assert (await verify(token, code)).user["_id"] == bob.user_id
    assert (await event_types(bob.user_id)).count("IdentityLinked") == 1
    claims["email"] = "renamed@login.example"
    with pytest.raises(TwoFactorRequired):
        await sso.sign_in(claims)

    # A browser goes on with the token, and is not signed in before the code
    async with sso.browser() as browser:
        begun = await browser.get("/api/oidc/login", params={"returnTo": "/app"})
        answer = sso.provider.sign_in(begun.headers["location"])
        back = await browser.get("/api/oidc/callback", params=answer)
        assert (back.status_code, back.headers["location"]) == (302, "/app")
        assert [cookie.name for cookie in browser.cookies.jar] == [TWO_FACTOR_COOKIE]
        assert (await verify(browser.cookies[TWO_FACTOR_COOKIE], three)).user["_id"] == bob.user_id


async def test_a_reset_by_the_owner_of_an_address_that_nobody_had_confirmed_ends_the_identity(
    sso: Sso, people: People
) -> None:
    # Given an account that a stranger made with an address that is not known to be theirs, and one whose is known
    claims = {"sub": "mallory-1", "email": "victim@login.example", "email_verified": False}
    made, ada = await sso.sign_in(claims), await sso.sign_in(ADA)
    assert made.user["email_verified_at"] is None

    # When the owners of the mailboxes choose passwords
    for signed_in in (made, ada):
        address = signed_in.user["email"]
        await request_password_reset(again(sso.nobody), PasswordResetRequest(email=address))
        token = await token_to(sso.nobody, address, MailTemplate.PASSWORD_RESET)
        await reset_password(again(sso.nobody), PasswordResetInput(token=token, new_password=PASSWORD))

    # Then the stranger comes back to nothing, and the other as before
    assert await collection(Identity).count_documents({"user_id": made.user["_id"]}) == 0
    with pytest.raises(Conflict):
        await sso.sign_in(claims)
    assert (await sso.sign_in(ADA)).user["_id"] == ada.user["_id"]
    owner = await log_in(sso.nobody, AuthLogin(email="victim@login.example", password=PASSWORD))
    assert owner.user["auth_provider"] == AuthProvider.LOCAL
    assert "IdentityUnlinked" in await event_types(made.user["_id"])


async def test_an_answer_that_is_not_true_or_not_this_sign_ins_is_refused(sso: Sso) -> None:
    for wrong in (
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"exp": int(time.time()) - 600},
        {"sub": ""},
    ):
        with pytest.raises(Unauthenticated):
            await sso.sign_in(ADA, **wrong)
    for algorithm in ("HS256", "none"):
        sso.provider.algorithm = algorithm
        with pytest.raises(Unauthenticated):
            await sso.sign_in(ADA)
    sso.provider.algorithm = "ES256"

    # What another browser began, what was answered before, and what nobody began
    url, flow = await sso.begin()
    _, others = await sso.begin()
    sso.provider.claims, sso.provider.changed = ADA, {}
    answer = sso.provider.sign_in(url)
    for other, sent in ((others, answer), ("", answer), ("nonsense", answer), (flow, {**answer, "state": "x"})):
        with pytest.raises(Unauthenticated):
            await sso.complete(other, sent)
    assert await sso.complete(flow, answer)
    with pytest.raises(Unauthenticated):
        await sso.complete(flow, answer)
    with pytest.raises(Unauthenticated):
        await sso.complete(others, {**sso.provider.sign_in(url), "state": "y"})
    assert await collection(Identity).count_documents({"issuer": sso.provider.issuer}) == 1


async def test_a_browser_comes_back_below_the_path_of_the_public_address(sso: Sso) -> None:
    public = "https://example.org/tools/orrery"
    async with sso.browser(public) as browser:
        begun = await browser.get("/api/oidc/login", params={"returnTo": "/app"})
        sso.provider.claims = ADA
        answer = sso.provider.sign_in(begun.headers["location"])
        [kept] = browser.cookies.jar
        assert kept.path == "/tools/orrery/api/oidc/callback"
        back = await browser.get("/api/oidc/callback", params=answer)

        assert (back.status_code, back.headers["location"]) == (302, "/tools/orrery/app")
        assert {cookie.path for cookie in browser.cookies.jar} == {"/tools/orrery"}


async def test_where_a_browser_goes_on_is_a_path_of_this_gateway(sso: Sso) -> None:
    for path in ("https://evil.example", "//evil.example", "/\\evil.example", "app", "/a\nb"):
        with pytest.raises(BadUserInput):
            await begin_sign_on(again(sso.nobody), CALLBACK, path)
        with pytest.raises(BadUserInput):
            await begin_sign_on(again(sso.nobody), path, "/app")


async def test_the_provider_is_set_tried_and_removed_and_its_secret_is_shown_nowhere(sso: Sso) -> None:
    assert (await get_installation(again(sso.nobody)))["oidc_enabled"] is True
    assert (await get_oidc(again(sso.root))).issuer_url == sso.provider.issuer
    assert (await try_oidc(again(sso.root))).success
    told = [event for event in await events(INSTALLATION_ID) if event["type"] == "OidcChanged"]
    kept = await collection(CredentialVersion).find({"organization_id": INSTALLATION_ID}).to_list()
    assert SECRET not in f"{told} {kept}"

    sso.provider.receiver.statuses = [500]
    assert (await try_oidc(again(sso.root))).error == "Its answer was 500"
    with pytest.raises(Conflict):
        await sso.begin()
    for issuer in ("ftp://login.example", "http://login.example", "https://user:pass@login.example"):
        with pytest.raises(BadUserInput):
            await set_oidc(again(sso.root), OidcSet(issuer_url=issuer, client_id="a", client_secret="b"))

    # When the key that sealed the secret is lost, it can be set anew, and removed
    lost = Context(sso.root.subject, replace(sso.root.services, vault=Vault((new_vault_key(),))))
    await set_oidc(again(lost), OidcSet(issuer_url=sso.provider.issuer, client_id=CLIENT_ID, client_secret="new"))
    [anew] = await collection(CredentialVersion).find({"credential_id": OIDC_SECRET}).to_list()
    assert anew["kid"] == lost.services.vault.kid
    await remove_oidc(again(sso.root))
    assert await collection(CredentialVersion).count_documents({"credential_id": OIDC_SECRET}) == 0
    with pytest.raises(Conflict):
        await try_oidc(again(sso.root))
    with pytest.raises(Conflict):
        await sso.begin()
