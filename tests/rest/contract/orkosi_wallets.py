"""Contracts of Orkosi's tokens, top-ups and billing overview."""

from typing import Any

from resolvers.wallet.top_up import create_credit_top_up, create_token_top_up
from resolvers.wallet.wallet import consume
from tests.resolvers.lab import again
from tests.rest.contract.contract import MEMBER, NOBODY, STRANGER, Contract, Refused, Then, bad, without
from tests.rest.contract.orkosi import data, page
from tests.rest.contract.shape import COUNT, ID, NUMBER, TEXT, TIME, Having
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI
from tests.world.samples import CALLS

TOKENS, AUTO = ORKOSI + "/tokens", ORKOSI + "/billing/auto-topup"
CREDIT, OVERVIEW = ORKOSI + "/billing/credit-auto-topup", ORKOSI + "/billing/overview"
SHORT = Refused(status=402, code="INSUFFICIENT_BALANCE", sent={"amount": 1_001, "action": "Render"})
BALANCE = {
    "company_id": COUNT,
    "balance": 1_000,
    "total_credited": 1_000,
    "total_consumed": 0,
    "updated_at": TIME,
}
GIVEN = {
    "id": ID,
    "type": "admin_grant",
    "amount": 1_000,
    "balance_after": 1_000,
    "action": "To begin with",
    "reference_id": TEXT,
    "metadata": {},
    "created_at": TIME,
}
USED = {
    **GIVEN,
    "type": "consume",
    "amount": -40,
    "balance_after": 960,
    "action": "Render",
    "reference_id": "job-7",
    "metadata": {"frames": 2},
}
FIRST = {**USED, "amount": -10, "balance_after": 990, "reference_id": "one", "metadata": {}}
SENT = {"amount": 40, "action": "Render", "reference_id": "job-7", "metadata": {"frames": 2}}
TOKEN_PACKAGE = {"slug": "tokens-100k", "name": TEXT, "tokens": 100_000, "price_cents": 1_000}
CREDIT_PACKAGE = {"slug": "credit-10", "name": TEXT, "cents": 1_000, "price_cents": 1_000}
NOTHING: dict[str, Any] = {
    "configured": False,
    "enabled": False,
    "package_id": None,
    "package_slug": None,
    "max_monthly_topups": None,
    "topups_this_month": 0,
    "stripe_payment_method_id": None,
    "pending": False,
    "last_error": None,
}
SET = {
    **NOTHING,
    "configured": True,
    "enabled": True,
    "package_id": "tokens-100k",
    "package_slug": "tokens-100k",
    "max_monthly_topups": 3,
}
OF_CREDIT = {**SET, "package_id": "credit-10", "package_slug": "credit-10"}
TOPPED_UP = {**SET, "threshold_tokens": 100, "packages": Having(TOKEN_PACKAGE)}
CREDITED = {**OF_CREDIT, "threshold_cents": 100, "packages": Having(CREDIT_PACKAGE)}


async def used(stage: Stage) -> None:
    """Something was used up."""
    await consume(again(stage.owner), *CALLS["walletConsume"](stage.ids))


async def topped_up(stage: Stage) -> None:
    """Tokens and credit are bought by themselves."""
    await create_token_top_up(again(stage.owner), *CALLS["tokenTopUpCreate"](stage.ids))
    await create_credit_top_up(again(stage.owner), *CALLS["creditTopUpCreate"](stage.ids))


CONTRACTS = [
    Contract(
        method="GET",
        route=TOKENS + "/balance",
        answers=data(BALANCE),
        bad=bad("company_id", params={"company_id": "nonsense"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=TOKENS + "/transactions",
        params={"type": "admin_grant"},
        given=used,
        answers=page((GIVEN,)),
        then=(Then(TOKENS + "/transactions?limit=1", page((FIRST,))),),
        bad=bad("type", params={"type": "gift"}),
        denied=without("billing:read"),
    ),
    Contract(
        method="POST",
        route=TOKENS + "/consume",
        status=200,
        sent=SENT,
        answers=data({**USED, "balance": 960}),
        then=(Then(TOKENS + "/balance", data({**BALANCE, "balance": 960, "total_consumed": 40})),),
        bad=SHORT,
        denied=without("billing:write"),
    ),
    Contract(
        method="GET",
        route=AUTO,
        answers=data({**NOTHING, "threshold_tokens": None, "packages": Having(TOKEN_PACKAGE)}),
        bad=STRANGER,
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=AUTO,
        sent={"threshold_tokens": 100, "package_id": "tokens-100k"},
        answers=data(TOPPED_UP),
        then=(Then(AUTO, data(TOPPED_UP)),),
        bad=bad("package_id", sent={"threshold_tokens": 100, "package_id": "credit-10"}),
        denied=MEMBER,
    ),
    Contract(
        method="PUT",
        route=AUTO,
        given=topped_up,
        sent={"enabled": False, "stripe_payment_method_id": "pm_1", "threshold_tokens": None},
        answers=data({**TOPPED_UP, "enabled": False, "stripe_payment_method_id": "pm_1"}),
        bad=bad("max_monthly_topups", sent={"max_monthly_topups": 0}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=CREDIT,
        answers=data({**NOTHING, "threshold_cents": None, "packages": Having(CREDIT_PACKAGE)}),
        bad=NOBODY,
        denied=without("billing:read"),
    ),
    Contract(
        method="POST",
        route=CREDIT,
        sent={"threshold_cents": 100, "package_slug": "credit-10"},
        answers=data(CREDITED),
        bad=bad("package_slug", sent={"threshold_cents": 100, "package_slug": "tokens-100k"}),
        denied=without("billing:write"),
    ),
    Contract(
        method="PUT",
        route=CREDIT,
        given=topped_up,
        sent={"threshold_cents": 200, "max_monthly_topups": 5},
        answers=data({**CREDITED, "threshold_cents": 200, "max_monthly_topups": 5}),
        bad=bad("threshold_cents", sent={"threshold_cents": -1}),
        denied=without("billing:write"),
    ),
    Contract(
        method="GET",
        route=OVERVIEW,
        answers=data(
            {
                "period_start": TIME,
                "period_end": TIME,
                "mrr": None,
                "infrastructure_spend_usd": None,
                "ai": {"spend_usd": NUMBER, "calls": 0, "input_tokens": 0, "output_tokens": 0, "by_model": ()},
            }
        ),
        bad=STRANGER,
        denied=MEMBER,
    ),
]
