"""Finding the runtime object type of values, and starting the next level with them.

Types are asked about once per object, not once per place that it is at.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import GraphQLObjectType, default_type_resolver
from graphql.execution.executor import invalid_return_type_error

from execution.columns import Column, Run

if TYPE_CHECKING:
    from execution.engine import Engine


class Members(NamedTuple):
    """Objects of a column: `ids` at each place, `distinct` by id, and `slots` the places (None: the whole column).

    Without slots, a place may be null; the id of None is then among the ids and not in `distinct`.
    """

    ids: list[int]
    distinct: dict[int, Any]
    slots: list[int] | None = None

    @property
    def places(self) -> Iterable[tuple[int, int]]:
        """Each place, with the id of what is there."""
        return zip(self.slots or count(), self.ids, strict=False)

    def only(self, keys: Collection[int]) -> "Members":
        """Those of these ids alone."""
        wanted = {key: self.distinct[key] for key in keys}
        places = [(place, key) for place, key in self.places if key in wanted]
        return Members([key for _, key in places], wanted, [place for place, _ in places])


Answered = Callable[[list[Any], Members], None]
"""Takes one answer for each distinct member."""


def by_runtime_type(engine: "Engine", column: Column, members: Members) -> None:
    """Split values of an interface or a union by their runtime type, and go on with each."""
    abstract: Any = column.shape.type
    resolve = abstract.resolve_type or engine.executor.type_resolver
    values = list(members.distinct.values())
    names: list[Any] = []
    if resolve is default_type_resolver and set(map(type, values)) == {dict}:
        names = [value.get("__typename") for value in values]
    if not names or set(map(type, names)) != {str}:
        names = _ask(engine, column, members, resolve, abstract)

    def split(names: list[Any], members: Members) -> None:
        if len(set(map(_name_or_none, names))) == 1 and type(names[0]) is str:
            try:
                type_ = _type_named(engine, column, names[0], next(iter(members.distinct.values())))
            except Exception as error:
                _fail_all(engine, column, members, error)
            else:
                check_type(engine, column, type_, members)
            return
        _split(engine, column, members, dict(zip(members.distinct, names, strict=True)))

    _receive(engine, column, names, members, split)


def check_type(engine: "Engine", column: Column, type_: GraphQLObjectType, members: Members) -> None:
    """Go on with the values that are of the type, as far as the type can tell."""
    if type_.is_type_of is None:
        _enter(engine, column, type_, members)
        return

    def checked(answers: list[Any], members: Members) -> None:
        if all(answer is True for answer in answers):
            _enter(engine, column, type_, members)
            return
        known = dict(zip(members.distinct, answers, strict=True))
        places: list[int] = []
        for index, key in members.places:
            answer = known.get(key, False)
            if isinstance(answer, Exception):
                engine.fail(column, index, answer)
            elif answer:
                places.append(index)
            elif key in known:
                value = members.distinct[key]
                engine.fail(column, index, invalid_return_type_error(type_, value, column.field.details))
        _enter(engine, column, type_, _at(column, places))

    _receive(engine, column, _ask(engine, column, members, type_.is_type_of), members, checked)


def _receive(engine: "Engine", column: Column, answers: list[Any], members: Members, then: Answered) -> None:
    """Go on with `then` once no answer is awaitable any more; in parts, if an error may end the wait for the rest."""
    places = engine.awaitable_places(answers, set(map(type, answers)))
    if not places:
        then(answers, members)
        return
    keys = list(members.distinct)
    if len(places) < len(answers) and not column.shape.nullable:
        plain = sorted(set(range(len(answers))).difference(places))
        then([answers[place] for place in plain], members.only([keys[place] for place in plain]))
        members = members.only([keys[place] for place in places])
        _receive(engine, column, [answers[place] for place in places], members, then)
        return

    def deliver(arrived: Sequence[int], results: list[Any]) -> None:
        if len(arrived) == len(places):
            for place, result in zip(places, results, strict=True):
                answers[place] = result
            then(answers, members)
        else:
            then(results, members.only([keys[places[at]] for at in arrived]))

    def dead() -> Collection[int]:
        unwanted = engine.nulls.dead_values(column)
        if not unwanted:
            return ()
        wanted = {key for place, key in members.places if place not in unwanted}
        return [at for at, place in enumerate(places) if keys[place] not in wanted]

    engine.wait(column, [answers[place] for place in places], deliver, dead)


def _split(engine: "Engine", column: Column, members: Members, names: dict[int, Any]) -> None:
    groups: dict[GraphQLObjectType, list[int]] = {}
    known: dict[str, GraphQLObjectType] = {}
    for index, key in members.places:
        if key not in names:
            continue
        name = names[key]
        try:
            type_ = known.get(name) if isinstance(name, str) else None
            if type_ is None:
                type_ = known[name] = _type_named(engine, column, name, members.distinct[key])
        except Exception as error:
            engine.fail(column, index, error)
            continue
        groups.setdefault(type_, []).append(index)
    for type_, places in groups.items():
        check_type(engine, column, type_, _at(column, places))


def _at(column: Column, places: list[int]) -> Members:
    values = [column.values[place] for place in places]
    ids = list(map(id, values))
    return Members(ids, dict(zip(ids, values, strict=True)), places)


def _ask(engine: "Engine", column: Column, members: Members, call: Callable[..., Any], *more: Any) -> list[Any]:
    places = zip(reversed(members.ids), reversed(members.slots or range(len(members.ids))), strict=True)
    firsts = dict(places)
    answers: list[Any] = []
    for key, value in members.distinct.items():
        try:
            answers.append(call(value, engine.info(column, firsts[key]), *more))
        except Exception as error:
            answers.append(error)
    return answers


def _name_or_none(name: Any) -> str | None:
    return name if type(name) is str else None


def _type_named(engine: "Engine", column: Column, name: Any, value: Any) -> GraphQLObjectType:
    if isinstance(name, Exception):
        raise name
    abstract: Any = column.shape.type
    executor = engine.executor
    return executor.ensure_valid_runtime_type(name, abstract, column.field.details, engine.info(column, 0), value)


def _fail_all(engine: "Engine", column: Column, members: Members, error: Exception) -> None:
    for index, key in members.places:
        if key in members.distinct:
            engine.fail(column, index, error)


def enter_each(engine: "Engine", column: Column, type_: GraphQLObjectType, nulls: bool) -> None:
    """Go on with every value of a column apart."""
    values = column.values
    slots: list[int] | None = None
    if nulls:
        slots = [place for place, value in enumerate(values) if value is not None]
        values = [values[place] for place in slots]
    if not values:
        return
    scope = column.field.scope(type_)
    if isinstance(scope, Exception):
        for place in slots or range(len(values)):
            engine.fail(column, place, scope)
    else:
        engine.start(Run(scope, values, column, slots))


def _enter(engine: "Engine", column: Column, type_: GraphQLObjectType, members: Members) -> None:
    ids, distinct, slots = members
    if not distinct:
        return
    scope = column.field.scope(type_)
    if isinstance(scope, Exception):
        _fail_all(engine, column, members, scope)
    elif len(distinct) == len(ids):
        engine.start(Run(scope, list(distinct.values()), column, slots))
    elif engine.sharing and scope.shareable:
        engine.start(Run(scope, list(distinct.values()), column, slots, ids))
    else:
        if slots is None and len(column.values) > sum(map(distinct.__contains__, ids)):
            slots = [place for place, key in enumerate(ids) if key in distinct]
        engine.start(Run(scope, [distinct[key] for key in ids if key in distinct], column, slots))
