"""Inputs of the operations on billing."""

from typing import Annotated

from pydantic import Field

from models.limits import Text
from resolvers.kit.input import Input

MAX_EVENT = 256 * 1024

Address = Annotated[str, Text(1, 2000)]
PlanSlug = Annotated[str, Text(1, 100)]
IdempotencyKey = Annotated[str, Text(1, 100, pattern=r"^[ -~]+$")]
"""It is sent in a header."""


class BillingCheckout(Input):
    """What is to be paid, and where the browser goes afterwards."""

    plan: PlanSlug | None = Field(None, description="The plan; without one, the usual.")
    success_url: Address | None = Field(
        None, description="Where the browser goes once it is paid: an address of this gateway, or a path."
    )
    cancel_url: Address | None = Field(None, description="The same where it is not paid.")


class BillingPortal(Input):
    """Where the browser goes from the portal."""

    return_url: Address | None = Field(
        None, description="Where the browser goes afterwards: an address of this gateway, or a path."
    )


class BillingPlanChange(Input):
    """The plan that an organization is to be on."""

    plan: PlanSlug = Field(description="The plan, by its slug.")


class BillingPaymentBegin(Input):
    """What is to be bought."""

    package: PlanSlug = Field(description="The package, by its slug.")
    idempotency_key: IdempotencyKey | None = Field(
        None,
        description="With one that the viewer has sent within a day, it is the payment that was begun then: up to 100 "
        "characters of ASCII.",
    )


class BillingReceive(Input):
    """An event as Stripe sends it."""

    payload: Annotated[str, Text(1, MAX_EVENT, strip=False)] = Field(
        description="The event, byte for byte as it came: JSON."
    )
    signature: Annotated[str, Text(1, 2000)] = Field(description="What the header Stripe-Signature says.")
