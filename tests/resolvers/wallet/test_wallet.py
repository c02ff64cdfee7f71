"""Wallets: what is used up, given and told, once each, and never more than there is."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.database import Database
from models import LedgerEntry, Wallet
from models.base import collection
from models.billing import EXAMPLES, Billing
from models.enums import Role, ServerRole, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, InsufficientBalance, NotFound
from models.ids import Kind, new_id
from models.records import LedgerEntryRecord, OrganizationRecord, TopUpRecord, WorkspaceRecord
from models.wallet import LedgerEntryType
from realtime.hub import Hub
from realtime.log import Change, EventLog
from resolvers.api_key.api_key import create_api_key
from resolvers.billing.bought import Bought, credit_payment
from resolvers.inputs.api_key import ApiKeyCreate
from resolvers.inputs.organization import OrganizationMemberUpdate
from resolvers.inputs.wallet import (
    CreditTopUpCreate,
    TokenTopUpCreate,
    TokenTopUpUpdate,
    WalletConsume,
    WalletGrant,
)
from resolvers.installation.installation import grant_server_role
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.member.organization_member import update_organization_member
from resolvers.organization.organization import delete_organization
from resolvers.wallet.ledger import credit, wallet_of
from resolvers.wallet.top_up import (
    create_credit_top_up,
    create_token_top_up,
    get_token_top_up,
    set_top_up,
    top_ups_of,
    update_token_top_up,
)
from resolvers.wallet.wallet import consume, grant, list_ledger_entries
from tests.resolvers.conftest import Join, Register
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import People, again, event_types

MONTH = timedelta(days=31)


async def give(ctx: Context, organization: OrganizationRecord, amount: int, reference: str | None = None) -> None:
    """Tokens, by nobody."""

    async def body(change: Change) -> LedgerEntryRecord:
        return await credit(change, organization["_id"], amount, LedgerEntryType.PURCHASE, reference)

    await ctx.write_as(organization["_id"], None, body)


def use(organization: OrganizationRecord, amount: int, reference: str | None = None) -> WalletConsume:
    return WalletConsume(organization_id=organization["_id"], amount=amount, action="Render", reference=reference)


async def balance(organization: OrganizationRecord) -> int:
    return (await wallet_of(organization["_id"]))["balance"]


async def test_a_hundred_at_once_use_up_what_there_is_and_no_more(
    owner: Context, organization: OrganizationRecord, database: Database
) -> None:
    # Given tokens for 30 of them, and two gateways
    await give(owner, organization, 305)
    beside = Context(owner.subject, replace(owner.services, hub=Hub(EventLog(database.client))))

    # When a hundred ask, each reference by two of them, one at each gateway
    asked = [
        consume(again(beside if number < 50 else owner), use(organization, 10, f"job-{number % 50}"))
        for number in range(100)
    ]
    done = await asyncio.gather(*asked, return_exceptions=True)

    # Then what was used up is there once, the others are refused, and the balance follows from the ledger
    told = Counter("done" if not isinstance(one, BaseException) else type(one).__name__ for one in done)
    entries = await collection(LedgerEntry).find({"organization_id": organization["_id"]}).to_list()
    assert set(told) <= {"done", "InsufficientBalance"}
    assert len({entry["reference"] for entry in entries}) == len(entries) == 31
    assert min(entry["balance"] for entry in entries) == 5 == await balance(organization)
    assert sum(entry["amount"] for entry in entries) == 5
    assert (await event_types(organization["_id"])).count("LedgerEntryAdded") == 31


async def test_a_reference_is_used_once(owner: Context, organization: OrganizationRecord) -> None:
    await give(owner, organization, 100, "pi_1")
    await give(owner, organization, 100, "pi_1")

    first = await consume(again(owner), use(organization, 60, "job"))
    again_ = await consume(again(owner), use(organization, 60, "job"))
    with pytest.raises(Conflict, match="reference"):
        await consume(again(owner), use(organization, 50, "job"))
    with pytest.raises(Conflict, match="reference"):
        await give(owner, organization, 60, "job")
    with pytest.raises(Conflict, match="reference"):
        await consume(again(owner), use(organization, 60, "job").model_copy(update={"action": "Print"}))
    with pytest.raises(InsufficientBalance) as refused:
        await consume(again(owner), use(organization, 41, "more"))

    assert again_.value == first.value
    assert (first.value["amount"], first.value["balance"], first.value["created_by"]) == (-60, 40, owner.user_id)
    assert refused.value.details == {"balance": 40, "required": 41}
    assert await balance(organization) == 40
    membership = await list_ledger_entries(
        again(owner), organization["_id"], Window.read(), {"type": {"eq": LedgerEntryType.PURCHASE}}
    )
    assert [entry["reference"] for entry in membership.nodes] == ["pi_1"]


async def test_a_reference_of_a_client_is_never_that_of_a_payment(
    owner: Context, organization: OrganizationRecord
) -> None:
    # Given a client that uses something up by the id of a payment, and one that tries its reference
    await give(owner, organization, 10)
    await consume(again(owner), use(organization, 1, "pi_1"))
    values = {"organizationId": str(organization["_id"]), "amount": 1, "action": "Render", "reference": "stripe:pi_1"}
    with pytest.raises(BadUserInput, match=r"^reference: must not begin with stripe:"):
        read_input(WalletConsume, values)
    given = {"ownerId": str(organization["_id"]), "amount": 1, "reference": " stripe:pi_1"}
    with pytest.raises(BadUserInput, match=r"^reference: must not begin with stripe:"):
        read_input(WalletGrant, given)

    # When the payment comes
    bought = Bought(organization["_id"], 100, "tokens-100k")
    await owner.write_as(organization["_id"], None, lambda change: credit_payment(change, "pi_1", bought))

    # Then it is in the wallet
    assert await balance(organization) == 109


async def test_a_viewer_uses_nothing_up_and_members_set_no_top_up(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    await give(owner, organization, 10)
    viewer, member = await join(workspace, "viewer"), await join(workspace, "member")
    reads = OrganizationMemberUpdate(role=Role.VIEWER)
    await update_organization_member(again(owner), organization["_id"], viewer.user_id, reads)
    top_up = TokenTopUpCreate(organization_id=organization["_id"], threshold=1, package="tokens-100k")

    with pytest.raises(Forbidden):
        await consume(again(viewer), use(organization, 1))
    with pytest.raises(Forbidden):
        await create_token_top_up(again(member), top_up)
    await consume(again(member), use(organization, 1))

    assert await balance(organization) == 9


async def test_what_is_bought_by_itself_is_seen_by_admins_and_of_credit_by_its_owner(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    member = await join(workspace, "member")
    await create_token_top_up(
        again(owner), TokenTopUpCreate(organization_id=organization["_id"], threshold=1, package="tokens-100k")
    )
    await create_credit_top_up(again(member), CreditTopUpCreate(threshold=2, package="credit-10"))
    wallets = [await wallet_of(organization["_id"]), await wallet_of(member.user_id)]

    [tokens, credit] = await top_ups_of(again(member), wallets, None)
    [seen] = await top_ups_of(again(owner), wallets[:1], None)

    assert isinstance(tokens, Forbidden)
    assert credit == wallets[1]["top_up"]
    assert seen == wallets[0]["top_up"] is not None


async def test_a_key_does_with_a_wallet_what_its_scopes_name(
    owner: Context, organization: OrganizationRecord, people: People
) -> None:
    ours = organization["_id"]
    await give(owner, organization, 10)

    async def key(scope: TokenScope) -> Context:
        values = ApiKeyCreate.of(organization_id=ours, name="Key", scopes=[scope])
        return await people.by_jwt((await create_api_key(again(owner), values)).value.secret)

    reading, writing = await key(TokenScope.BILLING_READ), await key(TokenScope.BILLING_WRITE)
    top_up = TokenTopUpCreate(organization_id=ours, threshold=1, package="tokens-100k")
    with pytest.raises(Forbidden):
        await consume(again(reading), use(organization, 1))
    with pytest.raises(Forbidden):
        await create_token_top_up(again(reading), top_up)
    with pytest.raises(Forbidden, match="no credit"):
        await create_credit_top_up(again(writing), CreditTopUpCreate(threshold=1, package="credit-10"))
    await consume(again(writing), use(organization, 1))
    await create_token_top_up(again(writing), top_up)

    found = await get_token_top_up(again(reading), ours)
    assert (found["balance"], found["top_up"] is not None) == (9, True)


async def test_whoever_runs_the_installation_gives_tokens_and_credit(
    owner: Context, organization: OrganizationRecord, register_person: Register
) -> None:
    admin = await register_person("admin")
    gift = WalletGrant(owner_id=organization["_id"], amount=5, reference="gift")
    with pytest.raises(Forbidden):
        await grant(again(admin), gift)
    await grant_server_role(again(admin), admin.user_id, ServerRole.ADMIN)

    made = [await grant(again(admin), gift) for _ in range(2)]
    await grant(again(admin), WalletGrant(owner_id=owner.user_id, amount=7, type=LedgerEntryType.BONUS))
    for nobody in (new_id(Kind.ORGANIZATION), new_id(Kind.USER)):
        with pytest.raises(NotFound):
            await grant(again(admin), WalletGrant(owner_id=nobody, amount=5))

    assert made[0].value == made[1].value
    assert (await balance(organization), (await wallet_of(owner.user_id))["balance"]) == (5, 7)
    assert (await wallet_of(owner.user_id))["unit"] == "cents"
    assert "LedgerEntryAdded" in await event_types(owner.user_id)


async def test_a_top_up_is_begun_once_little_is_left_and_as_often_as_it_may_be(
    owner: Context, organization: OrganizationRecord
) -> None:
    # Given one that is bought below 50, twice a month, where something can be paid
    ours = organization["_id"]
    owner = Context(owner.subject, replace(owner.services, billing=Billing("sk_test_1", packages=EXAMPLES)))
    values = TokenTopUpCreate(
        organization_id=ours, threshold=50, package="tokens-100k", max_monthly=2, payment_method="pm_1"
    )
    await give(owner, organization, 100)
    await create_token_top_up(again(owner), values)

    async def top_up() -> TopUpRecord:
        found = (await wallet_of(ours))["top_up"]
        assert found is not None
        return found

    async def ended(**values: object) -> None:
        async def body(change: Change) -> None:
            await set_top_up(change, ours, await wallet_of(ours), {"due_at": None, **values})

        await owner.write_as(ours, None, body)

    # When what is left reaches 50, and then less
    await consume(again(owner), use(organization, 50))
    assert (await top_up())["due_at"] is None
    for _ in range(2):
        await consume(again(owner), use(organization, 1))
    assert ((await top_up())["begun"], (await top_up())["due_at"] is not None) == (1, True)
    with pytest.raises(Conflict, match="is being paid"):
        await update_token_top_up(again(owner), TokenTopUpUpdate(organization_id=ours, payment_method=None))

    # Then another one is begun once that has ended, and a third one not before the next month
    for begun in (2, 2):
        await ended()
        await consume(again(owner), use(organization, 1))
        assert (await top_up())["begun"] == begun
    last = f"{datetime.now(UTC) - MONTH:%Y-%m}"
    await ended(month=last)
    await consume(again(owner), use(organization, 1))
    assert ((await top_up())["begun"], (await top_up())["month"] > last) == (1, True)

    # And none after one that has failed, until something else is set
    await ended(error="declined")
    await consume(again(owner), use(organization, 1))
    await update_token_top_up(again(owner), TokenTopUpUpdate(organization_id=ours, payment_method="pm_1"))
    assert ((await top_up())["due_at"], (await top_up())["error"]) == (None, "declined")
    await update_token_top_up(again(owner), TokenTopUpUpdate(organization_id=ours, payment_method="pm_2"))
    assert ((await top_up())["error"], (await top_up())["begun"]) == (None, 2)


async def test_a_top_up_is_set_up_once_and_buys_what_the_wallet_counts(
    owner: Context, organization: OrganizationRecord
) -> None:
    ours = organization["_id"]
    values = TokenTopUpCreate(organization_id=ours, threshold=50, package="tokens-100k")
    with pytest.raises(NotFound):
        await update_token_top_up(again(owner), TokenTopUpUpdate(organization_id=ours, threshold=1))
    for package in ("credit-10", "nothing"):
        with pytest.raises(BadUserInput, match="package: is no package: there are tokens-100k"):
            await create_token_top_up(again(owner), values.model_copy(update={"package": package}))
    with pytest.raises(BadUserInput, match="credit-10"):
        await create_credit_top_up(again(owner), CreditTopUpCreate(threshold=1, package="tokens-100k"))

    await create_token_top_up(again(owner), values)
    with pytest.raises(Conflict, match="already"):
        await create_token_top_up(again(owner), values)
    await create_credit_top_up(again(owner), CreditTopUpCreate(threshold=1, package="credit-10"))

    assert (await wallet_of(ours))["balance"] == 0
    assert (await event_types(ours)).count("TopUpChanged") == 1


async def test_a_wallet_goes_with_its_organization(owner: Context, organization: OrganizationRecord) -> None:
    await give(owner, organization, 10)

    await delete_organization(again(owner), organization["_id"])
    await finish_deletions(owner.services)

    mine = {"organization_id": organization["_id"]}
    assert await collection(Wallet).count_documents(mine) == 0
    assert await collection(LedgerEntry).count_documents(mine) == 0
