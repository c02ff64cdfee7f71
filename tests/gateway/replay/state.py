"""What the client of the replay keeps, and what events do to it."""

from collections.abc import Callable
from typing import Any

JSON = dict[str, Any]
State = dict[str, dict[str, JSON]]
"""By noun, then by key: objects whose references are ids."""
Rule = tuple[str, Callable[[State, JSON], None]]
"""What is selected of an event, and what it does to the state."""


def put(state: State, noun: str, value: JSON, parent: str | None = None) -> None:
    """Keep an object as it is now, by its id or its user's; one that does not say what it belongs to below a parent."""
    kept = {name: _plain(field) for name, field in value.items()}
    key = kept["id"] if "id" in kept else (kept["user"] if isinstance(kept["user"], str) else kept["user"]["id"])
    if parent is not None:
        kept["parent"] = parent
        key = f"{parent} {key}"
    state.setdefault(noun, {})[key] = kept


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"nodes"}:
            return sorted(map(_plain, value["nodes"]))
        return value["id"] if value.keys() == {"id"} else {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def nothing(_state: State, _event: JSON) -> None:
    """What is told changes nothing of what is kept."""


def put_under(field: str, noun: str) -> Rule:
    """An event that carries an object as it is then."""
    return f"{field} {{ ...{noun}Fields }}", lambda state, event: put(state, noun, event[field])


def gone(field: str, noun: str) -> Rule:
    """An event that names what was deleted."""
    return field, lambda state, event: take(state, noun, event[field])


def take(state: State, noun: str, key: str) -> None:
    """Forget an object, whether it was there or not."""
    state.get(noun, {}).pop(key, None)


def everywhere(state: State, noun: str, field: str, key: str) -> None:
    """What pointed at something that is gone points nowhere."""
    for kept in state.get(noun, {}).values():
        if kept[field] == key:
            kept[field] = None


def everywhere_in(state: State, noun: str, field: str, key: str) -> None:
    """What had something that is gone in a list has it there no more."""
    for kept in state.get(noun, {}).values():
        kept[field] = [other for other in kept[field] if other != key]


def below(state: State, noun: str, field: str, key: str) -> list[str]:
    """The keys of what names something that is gone."""
    return [found for found, kept in state.get(noun, {}).items() if kept[field] == key]


def take_below(state: State, field: str, key: str, *nouns: str) -> None:
    """What stands below something that is gone is gone too, whether its own event has come or not."""
    for noun in nouns:
        for found in below(state, noun, field, key):
            take(state, noun, found)
