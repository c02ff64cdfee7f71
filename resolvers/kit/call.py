"""An operation called by its name with JSON: what its contract says, as one flat object. Tools, and whatever keeps a
call that is made later, call it so."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from bson import ObjectId
from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema, create_model
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from models.errors import BadUserInput, NotFound
from models.facts import TOOL, declared
from resolvers.kit.comparators import filter_model, read_filter
from resolvers.kit.context import Context
from resolvers.kit.contract import ID, REQUIRED, Argument, bind, contract, many_of
from resolvers.kit.fields import written_as
from resolvers.kit.input import AnyId, Date, Flag, Input, read_input
from resolvers.kit.json_schema import schema_of
from resolvers.kit.nouns import noun_of
from resolvers.kit.operation import CATALOGUE, Caller, Operation
from resolvers.kit.page import Page, Window, WindowInput
from resolvers.kit.periods import Periods, PeriodsInput
from resolvers.kit.upload import Upload

_SCALARS: Mapping[Any, Any] = {
    str: str,
    int: Annotated[int, Field(strict=True)],
    bool: Flag,
    datetime: Date,
    ObjectId: AnyId,
}
_SEVERAL: Mapping[type, tuple[type[Input], str]] = {
    Window: (WindowInput, "window"),
    Periods: (PeriodsInput, "periods"),
}
"""Arguments that clients give as several: their input, and its method that makes the argument."""

_SELECTED = "fields"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the arguments of an operation are read: `own` checks those beside its input. `selects` are the keys of the
    records that it reads, by the names of clients; None where no fields are asked for."""

    own: type[Input]
    selects: Mapping[str, str] | None


async def call(ctx: Context, name: str, arguments: Mapping[str, Any]) -> Any:
    """Run the operation `name` with the arguments of a client, as `arguments_schema` says.

    Returns what the operation returns. Raises NotFound for what cannot be called so, BadUserInput for what does not
    fit, and what the operation raises.
    """
    operation = CATALOGUE.get(name)
    if operation is None or not is_callable(operation):
        raise NotFound("Operation")
    operation.admit(ctx)
    first, others = read_arguments(operation, arguments)
    return await operation.run(ctx, *first, **others)


