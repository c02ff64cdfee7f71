"""Confirming an address, and what a person may do before it is, where that is asked for."""

from dataclasses import replace

import pytest

from auth.subject import ANONYMOUS
from models import User
from models.base import collection
from models.enums import MailTemplate, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, RateLimited
from models.records import UserRecord
from resolvers.account.account import get_me, log_in, register
from resolvers.account.api_token import create_api_token
from resolvers.account.email import MAX_MAILS_AN_HOUR, send_email_verification, verify_email
from resolvers.inputs.account import AuthLogin, AuthRegister, EmailVerify
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.inputs.organization import OrganizationCreate
from resolvers.kit.context import Context, Services
from resolvers.organization.organization import create_organization, list_organizations
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.resolvers.letters import mails_to, token_to

VERIFICATION = MailTemplate.EMAIL_VERIFICATION


async def verify(ctx: Context, token: str) -> None:
    await verify_email(ctx, EmailVerify(token=token))


async def stored(ctx: Context) -> UserRecord:
    found = await collection(User).find_one({"_id": ctx.user_id})
    assert found is not None
    return found


async def test_a_new_address_is_confirmed_with_the_link_that_was_sent_at_registration(people: People) -> None:
    ada = await people.register("ada")
    assert (await get_me(again(ada)))["email_verified_at"] is None

    await verify(people.anonymous, await token_to(ada, people.email(ada), VERIFICATION))

    assert (await get_me(again(ada)))["email_verified_at"] is not None
    assert "EmailVerified" in await event_types(ada.user_id)


async def test_a_link_confirms_once_and_is_not_sent_for_a_confirmed_address(people: People) -> None:
    ada = await people.register("ada")
    token = await token_to(ada, people.email(ada), VERIFICATION)
    await verify(people.anonymous, token)

    with pytest.raises(BadUserInput):
        await verify(people.anonymous, token)
    with pytest.raises(Conflict, match="confirmed already"):
        await send_email_verification(again(ada))


async def test_a_link_is_worth_nothing_once_the_account_has_another_address(people: People) -> None:
    ada = await people.register("ada")
    token = await token_to(ada, people.email(ada), VERIFICATION)
    other = {"$set": {"email": f"other-{people.email(ada)}"}}
    await collection(User).update_one({"_id": ada.user_id}, other)

    with pytest.raises(BadUserInput):
        await verify(people.anonymous, token)

    assert (await stored(ada))["email_verified_at"] is None


async def test_the_mail_can_be_had_again_a_few_times_an_hour(people: People) -> None:
    ada = await people.register("ada")

    for _ in range(MAX_MAILS_AN_HOUR):
        await send_email_verification(again(ada))

    with pytest.raises(RateLimited):
        await send_email_verification(again(ada))
    assert len(await mails_to(people.email(ada), VERIFICATION)) == MAX_MAILS_AN_HOUR + 1


@pytest.fixture
def strict(services: Services) -> People:
    """People of a gateway that asks for confirmed addresses."""
    return People(Context(ANONYMOUS, replace(services, require_verified_email=True)))


async def test_where_it_is_asked_for_an_unconfirmed_person_reads_the_account_alone(strict: People) -> None:
    ada = await strict.register("ada")

    assert ada.subject.scopes == {TokenScope.ACCOUNT_READ}
    assert (await get_me(again(ada)))["email_verified_at"] is None
    for refused in (
        list_organizations(again(ada)),
        create_organization(again(ada), OrganizationCreate(name="Mine", slug="mine-one")),
        create_api_token(again(ada), ApiTokenCreate(name="way around")),
    ):
        with pytest.raises(Forbidden, match="Confirm your e-mail address"):
            await refused


async def test_confirming_frees_the_sessions_that_wait_for_it(strict: People) -> None:
    ada = await strict.register("ada")
    other = await log_in(strict.anonymous, AuthLogin(email=strict.email(ada), password=PASSWORD))

    await verify(strict.anonymous, await token_to(ada, strict.email(ada), VERIFICATION))

    for token in (strict.sign_ins[ada.user_id].access_token, other.access_token):
        assert len((await list_organizations(await strict.by_jwt(token))).nodes) == 1


async def test_where_it_is_not_asked_for_nothing_is_missing(people: People) -> None:
    signed_in = await register(people.anonymous, AuthRegister(email="free-ada@example.com", password=PASSWORD))

    assert len((await list_organizations(await people.by_jwt(signed_in.access_token))).nodes) == 1
