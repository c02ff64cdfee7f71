"""The mutations, each made of the signature of its operation. One that deviates is written by hand beside this."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, get_args

import strawberry
from bson import ObjectId

from realtime.log import Committed
from resolvers.contract import REQUIRED, contract
from resolvers.inputs.base import Input
from resolvers.noun import noun_of
from resolvers.operation import CATALOGUE, Operation
from schema.arguments import CHANGES, VALUES
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.derived import graph_type, input_type
from schema.payloads import filled, payload_for

_PARAMETER = inspect.Parameter.POSITIONAL_OR_KEYWORD


def derived(by_hand: Iterable[type]) -> type:
    """The mutations of all operations that change something, but for those that are written by hand."""
    written = {name for one in by_hand for name in vars(one)}
    members = {
        name: _mutation(one)
        for one in CATALOGUE.values()
        if not one.read_only and (name := python_name(one.name)) not in written
    }
    return strawberry.type(type("DerivedMutation", (), members))


def python_name(name: str) -> str:
    """The name of a field in Python."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _mutation(operation: Operation) -> Any:
    signature = contract(operation)
    [made] = get_args(signature.returns)
    noun, type_ = noun_of(made), payload_for(made)
    resolve = _resolver(operation, [one.name for one in signature.arguments], signature.input)

    async def run(self: None, info: Info, **given: Any) -> Any:
        return filled(type_, noun, await resolve(info, given))

    run.__signature__ = _signature(operation, type_)  # type: ignore[attr-defined]
    return strawberry.mutation(run, description=signature.description)


def _resolver(
    operation: Operation, names: list[str], input_: type[Input] | None
) -> Callable[[Info, dict[str, Any]], Awaitable[Committed[Any]]]:
    async def resolve(info: Info, given: dict[str, Any]) -> Committed[Any]:
        arguments = [given[name] for name in names if name in given]
        if input_ is not None:
            arguments.append(read(input_, given["input"]))
        done: Committed[Any] = await operation.run(info.context.ctx, *arguments)
        return done

    return resolve


def _signature(operation: Operation, returns: type) -> inspect.Signature:
    """What Strawberry makes the field of: the arguments of an operation, and its input last."""
    signature = contract(operation)
    parameters = [
        inspect.Parameter("self", _PARAMETER),
        inspect.Parameter("info", _PARAMETER, annotation=Info),
    ]
    for one in signature.arguments:
        type_ = strawberry.ID if one.annotation == ObjectId | str else graph_type(one.annotation)
        described = Annotated[type_, strawberry.argument(description=one.description)]  # type: ignore[valid-type]
        default = inspect.Parameter.empty if one.default is REQUIRED else one.default
        parameters.append(inspect.Parameter(one.name, _PARAMETER, annotation=described, default=default))
    if signature.input is not None:
        told = CHANGES if signature.input.__name__.endswith("Update") else VALUES
        parameters.append(
            inspect.Parameter("input", _PARAMETER, annotation=Annotated[input_type(signature.input), told])
        )
    return inspect.Signature(parameters, return_annotation=returns)
