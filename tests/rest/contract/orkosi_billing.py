"""Contracts of Orkosi's billing routes, where the operator has no plans and takes no payments, which answers say."""

from typing import Any

from tests.rest.contract.contract import MALFORMED, MEMBER, STRANGER, Contract, bad
from tests.rest.contract.orkosi import data, page
from tests.rest.contract.shape import COUNT, OBJECT, TEXT, TIME, Having
from tests.world.paths import ORKOSI

BILLING = ORKOSI + "/billing"
UNLIMITED = dict.fromkeys(("members", "agents", "projects", "storage"))
PACKAGE = {"slug": TEXT, "name": TEXT, "amount": COUNT, "price_cents": COUNT}
PRICING = {
    "currency": "usd",
    "tiers": (),
    "token_packages": Having(PACKAGE),
    "credit_packages": Having(PACKAGE),
    "economics": {"cents_per_million_tokens": OBJECT},
}
NO_SUBSCRIPTION = {"error": {"code": "NOT_FOUND", "message": "Subscription not found"}}
NOT_CONFIGURED = {"error": {"code": "NOT_CONFIGURED", "message": TEXT}}


def _changing(path: str, **values: Any) -> Contract:
    """A change that takes what the operator has not set up."""
    told = {"bad": bad("tier", sent={"tier": ""}), "sent": {"tier": "team"}, **values}
    return Contract(
        method="POST", route=BILLING + path, status=503, answers=NOT_CONFIGURED, **{"denied": MEMBER, **told}
    )


CONTRACTS = [
    Contract(method="GET", route=BILLING + "/tiers", by=None, answers=page(()), bad=MALFORMED, denied=MALFORMED),
    Contract(
        method="GET",
        route=BILLING + "/pricing",
        by=None,
        answers=data(PRICING),
        bad=MALFORMED,
        denied=MALFORMED,
    ),
    *(
        Contract(
            method="GET",
            route=BILLING + path,
            status=404,
            answers=NO_SUBSCRIPTION,
            bad=MALFORMED,
            denied=STRANGER,
        )
        for path in ("/subscription", "/usage")
    ),
    Contract(
        method="GET",
        route=BILLING + "/plan-summary",
        answers=data(
            {
                "tier": None,
                "period_start": TIME,
                "period_end": TIME,
                "usage": {**dict.fromkeys(UNLIMITED, COUNT), "tokens": COUNT},
                "limits": UNLIMITED,
                "remaining": UNLIMITED,
                "subscription": None,
            }
        ),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    _changing("/validate-downgrade", denied=STRANGER),
    _changing("/change-plan"),
    _changing("/checkout"),
    _changing(
        "/create-payment-intent",
        sent={"package_slug": "small"},
        bad=bad("package_slug", sent={}),
        denied=STRANGER,
    ),
    _changing("/portal", sent=None, bad=MALFORMED),
    _changing(
        "/webhook",
        by=None,
        sent=None,
        content=b"{}",
        headers={"stripe-signature": "t=1,v1=0"},
        bad=bad("payload", content=b"\x00"),
        denied=MALFORMED,
    ),
]
