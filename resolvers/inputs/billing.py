"""Inputs of the operations on billing."""

from typing import Annotated

from pydantic import Field

from models.limits import Text
from resolvers.kit.input import Input

Address = Annotated[str, Text(1, 2000)]


class BillingCheckout(Input):
    """What is to be paid, and where the browser goes afterwards."""

    plan: Annotated[str, Text(1, 100)] | None = Field(None, description="The plan; without one, the usual.")
    success_url: Address | None = Field(
        None, description="Where the browser goes once it is paid: an address of this gateway, or a path."
    )
    cancel_url: Address | None = Field(None, description="The same where it is not paid.")
