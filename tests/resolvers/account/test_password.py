"""A forgotten password: the same answer for every address, a link for one use, and the end of every session."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from auth.challenge import challenge
from auth.subject import Subject
from models import MailLink, Session, User
from models.base import collection, utc_now
from models.enums import LinkPurpose, MailTemplate
from models.errors import BadUserInput, OrreryError, RateLimited, TwoFactorRequired, Unauthenticated
from resolvers.account.account import log_in
from resolvers.account.api_token import create_api_token
from resolvers.account.email import verify_email
from resolvers.account.password import MAX_RESETS_AN_HOUR, change_password, request_password_reset, reset_password
from resolvers.account.two_factor import verify_two_factor
from resolvers.inputs.account import (
    AuthLogin,
    AuthVerifyTwoFactor,
    EmailVerify,
    PasswordChange,
    PasswordResetInput,
    PasswordResetRequest,
)
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.mail.mail import compose
from tests.patience import PATIENCE
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.resolvers.letters import mails_to, token_to
from tests.resolvers.test_indexes import Query, recorded

NEW = "another password"
RESET = MailTemplate.PASSWORD_RESET


async def ask(ctx: Context, address: str) -> None:
    await request_password_reset(ctx, PasswordResetRequest(email=address))


async def reset(ctx: Context, token: str, password: str = NEW) -> None:
    await reset_password(ctx, PasswordResetInput(token=token, new_password=password))


async def sign_in(people: People, ctx: Context, password: str) -> None:
    await log_in(people.anonymous, AuthLogin(email=people.email(ctx), password=password))


async def test_a_forgotten_password_is_replaced_through_the_mailbox(people: People) -> None:
    ada = await people.register("ada")
    await ask(people.anonymous, people.email(ada).upper())

    await reset(people.anonymous, await token_to(ada, people.email(ada), RESET))

    await sign_in(people, ada, NEW)
    with pytest.raises(Unauthenticated):
        await sign_in(people, ada, PASSWORD)
    assert "PasswordReset" in await event_types(ada.user_id)
    assert len(await mails_to(people.email(ada), MailTemplate.PASSWORD_CHANGED)) == 1


async def test_a_reset_ends_every_session_and_what_is_open_on_it(people: People) -> None:
    # Given
    ada = await people.register("ada")
    ended: asyncio.Future[OrreryError] = asyncio.get_running_loop().create_future()
    ada.services.guard.watch(ada.subject, ended.set_result)
    await ask(people.anonymous, people.email(ada))

    # When
    await reset(people.anonymous, await token_to(ada, people.email(ada), RESET))

    # Then
    assert await collection(Session).count_documents({"user_id": ada.user_id}) == 0
    with pytest.raises(Unauthenticated):
        await people.by_jwt(people.sign_ins[ada.user_id].access_token)
    assert isinstance(await asyncio.wait_for(ended, PATIENCE), Unauthenticated)


async def test_a_link_works_once_and_ends_those_before_it(people: People) -> None:
    ada = await people.register("ada")
    tokens: list[str] = []
    for _ in range(2):
        await ask(people.anonymous, people.email(ada))
        tokens.append(await token_to(ada, people.email(ada), RESET))

    outcomes = await asyncio.gather(*(reset(people.anonymous, tokens[1]) for _ in range(4)), return_exceptions=True)

    assert [type(one) for one in outcomes if one is not None] == [BadUserInput] * 3
    with pytest.raises(BadUserInput, match="used, or has expired"):
        await reset(people.anonymous, tokens[0])


async def test_a_link_is_stored_as_a_hash_and_ends_after_an_hour(people: People) -> None:
    ada = await people.register("ada")
    await ask(people.anonymous, people.email(ada))
    token = await token_to(ada, people.email(ada), RESET)
    [link] = await collection(MailLink).find({"user_id": ada.user_id}).to_list()

    assert token not in str(link)
    assert timedelta(minutes=59) < link["expires_at"] - utc_now() <= timedelta(hours=1)
    past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
    await collection(MailLink).update_one({"_id": link["_id"]}, past)
    with pytest.raises(BadUserInput):
        await reset(people.anonymous, token)
    await sign_in(people, ada, PASSWORD)


async def test_a_mail_that_is_composed_again_carries_the_same_link(people: People) -> None:
    ada = await people.register("ada")
    await ask(people.anonymous, people.email(ada))

    tokens = {await token_to(ada, people.email(ada), RESET) for _ in range(3)}

    assert len(tokens) == 1
    query = {"user_id": ada.user_id, "purpose": LinkPurpose.PASSWORD_RESET.value}
    assert await collection(MailLink).count_documents(query) == 1


async def test_a_used_link_does_not_come_back_where_its_sender_died_before_it_marked_the_mail(people: People) -> None:
    # Given
    ada = await people.register("ada")
    address = people.email(ada)
    await ask(people.anonymous, address)
    [taken] = await mails_to(address, RESET)
    token = await token_to(ada, address, RESET)
    await ask(people.anonymous, f"other-{address}")

    # When
    await reset(people.anonymous, token)

    # Then
    assert await mails_to(address, RESET) == []
    assert len(await mails_to(f"other-{address}", RESET)) == 1
    assert await mails_to(address, MailTemplate.PASSWORD_CHANGED) != []
    assert await compose(ada.services, taken) is None
    with pytest.raises(BadUserInput):
        await reset(people.anonymous, token)
    assert await collection(MailLink).count_documents({"user_id": ada.user_id}) == 0


async def test_the_link_of_another_purpose_resets_nothing(people: People) -> None:
    ada = await people.register("ada")
    verification = await token_to(ada, people.email(ada), MailTemplate.EMAIL_VERIFICATION)
    await ask(people.anonymous, people.email(ada))
    for_reset = await token_to(ada, people.email(ada), RESET)

    with pytest.raises(BadUserInput):
        await reset(people.anonymous, verification)
    with pytest.raises(BadUserInput):
        await verify_email(people.anonymous, EmailVerify(token=for_reset))


async def test_a_request_takes_the_same_steps_whether_or_not_there_is_an_account(people: People) -> None:
    ada = await people.register("ada")

    with commands() as known:
        await ask(people.anonymous, people.email(ada))
    with commands() as unknown:
        await ask(people.anonymous, f"nobody-{secrets.token_hex(4)}@example.com")

    assert steps(known) == steps(unknown)
    assert "users" not in {collection for _, collection in steps(known)}


async def test_the_sender_drops_the_mail_of_an_address_without_an_account(people: People) -> None:
    address = f"nobody-{secrets.token_hex(4)}@example.com"
    await ask(people.anonymous, address)

    [mail] = await mails_to(address)

    assert await compose(people.anonymous.services, mail) is None
    assert await collection(MailLink).count_documents({"email": address}) == 0


async def test_the_service_user_of_an_agent_gets_no_link(people: People) -> None:
    ada = await people.register("ada")
    await collection(User).update_one({"_id": ada.user_id}, {"$set": {"is_agent": True}})
    await ask(people.anonymous, people.email(ada))

    assert await compose(ada.services, (await mails_to(people.email(ada), RESET))[-1]) is None


@pytest.mark.parametrize("known", [True, False])
async def test_asking_again_and_again_is_refused_alike(known: bool, people: People) -> None:
    ada = await people.register("ada")
    address = people.email(ada) if known else f"nobody-{secrets.token_hex(4)}@example.com"

    outcomes = await asyncio.gather(
        *(ask(people.anonymous, address) for _ in range(MAX_RESETS_AN_HOUR + 3)), return_exceptions=True
    )

    assert [type(one) for one in outcomes if one is not None] == [RateLimited] * 3
    assert len(await mails_to(address, RESET)) == MAX_RESETS_AN_HOUR


async def test_a_change_of_the_password_ends_the_links_that_would_reset_it(people: People) -> None:
    ada = await people.register("ada")
    address = people.email(ada)
    await ask(people.anonymous, address)
    token = await token_to(ada, address, RESET)

    await change_password(again(ada), PasswordChange(current_password=PASSWORD, new_password=NEW))

    with pytest.raises(BadUserInput):
        await reset(people.anonymous, token, "a third password")
    assert await mails_to(address, RESET) == []
    await sign_in(people, ada, NEW)


async def test_one_source_asks_for_so_many_resets_of_any_addresses(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.account.password.MAX_RESETS_OF_SOURCE", 3)
    ctx = Context(Subject(source="192.0.2.9"), people.anonymous.services)
    for n in range(3):
        await ask(ctx, f"somebody-{n}@example.com")

    with pytest.raises(RateLimited):
        await ask(ctx, "somebody-3@example.com")
    await ask(people.anonymous, "somebody-3@example.com")


async def test_aliases_of_one_mailbox_are_reset_as_one(people: People) -> None:
    for n in range(MAX_RESETS_AN_HOUR):
        await ask(people.anonymous, f"mailbox+{n}@example.com")

    with pytest.raises(RateLimited):
        await ask(people.anonymous, "mailbox@example.com")


async def test_a_reset_confirms_the_address(people: People) -> None:
    ada = await people.register("ada")
    await ask(people.anonymous, people.email(ada))
    await reset(people.anonymous, await token_to(ada, people.email(ada), RESET))

    stored = await collection(User).find_one({"_id": ada.user_id})

    assert stored is not None
    assert stored["email_verified_at"] is not None


@pytest.mark.parametrize("confirmed", [False, True])
async def test_who_set_an_account_up_for_the_address_of_another_cannot_come_back(
    confirmed: bool, people: People
) -> None:
    # Given an account whose maker left a token and a second factor behind
    ada = await people.register("ada")
    if confirmed:
        link = await token_to(ada, people.email(ada), MailTemplate.EMAIL_VERIFICATION)
        await verify_email(people.anonymous, EmailVerify(token=link))
    left = (await create_api_token(ada, read_input(ApiTokenCreate, {"name": "left"}))).value
    factor = {"secret": b"", "enabled_at": utc_now(), "last_step": 0, "recovery_hashes": []}
    await collection(User).update_one({"_id": ada.user_id}, {"$set": {"two_factor": factor}})

    # When the owner of the mailbox resets the password
    await ask(people.anonymous, people.email(ada))
    await reset(people.anonymous, await token_to(ada, people.email(ada), RESET))

    # Then that ends both, unless the mailbox had confirmed them
    if confirmed:
        assert (await people.by_jwt(left.secret)).user_id == ada.user_id
        with pytest.raises(TwoFactorRequired):
            await sign_in(people, ada, NEW)
    else:
        with pytest.raises(Unauthenticated):
            await people.by_jwt(left.secret)
        await sign_in(people, ada, NEW)
        assert {"ApiTokenRevoked", "TwoFactorDisabled"} <= set(await event_types(ada.user_id))


async def test_a_sign_in_that_is_half_done_ends_with_the_old_password(people: People) -> None:
    ada = await people.register("ada")
    stored = await collection(User).find_one({"_id": ada.user_id})
    assert stored is not None
    half = challenge(ada.services.signer.key, ada.user_id, str(stored["password_hash"]))
    await change_password(again(ada), PasswordChange(current_password=PASSWORD, new_password=NEW))

    with pytest.raises(Unauthenticated, match="changed in the meantime"):
        await verify_two_factor(people.anonymous, AuthVerifyTwoFactor(temporary_token=half, code="123456"))


async def test_a_change_of_the_password_is_told_by_mail(people: People) -> None:
    ada = await people.register("ada")

    await change_password(ada, PasswordChange(current_password=PASSWORD, new_password=NEW))

    [mail] = await mails_to(people.email(ada), MailTemplate.PASSWORD_CHANGED)
    letter = await compose(ada.services, mail)
    assert letter is not None
    assert people.email(ada) in letter.text


@contextmanager
def commands() -> Iterator[list[Query]]:
    with recorded() as seen:
        yield seen


def steps(queries: list[Query]) -> list[tuple[str, str]]:
    return [(command, name) for command, name, _ in queries]
