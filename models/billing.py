"""What the gateway knows of Stripe: whom it asks for checkouts, and for which prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

STRIPE = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class Billing:
    """`key` is Stripe's secret key; without one nothing can be paid. `prices` are Stripe's ids by plan, the first of
    which is the usual one."""

    key: str | None = field(default=None, repr=False)
    url: str = STRIPE
    prices: Mapping[str, str] = field(default_factory=dict)


def parse_prices(text: str) -> Mapping[str, str]:
    """Prices as a setting has them: `team=price_1,company=price_2`. Raises ValueError."""
    found = dict(entry.strip().partition("=")[::2] for entry in text.split(",") if entry.strip())
    if not all(plan and price for plan, price in found.items()):
        raise ValueError("has to be like team=price_1,company=price_2")
    return found
