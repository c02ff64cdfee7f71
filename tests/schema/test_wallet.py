"""Wallets, their ledgers and top-ups, over the graph."""

from tests.gateway.lab import Board, Lab
from tests.schema.test_installation import root_of

GRANT = "mutation ($i: WalletGrantInput!) { walletGrant(input: $i) { entry { amount balance type } } }"
CONSUME = """
mutation ($i: WalletConsumeInput!) {
  walletConsume(input: $i) { entry { amount balance action reference metadata createdBy { name } } cursor }
}
"""
READ = """
query ($slug: String!) {
  organization(slug: $slug) {
    wallet {
      unit balance credited consumed topUp { threshold package isEnabled maxMonthly hasPaymentMethod isDue error }
      entries(filter: {type: {eq: CONSUME}}) { totalCount nodes { type amount } }
    }
    billingOverview { ai { calls costUsd } revenue { amount } }
  }
  viewer { creditWallet { unit balance topUp { begunThisMonth } } }
}
"""
TOKENS = "mutation ($i: TokenTopUpCreateInput!) { tokenTopUpCreate(input: $i) { wallet { balance } } }"
LESS = "mutation ($i: TokenTopUpUpdateInput!) { tokenTopUpUpdate(input: $i) { wallet { topUp { threshold } } } }"
CREDIT = "mutation ($i: CreditTopUpCreateInput!) { creditTopUpCreate(input: $i) { wallet { unit } } }"
MORE = "mutation ($i: CreditTopUpUpdateInput!) { creditTopUpUpdate(input: $i) { wallet { topUp { maxMonthly } } } }"


async def test_tokens_are_given_used_up_and_topped_up(board: Board, lab: Lab) -> None:
    ann, ours, large = board.ann, board.organization, 5_000_000_000
    root = await root_of(lab)

    given = (await root.ask(GRANT, i={"ownerId": ours, "amount": large, "type": "BONUS"}))["walletGrant"]["entry"]
    values = {"organizationId": ours, "amount": 7, "action": "Render", "reference": "job", "metadata": {"frames": 2}}
    used = (await ann.ask(CONSUME, i=values))["walletConsume"]["entry"]
    short = await ann.refused(CONSUME, i={**values, "amount": 2 * large, "reference": None})
    top_up = {"threshold": 100, "package": "tokens-1m"}
    await ann.ask(TOKENS, i={"organizationId": ours, **top_up, "paymentMethod": "pm_1"})
    await ann.ask(LESS, i={"organizationId": ours, "threshold": 50})
    await ann.ask(CREDIT, i={"threshold": 1, "package": "credit-10"})
    await ann.ask(MORE, i={"maxMonthly": 5})
    found = await ann.ask(READ, slug=board.org_slug)

    assert given == {"amount": large, "balance": large, "type": "BONUS"}
    assert (used["amount"], used["balance"], used["reference"], used["metadata"]["frames"]) == (-7, large - 7, "job", 2)
    assert short["extensions"]["code"] == "INSUFFICIENT_BALANCE"
    assert found["organization"] == {
        "wallet": {
            "unit": "TOKENS",
            "balance": large - 7,
            "credited": large,
            "consumed": 7,
            "topUp": {
                **top_up,
                "threshold": 50,
                "isEnabled": True,
                "maxMonthly": 3,
                "hasPaymentMethod": True,
                "isDue": False,
                "error": None,
            },
            "entries": {"totalCount": 1, "nodes": [{"type": "CONSUME", "amount": -7}]},
        },
        "billingOverview": {"ai": {"calls": 0, "costUsd": 0}, "revenue": None},
    }
    assert found["viewer"] == {"creditWallet": {"unit": "CENTS", "balance": 0, "topUp": {"begunThisMonth": 0}}}
