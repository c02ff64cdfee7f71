"""Every operation that takes tokens is callable with JSON alone, by what its schema says, and refuses the same."""

from typing import Any

import jsonschema_rs
import pytest
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from models.errors import OrreryError
from resolvers.catalogue import CATALOGUE
from resolvers.kit.call import arguments_schema, call, is_callable
from resolvers.kit.contract import contract
from resolvers.kit.input import Input
from resolvers.kit.operation import Caller, Operation
from resolvers.kit.page import Window
from resolvers.kit.periods import Periods
from tests.denials.expect import BEYOND, CALLERS, refusal, token_of
from tests.world.samples import CALLS
from tests.world.world import Ids, World

CALLABLE = sorted(name for name, operation in CATALOGUE.items() if is_callable(operation))

NOT_JSON = {
    # Files, streams, and what takes or shows a secret.
    "agentSetUp",
    "attachmentCreate",
    "billingPaymentBegin",
    "boardEvents",
    "credentialCreate",
    "credentialReveal",
    "credentialRotate",
    "credentialUpsert",
    "invitationResend",
    "missionEvents",
    "notifications",
    "organizationMemberInvite",
    "projectEvents",
    "projectExport",
    "projectImportStart",
    "queueEvents",
    "teamMemberInvite",
    "userAvatarSet",
    "workspaceEvents",
    "workspaceMemberInvite",
}


def test_an_operation_of_a_token_is_callable_unless_it_takes_or_gives_more_than_json() -> None:
    takes_tokens = {name for name, entry in CATALOGUE.items() if entry.caller not in (Caller.ANYONE, Caller.PERSON)}
    assert takes_tokens - set(CALLABLE) == NOT_JSON
    assert set(CALLABLE) <= takes_tokens


@pytest.mark.parametrize("name", CALLABLE)
async def test_a_call_with_json_is_answered_as_the_operation_is(name: str, world: World) -> None:
    # Given
    operation = CATALOGUE[name]
    arguments = as_json(operation, world.ids)

    # When
    answers: dict[str, str | None] = {}
    wanted: dict[str, str | None] = {}
    for caller in CALLERS:
        refused = BEYOND.get((name, caller), refusal(operation, caller))
        if refused is None and not operation.read_only:
            continue
        wanted[caller], answers[caller] = refused.__name__ if refused else None, None
        try:
            await call(await world.context(token_of(operation, caller)), name, arguments)
        except OrreryError as error:
            answers[caller] = type(error).__name__

    # Then
    schema = arguments_schema(operation)
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.Draft202012Validator(schema).validate(arguments)
    assert schema["additionalProperties"] is False
    assert "$ref" not in repr(schema)
    assert answers == wanted


def as_json(operation: Operation, ids: Ids) -> dict[str, Any]:
    """The arguments of the denials' call of an operation, as a client writes them."""
    found: dict[str, Any] = {}
    for name, value in zip(contract(operation).order, CALLS[operation.name](ids), strict=False):
        if isinstance(value, Input):
            found |= value.model_dump(mode="json", by_alias=True, exclude_unset=True, fallback=str)
        elif isinstance(value, Periods):
            found["interval"] = value.interval.value
        elif isinstance(value, bool):
            found[to_camel(name)] = value
        elif not isinstance(value, Window):
            found[to_camel(name)] = to_jsonable_python(value, fallback=str)
    return found
