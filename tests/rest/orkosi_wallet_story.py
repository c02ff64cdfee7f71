"""What Orkosi's client does with tokens and credit."""

from models import Organization
from models.base import collection
from models.wallet import LedgerEntryType
from resolvers.wallet.ledger import credit
from tests.rest.conftest import Api, Board
from tests.rest.orkosi_story import asked, base_of


async def orkosi_wallets(api: Api, board: Board) -> None:
    """Every route of tokens and top-ups, and the overview."""
    ann, base = board.ann, base_of(board)
    tokens = base + "/tokens"
    short = await ann.post(f"{tokens}/consume", json={"amount": 1, "action": "render"})
    assert (short.status_code, short.json()["error"]["code"]) == (402, "INSUFFICIENT_BALANCE")
    organization = await collection(Organization).find_one({"slug": board.workspace.split("/")[2]})
    assert organization is not None
    ours, paid = organization["_id"], LedgerEntryType.PURCHASE
    await api.ctx.write_as(
        ours, None, lambda change: credit(change, ours, 500, paid, "stripe:pi_1", action="tokens-100k")
    )

    values = {"amount": 120, "action": "render", "reference_id": "job-7", "metadata": {"frames": 2}}
    used = await asked(ann, "POST", f"{tokens}/consume", company_id=organization["number"], **values)
    assert (used["amount"], used["balance"]) == (-120, 380)
    assert await asked(ann, "POST", f"{tokens}/consume", **values) == used
    other = await ann.post(f"{tokens}/consume", json={**values, "amount": 1})
    assert (other.status_code, other.json()["error"]["details"]["field"]) == (409, "reference_id")
    assert (await asked(ann, "GET", f"{tokens}/balance?company_id={ours}"))["balance"] == 380
    listed = await asked(ann, "GET", f"{tokens}/transactions?limit=10")
    assert [(each["type"], each["amount"]) for each in listed] == [("consume", -120), ("purchase", 500)]
    theirs = (organization["number"] or 0) % 1_000_000 + 1
    elsewhere = await ann.get(f"{tokens}/balance?company_id={theirs}")
    assert elsewhere.status_code == 404

    for name, threshold in (("auto-topup", "threshold_tokens"), ("credit-auto-topup", "threshold_cents")):
        path = f"{base}/billing/{name}"
        [package, *_] = (await asked(ann, "GET", path))["packages"]
        slug = {"package_id" if name == "auto-topup" else "package_slug": package["slug"]}
        made = await asked(ann, "POST", path, 201, **{threshold: 100}, **slug)
        assert (made["configured"], made["enabled"], made[threshold]) == (True, True, 100)
        assert (await ann.post(path, json={threshold: 100, **slug})).status_code == 409
        assert (await asked(ann, "PUT", path, enabled=False))["enabled"] is False
    assert (await asked(ann, "GET", f"{base}/billing/overview"))["mrr"] is None
