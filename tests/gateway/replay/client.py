"""A client as small as it can be: it keeps a snapshot and follows the events, by what those carry alone."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic.alias_generators import to_camel, to_pascal
from typing_extensions import is_typeddict

from realtime.events import EVENTS, Shown
from tests.gateway.replay.snapshot import FRAGMENTS, KEPT, NOUNS
from tests.gateway.replay.state import (
    JSON,
    Rule,
    State,
    below,
    everywhere,
    gone,
    nothing,
    put,
    put_under,
    take,
    take_below,
)
from tests.nouns.column import board_gone
from tests.world.samples import table


def state_of(snapshot: Mapping[str, Any] | None) -> State:
    """The state that a snapshot of the graph tells."""
    state: State = {}
    _enter(state, snapshot or {}, None)
    return state


def follow(state: State, events: Iterable[JSON]) -> State:
    """The state after some events."""
    after = deepcopy(state)
    for event in events:
        change = RULES[event["__typename"]][1]
        change(after, {name: _kept_below(value) for name, value in event.items()})
    return {noun: kept for noun, kept in after.items() if kept}


def subscription(root: str, arguments: Mapping[str, str], types: Iterable[str]) -> str:
    """The subscription to a root field that selects of each type what its rule needs."""
    parts = " ".join(f"... on {name} {{ {RULES[name][0]} }}" for name in types)
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    declared = ", ".join(f"${name}: {type_}" for name, type_ in arguments.items())
    used = [text for name, text in FRAGMENTS.items() if f"...{name}Fields" in parts]
    body = f"{root}({given}) {{ __typename ... on Event {{ cursor at }} {parts} }}"
    return "\n".join([f"subscription ({declared}) {{ {body} }}", *used])


def _enter(state: State, value: Any, parent: str | None) -> None:
    """Walk a part of the answer: whatever has fields of a noun is an object of it, and what is below are others."""
    if isinstance(value, list):
        for one in value:
            _enter(state, one, parent)
    elif isinstance(value, dict):
        noun = value.get("__typename")
        if noun is not None:
            put(state, noun, _kept(noun, value), parent if NOUNS[noun].below_parent else None)
        for inside in value.values():
            _enter(state, inside, value.get("id") if noun is not None else parent)


def _kept(noun: str, value: JSON) -> JSON:
    """What of an object is kept of its noun."""
    return {name: field for name, field in value.items() if name in KEPT[noun]}


def _kept_below(value: Any) -> Any:
    """A value of an event, of whose objects there is what is kept of their nouns."""
    if isinstance(value, list):
        return [_kept_below(one) for one in value]
    if not isinstance(value, dict):
        return value
    noun = value.get("__typename")
    shown = value if noun is None else _kept(noun, value)
    return {name: _kept_below(field) for name, field in shown.items()}


def _project_deleted(state: State, event: JSON) -> None:
    """What names a project goes with it, but for what says that it stays."""
    project = event["projectId"]
    board_gone(state, "project", project)
    for script in below(state, "Script", "project", project):
        take_below(state, "script", script, "ScriptRun")
    named = [noun for noun, kept in KEPT.items() if "project" in kept]
    take_below(state, "project", project, *(noun for noun in named if not NOUNS[noun].outlives))
    take_below(state, "parent", project, "ProjectMember")
    for noun in named:
        if NOUNS[noun].outlives:
            everywhere(state, noun, "project", project)
    take(state, "Project", project)


def _plain_rules() -> Iterator[tuple[str, Rule]]:
    """What follows from how an event is declared: it carries an object as it is then, or the id of what is gone."""
    told = {name: event for name, event in EVENTS.items() if event.topics}
    for name, event in told.items():
        shown = {
            key: note.name or key
            for key, field in event.model_fields.items()
            for note in field.metadata
            if isinstance(note, Shown)
        }
        [first, *others] = shown or [""]
        if not others and to_pascal(first) in KEPT and is_typeddict(event.model_fields[first].annotation):
            yield name, put_under(to_camel(first), to_pascal(first))
        elif "deleted_id" in shown and (noun := name.removesuffix("Deleted")) in KEPT:
            yield name, gone(to_camel(shown["deleted_id"]), noun)


RULES: dict[str, Rule] = {
    **dict(_plain_rules()),
    "StreamReady": ("recovered", nothing),
    "StreamLagged": ("dropped", nothing),
    "ProjectDeleted": ("projectId", _project_deleted),
    **table(lambda sample: sample.rules),
}
"""What a client does with each event: one that changes more than the object that it is about is in a noun's sample."""
