"""Scopes of billing: what tokens may do that were made before there were any."""

from auth.subject import USUAL_SCOPES
from models.enums import TokenScope
from models.errors import Forbidden
from resolvers.catalogue import CATALOGUE
from resolvers.kit.context import Context
from tests.resolvers.lab import People, again


async def test_a_token_of_before_changes_what_is_paid_as_it_could_and_uses_nothing_up(
    owner: Context, people: People
) -> None:
    token = await people.with_token(owner, [scope.value for scope in USUAL_SCOPES])
    admitted = set()

    for operation in CATALOGUE.values():
        if operation.scope is TokenScope.BILLING_WRITE:
            try:
                operation.admit(again(token))
            except Forbidden as error:
                assert error.details["scope"] == "billing:write"  # noqa: PT017  (of some alone)
            else:
                admitted.add(operation.name)

    assert admitted == {"billingCheckout", "billingPlanChange", "billingPortal"}
