"""Credentials that come with a sign-in at their provider."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from models import Credential, CredentialVersion, OrganizationMember
from models.base import collection, utc_now
from models.enums import CredentialAuthorization, Role
from models.errors import BadUserInput, Conflict
from models.language_model import LanguageModels, ModelProvider, OAuthClient
from models.outbound import Outbound
from models.records import CredentialRecord, OrganizationRecord
from realtime.background import end
from resolvers.credential.authorization import (
    LIFETIME,
    Authorization,
    authorization_of,
    authorize_credential,
    finish_authorization,
)
from resolvers.credential.credential import reveal_credential, rotate_credential
from resolvers.credential.token import token_of
from resolvers.credential.verify import verify_credential
from resolvers.inputs.credential import CredentialAuthorizationFinish, CredentialAuthorize, CredentialRotate
from resolvers.kit.context import Context
from tests.patience import until
from tests.resolvers.credential.provider import CLIENT, SECRET, Provider, serving_provider
from tests.resolvers.lab import again, event_types

NAME = "scripted"


@pytest.fixture
async def provider(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    monkeypatch.setenv("ORRERY_TEST_CLIENT", SECRET)
    async with serving_provider() as serving:
        yield serving


@pytest.fixture
def admin(owner: Context, provider: Provider) -> Context:
    """The owner, at a gateway that knows the provider."""
    client = OAuthClient("https://models.example/authorize", provider.url, CLIENT, "ORRERY_TEST_CLIENT", ("models",))
    models = LanguageModels(providers={NAME: ModelProvider(NAME, "openai", provider.url, client)})
    outbound = Outbound(frozenset({provider.url.removeprefix("http://")}))
    return Context(owner.subject, replace(owner.services, models=models, outbound=outbound))


async def begin(admin: Context, organization: OrganizationRecord) -> Authorization:
    values = CredentialAuthorize(organization_id=organization["_id"], provider=NAME)
    return (await authorize_credential(again(admin), values)).value


async def finish(admin: Context, state: str, binding: str, code: str | None) -> CredentialRecord:
    values = CredentialAuthorizationFinish(state=state, binding=binding, code=code)
    return (await finish_authorization(again(admin), values)).value


async def signed_in(admin: Context, organization: OrganizationRecord, provider: Provider) -> CredentialRecord:
    begun = await begin(admin, organization)
    state, code = provider.sign_in(begun.url)
    return await finish(admin, state, begun.binding, code)


async def stored(credential: CredentialRecord) -> CredentialRecord:
    found = await collection(Credential).find_one({"_id": credential["_id"]})
    assert found is not None
    return found


async def test_a_sign_in_lets_a_credential_in_once_and_in_its_own_browser(
    admin: Context, organization: OrganizationRecord, provider: Provider
) -> None:
    # Given
    begun = await begin(admin, organization)
    assert authorization_of(begun.credential) is CredentialAuthorization.PENDING
    with pytest.raises(Conflict):
        await reveal_credential(again(admin), begun.credential["_id"])
    state, code = provider.sign_in(begun.url)

    # When another browser comes with the answer, or one with another state, nothing happens
    for wrong in ((state, "of-another"), (f"{state}x", begun.binding), ("nothing", begun.binding)):
        with pytest.raises(BadUserInput):
            await finish(admin, *wrong, code)
    # The right one comes twice at once
    answers = await asyncio.gather(
        *(finish(admin, state, begun.binding, code) for _ in range(2)), return_exceptions=True
    )

    # Then
    assert sorted(isinstance(answer, BadUserInput) for answer in answers) == [False, True]
    assert [form["grant_type"] for form in provider.asked] == ["authorization_code"]
    credential = await stored(begun.credential)
    assert authorization_of(credential) is CredentialAuthorization.AUTHORIZED
    assert (await token_of(admin.services, credential)).text == "token-1"
    assert (await reveal_credential(again(admin), credential["_id"])).value.value == "token-1"
    assert (await event_types(organization["_id"]))[-3:] == [
        "CredentialCreated",
        "CredentialRotated",
        "CredentialRevealed",
    ]


async def test_what_is_refused_or_finished_by_who_is_no_admin_has_failed_and_what_takes_too_long_has_expired(
    admin: Context, organization: OrganizationRecord, provider: Provider
) -> None:
    refused, late = await begin(admin, organization), await begin(admin, organization)
    state, _ = provider.sign_in(refused.url)
    failed = await finish(admin, state, refused.binding, None)

    past = {"$set": {"authorization_expires_at": utc_now() - LIFETIME}}
    await collection(Credential).update_one({"_id": late.credential["_id"]}, past)
    state, code = provider.sign_in(late.url)
    with pytest.raises(BadUserInput):
        await finish(admin, state, late.binding, code)

    # And what somebody finishes who administers nothing any more
    left = await begin(admin, organization)
    state, code = provider.sign_in(left.url)
    mine = {"organization_id": organization["_id"], "user_id": admin.user_id}
    await collection(OrganizationMember).update_one(mine, {"$set": {"role": Role.MEMBER.value}})
    demoted = await finish(admin, state, left.binding, code)

    assert authorization_of(demoted) is CredentialAuthorization.FAILED
    assert authorization_of(failed) is CredentialAuthorization.FAILED
    assert authorization_of(await stored(late.credential)) is CredentialAuthorization.EXPIRED
    assert provider.asked == []
    gone = {"credential_id": {"$in": [failed["_id"], demoted["_id"]]}}
    assert await collection(CredentialVersion).find_one(gone) is None


async def test_a_token_that_ends_is_renewed_by_one_of_many_and_another_sign_in_is_asked_for_once_it_is_refused(
    admin: Context, organization: OrganizationRecord, provider: Provider
) -> None:
    # Given a token that is about to end
    provider.lifetime = 30
    credential = await signed_in(admin, organization, provider)
    provider.lifetime = 3_600

    # When many sign in with it
    tokens = await asyncio.gather(*(token_of(admin.services, credential) for _ in range(5)))

    # Then one has asked for another
    assert {token.text for token in tokens} == {"token-2"}
    assert [form["grant_type"] for form in provider.asked] == ["authorization_code", "refresh_token"]

    # When it is about to end once more, whoever asks goes away meanwhile, and it is verified
    provider.lifetime = 30
    ending = await signed_in(admin, organization, provider)
    provider.lifetime, provider.slow = 3_600, asyncio.Event()
    asking = asyncio.create_task(token_of(admin.services, ending))
    await until(lambda: provider.asked[-1]["grant_type"] == "refresh_token")
    await end(asking)
    provider.slow.set()
    verified = (await verify_credential(again(admin), ending["_id"])).value
    provider.token = None
    refused = (await verify_credential(again(admin), ending["_id"])).value

    # Then what came of it is that of the token that was given in its place
    assert (verified["version"], verified["problem"], verified["verified_at"] is None) == (3, None, False)
    assert (refused["version"], refused["problem"]) == (3, "The provider does not let it in")

    # When the provider refuses to go on
    provider.lifetime, provider.refuses = 30, False
    again_signed_in = await signed_in(admin, organization, provider)
    provider.refuses = True
    with pytest.raises(Conflict):
        await token_of(admin.services, again_signed_in)

    # Then a key by hand, or another sign-in, helps
    lost = await stored(again_signed_in)
    assert authorization_of(lost) is CredentialAuthorization.FAILED
    rotated = (await rotate_credential(again(admin), lost["_id"], CredentialRotate(value="sk-by-hand"))).value
    assert (authorization_of(rotated), (await token_of(admin.services, rotated)).text) == (None, "sk-by-hand")