def read_arguments(operation: Operation, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """What `operation.run` is called with beside the context, by place and by name; raises BadUserInput."""
    takes, reading, beside = contract(operation), _reading(operation), dict(arguments)
    written = {alias: beside.pop(alias) for alias in _aliases(takes.input) if alias in beside}
    own = read_input(reading.own, beside)
    named = {argument.name: _given(own, argument) for argument in takes.arguments if _is_given(own, argument)}
    if reading.selects is not None:
        named[_SELECTED] = _selected(reading.selects, beside.get(_SELECTED))
    if takes.input is not None and (written or not takes.optional):
        named[takes.place] = written if takes.unread else read_input(takes.input, written)
    return bind(takes, named)


def arguments_of(operation: Operation, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call of an operation as `call` takes them."""
    named = {**dict(zip(contract(operation).order, args, strict=False)), **kwargs}
    found: dict[str, Any] = {}
    for argument in contract(operation).arguments:
        if argument.name in named and argument.annotation not in _SEVERAL and _is_for_clients(argument):
            found[to_camel(argument.name)] = to_jsonable_python(named.pop(argument.name), fallback=str)
    for value in named.values():
        if isinstance(value, Input):
            found |= value.model_dump(mode="json", by_alias=True, exclude_unset=True, fallback=str)
    return found


@functools.cache
def arguments_schema(operation: Operation) -> dict[str, Any]:
    """The JSON Schema of what `call` takes for an operation: an object, closed, without a reference. Raises TypeError
    where it is not callable so."""
    takes, reading = contract(operation), _reading(operation)
    bases = (reading.own,) if takes.input is None else (takes.input, reading.own)
    if takes.input is not None and (both := takes.input.model_fields.keys() & reading.own.model_fields.keys()):
        raise TypeError(f"{operation.name} has {both} both as arguments and in its input")
    return schema_of(create_model(operation.name, __base__=bases))


@functools.cache
def is_callable(operation: Operation) -> bool:
    """Whether `call` runs an operation: one of a token, that shows no credential and takes none, nor a
    file, and is no stream."""
    takes = contract(operation)
    if operation.caller in (Caller.ANYONE, Caller.PERSON) or operation.reveals:
        return False
    if hasattr(get_origin(takes.returns) or takes.returns, "__aiter__") or _takes_file_or_secret(takes.input):
        return False
    try:
        arguments_schema(operation)
    except TypeError:
        return False
    return True


@functools.cache
def _reading(operation: Operation) -> Reading:
    takes = contract(operation)
    bases = tuple(_SEVERAL[item.annotation][0] for item in takes.arguments if item.annotation in _SEVERAL)
    members: dict[str, Any] = {}
    for argument in takes.arguments:
        if argument.annotation not in _SEVERAL and argument.name != _SELECTED and _is_for_clients(argument):
            default = {} if argument.default is REQUIRED else {"default": argument.default}
            told = argument.description or "Which ones."
            members[argument.name] = _type_of(argument), Field(**default, description=told)
    selects = _selects(operation)
    if selects is not None:
        told = "Which fields of each; by default all that it has itself."
        members[_SELECTED] = list[str] | None, Field(None, description=told)
    return Reading(create_model(f"{operation.name}Arguments", __base__=bases or Input, **members), selects)


def _selects(operation: Operation) -> Mapping[str, str] | None:
    takes, door = contract(operation), operation.door
    if door is not None and door.as_asked:
        noun = door.noun
    elif _SELECTED in takes.order:
        returned = takes.returns
        element = get_args(returned)[0] if get_origin(returned) is Page else many_of(returned) or returned
        if (found := noun_of(element)) is None:
            return None
        noun = found
    else:
        return None
    return {to_camel(key): key for key in declared(noun.model, TOOL)}


def _selected(selects: Mapping[str, str], names: list[str] | None) -> frozenset[str]:
    wanted = selects if names is None else names
    if unknown := [name for name in wanted if name not in selects]:
        raise BadUserInput(f"{unknown[0][:60]} is none of {', '.join(selects)}", field=_SELECTED)
    return frozenset(selects[name] for name in wanted)


def _is_for_clients(argument: Argument) -> bool:
    """What is not told, and may be left out, is for the doors of the gateway itself."""
    return argument.description is not None or argument.filters is not None or argument.default is REQUIRED


def _is_given(own: Input, argument: Argument) -> bool:
    return argument.annotation in _SEVERAL or argument.name in own.model_fields_set - {_SELECTED}


def _given(own: Input, argument: Argument) -> Any:
    if argument.annotation in _SEVERAL:
        return getattr(own, _SEVERAL[argument.annotation][1])()
    return getattr(own, argument.name)


def _takes_file_or_secret(model: type[Input] | None) -> bool:
    return model is not None and any(info.annotation is Upload or not info.repr for info in model.model_fields.values())


def _aliases(model: type[Input] | None) -> list[str]:
    return [] if model is None else [info.alias or name for name, info in model.model_fields.items()]


def _type_of(argument: Argument) -> Any:
    if argument.filters is not None:
        return _filter_type(argument.filters) | None
    if argument.description is None:
        raise TypeError(f"{argument.name}: what it is has to be told, as Annotated[…, 'What it is.']")
    return _written(argument.annotation)


def _filter_type(model: type[BaseModel]) -> Any:
    read, shape = functools.partial(read_filter, model), WithJsonSchema(schema_of(filter_model(model)))
    return Annotated[dict[str, Any], PlainValidator(read), shape]


def _written(annotation: Any) -> Any:
    """How clients write an argument in JSON; raises TypeError for what they cannot."""
    if annotation == ID:
        return AnyId
    if get_origin(annotation) in (Union, UnionType):
        plain = [member for member in get_args(annotation) if member is not NoneType]
        return (AnyId if plain == [ObjectId, str] else _written(plain[0])) | None
    if (element := many_of(annotation)) is not None:
        return list[_written(element)]  # type: ignore[misc]
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return written_as(annotation)
    raise TypeError(f"{annotation} cannot be written in JSON")
