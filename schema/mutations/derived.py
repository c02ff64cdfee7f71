"""The mutations: each is made of the signature of its operation, or of the function that stands for it."""

import inspect
import re
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from resolvers.catalogue import CATALOGUE, Operation
from resolvers.kit.contract import ID, REQUIRED, Contract, bind, contract, described, read_signature
from schema.arguments import CHANGES, VALUES
from schema.context import Info
from schema.inputs.base import read, sent
from schema.inputs.derived import graph_type, input_type
from schema.mutations.by_hand import BY_HAND
from schema.mutations.returns import returns

_PARAMETER = inspect.Parameter.POSITIONAL_OR_KEYWORD


def mutation_type() -> type:
    """The type `Mutation`: a field for every operation that changes something."""
    changing = sorted((entry for entry in CATALOGUE.values() if not entry.read_only), key=lambda entry: entry.name)
    members = {python_name(entry.name): _field(entry) for entry in changing}
    return strawberry.type(type("Mutation", (), members), description="What can be changed.")


def python_name(name: str) -> str:
    """The name of a field in Python."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _field(operation: Operation) -> Any:
    """The field of an operation."""
    hand = BY_HAND.get(operation.name)
    takes = contract(operation) if hand is None else read_signature(hand)
    payload = returns(operation, takes.returns)
    call = hand or operation.run

    async def run(self: None, info: Info, **given: Any) -> Any:
        first, named = _arguments(takes, given)
        return payload.fill(info, await call(info.context.ctx, *first, **named))

    run.__signature__ = _signature(takes, payload.type)  # type: ignore[attr-defined]
    return strawberry.mutation(run, description=described(operation.body))


def _arguments(takes: Contract, given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, the input among them."""
    named = {name: value for name, value in given.items() if value is not UNSET}
    written = named.pop("input", None)
    if takes.input is not None and written is not None:
        named[takes.place] = sent(written) if takes.unread else read(takes.input, written)
    return bind(takes, named)


def _signature(takes: Contract, payload: type) -> inspect.Signature:
    """What Strawberry makes the field of: the arguments of an operation, and its input."""
    parameters = [inspect.Parameter("self", _PARAMETER), inspect.Parameter("info", _PARAMETER, annotation=Info)]
    for argument in takes.arguments:
        if argument.description is None:
            raise TypeError(f"{argument.name}: what it is has to be told, as Annotated[…, 'What it is.']")
        type_ = strawberry.ID if argument.annotation == ID else graph_type(argument.annotation)
        default = UNSET if argument.default is None else argument.default
        parameters.append(
            _parameter(argument.name, type_, strawberry.argument(description=argument.description), default)
        )
    if takes.input is not None:
        told = CHANGES if takes.input.__name__.endswith("Update") else VALUES
        default = UNSET if takes.optional else REQUIRED
        parameters.append(_parameter("input", input_type(takes.input), told, default))
    parameters.sort(key=lambda parameter: parameter.default is not REQUIRED)
    return inspect.Signature(parameters, return_annotation=payload)


def _parameter(name: str, type_: Any, told: Any, default: Any) -> inspect.Parameter:
    annotation = type_ | None if default is UNSET else type_
    return inspect.Parameter(name, _PARAMETER, annotation=Annotated[annotation, told], default=default)
