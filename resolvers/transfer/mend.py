"""Makes what an import takes of what other tools leave: an odd entry is changed or left out, and told; the rest comes.

Here each entry is made to be one of its kind; `resolvers.transfer.settle` mends what it cannot have beside others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from annotated_types import MaxLen
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from models.enums import ImportNoteCode
from resolvers.inputs.card import ChecklistItemInput
from resolvers.inputs.custom_field import CustomFieldOptionInput
from resolvers.inputs.transfer import (
    Email,
    ImportedAttachment,
    ImportedCard,
    ImportedColumn,
    ImportedComment,
    ImportedDocument,
    ImportedField,
    ImportedLabel,
    ImportedProject,
    ImportedRelation,
    ImportedScope,
    ImportedStep,
    ImportedValue,
)
from resolvers.kit.input import Input, sentence
from resolvers.transfer.notes import Notes

CUT, LEFT_OUT, REPLACED = ImportNoteCode.CUT, ImportNoteCode.LEFT_OUT, ImportNoteCode.REPLACED
UNTITLED = "Untitled"
GREY = "#6b7280"
PRIORITIES = {
    "critical": ("blocker", "p0"),
    "high": ("urgent", "highest", "important", "major", "p1"),
    "medium": ("normal", "moderate", "middle", "default", "p2"),
    "low": ("lowest", "minor", "trivial", "p3", "p4"),
}
"""What other tools call a priority, in lower case."""

_WORDS = {word: priority for priority, words in PRIORITIES.items() for word in (priority, *words)}
_NONE = ("", "none", "no priority", "unset")
_NAMES = ("name", "title", "label", "text")
_PARTS: dict[str, type[Input]] = {
    "checklist": ChecklistItemInput,
    "pipeline": ImportedStep,
    "comments": ImportedComment,
    "customFields": ImportedValue,
    "attachments": ImportedAttachment,
    "options": CustomFieldOptionInput,
}
"""Of what the lists of an entry are, by its fields."""

_email: TypeAdapter[str] = TypeAdapter(Email)

Entry = dict[str, Any]
Tell = Callable[[str, ImportNoteCode, str], None]
"""Takes a place in an entry, what was done there, and a sentence."""


def name_of(value: Any) -> str | None:
    """What an entry is called, which may be a text, or an object with a name."""
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMES if isinstance(value.get(name), str)), None)
    return value if isinstance(value, str) else None


def _called(name: str) -> Callable[[Any], Entry]:
    def likely(value: Any) -> Entry:
        return dict(value) if isinstance(value, dict) else {} if name_of(value) is None else {name: value}

    return likely


def _field(value: Any) -> Entry:
    entry = dict(value) if isinstance(value, dict) else {}
    if isinstance(entry.get("options"), list):
        entry["options"] = [{"label": option} if isinstance(option, str) else option for option in entry["options"]]
    return entry


def _card(value: Any) -> Entry:
    card = _called("title")(value)
    title, priority = card.get("title"), name_of(card.get("priority"))
    if isinstance(title, int | float) and not isinstance(title, bool):
        card["title"] = str(title)
    if priority is not None:
        word = priority.strip().lower()
        card["priority"] = None if word in _NONE else _WORDS.get(word, priority)
    if isinstance(card.get("labels"), list):
        card["labels"] = [name_of(label) if isinstance(label, dict) else label for label in card["labels"]]
    if isinstance(card.get("checklist"), list):
        card["checklist"] = [_step(item) for item in card["checklist"]]
    return card


def _step(value: Any) -> Any:
    return {"title": name_of(value), "done": isinstance(value, dict) and value.get("done") is True}


@dataclass(frozen=True, slots=True)
class _Kind:
    """Entries of a list: what was `likely` meant, and what stands for a required field that is missing or wrong.

    One that lacks what nothing stands for is left out. Where others point to entries by their places, something has to.
    """

    model: type[Input]
    likely: Callable[[Any], Entry]
    stands_for: Mapping[str, str] = field(default_factory=dict)


KINDS = {
    "scopes": _Kind(ImportedScope, _called("name"), {"name": UNTITLED}),
    "columns": _Kind(ImportedColumn, _called("name"), {"name": UNTITLED}),
    "labels": _Kind(ImportedLabel, _called("name"), {"color": GREY}),
    "customFields": _Kind(ImportedField, _field),
    "cards": _Kind(ImportedCard, _card, {"title": UNTITLED}),
    "relations": _Kind(ImportedRelation, _called("type")),
    "documents": _Kind(ImportedDocument, _called("title"), {"title": UNTITLED}),
}
"""What the lists of a file are of."""

_PROJECT = _Kind(ImportedProject, _called("name"))


def mended(name: str, index: int, value: Any, notes: Notes) -> Input | None:
    """The entry `index` of the list `name` as its input; None for one that has to be left out."""
    found = _mend(KINDS[name], value, f"{name}.{index}", notes)
    if found is not None:
        notes.numbers.setdefault(name, []).append(index)
    return found


def mended_project(value: dict[str, Any], notes: Notes) -> Input | None:
    """The project itself; None for one without a name."""
    return _mend(_PROJECT, value, "project", notes)


def mended_members(values: list[Any], notes: Notes) -> list[str]:
    """The addresses among what a file has for members."""
    return [value for index, value in enumerate(values) if _is_address(value, index, notes)]


def _is_address(value: Any, index: int, notes: Notes) -> bool:
    try:
        _email.validate_python(value)
    except ValidationError as error:
        notes.tell(f"members.{index}", LEFT_OUT, f"is left out, as it {sentence(error.errors()[0])}")
        return False
    notes.numbers.setdefault("members", []).append(index)
    return True


def _mend(kind: _Kind, value: Any, where: str, notes: Notes) -> Input | None:
    def tell(place: str, code: ImportNoteCode, message: str) -> None:
        notes.tell(f"{where}.{place}" if place else where, code, message)

    if isinstance(value, dict):
        value = {key: content for key, content in value.items() if content is not None}
        for name in [name for name in value if name not in _names(kind.model)]:
            del value[name]
            tell(name, LEFT_OUT, "is left out, as there is no such field")
        for name, limit in limits_of(kind.model).items():
            if isinstance(value.get(name), list) and len(value[name]) > limit:
                tell(name, CUT, f"only the first {limit} of {len(value[name])} are kept")
                value[name] = value[name][:limit]
    entry, work = kind.likely(value), None
    while True:
        try:
            made = kind.model.model_validate(entry, by_alias=True, by_name=False)
        except ValidationError as error:
            work = work or _Work(kind, _copied(entry), tell)
            if not work.mend(error.errors(include_url=False, include_input=False)):
                return None
            entry = work.entry
            continue
        if work is not None:
            notes.numbers.update({f"{where}.{name}": numbers for name, numbers in work.numbers.items()})
        return made


def _copied(entry: Entry) -> Entry:
    """An entry whose parts can be changed: what was given stays as it is."""
    return {
        name: [dict(part) if isinstance(part, dict) else part for part in value] if isinstance(value, list) else value
        for name, value in entry.items()
    }


@dataclass(slots=True)
class _Work:
    """An entry that is being mended. `numbers` are the places of what is left of its lists."""

    kind: _Kind
    entry: Entry
    tell: Tell
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def mend(self, problems: list[ErrorDetails]) -> bool:
        """Take out what is wrong, or put something there; whether there is an entry still.

        Each time the entry has less of its own, so that it comes to an end.
        """
        dropped: dict[str, set[int]] = {}
        for problem in problems:
            loc: list[Any] = [*problem["loc"], None, None]
            name, place, inner = loc[:3]
            if problem["type"] == "string_too_long" and self._cut(problem):
                continue
            if isinstance(place, int) and isinstance(self.entry.get(name), list):
                self._mend_part(name, place, inner, problem, dropped.setdefault(name, set()))
            elif not self._mend_field(name, problem):
                return False
        for name, places in dropped.items():
            numbers = self._numbers(name)
            self.numbers[name] = [number for place, number in enumerate(numbers) if place not in places]
            self.entry[name] = [item for place, item in enumerate(self.entry[name]) if place not in places]
        return True

    def _mend_field(self, name: str, problem: ErrorDetails) -> bool:
        reason = sentence(problem)
        if name in self.kind.stands_for:
            self.entry[name] = self.kind.stands_for[name]
            self.tell(name, REPLACED, f"is {self.entry[name]} now, as it {reason}")
        elif name in _required(self.kind.model):
            self.tell("", LEFT_OUT, f"is left out, as its {name} {reason}")
            return False
        elif self.entry.pop(name, None) is not None:
            self.tell(name, LEFT_OUT, f"is left out, as it {reason}")
        return True

    def _mend_part(self, name: str, place: int, inner: Any, problem: ErrorDetails, dropped: set[int]) -> None:
        part, number = self.entry[name][place], self._numbers(name)[place]
        if place in dropped:
            return
        if isinstance(part, dict) and inner in part and inner not in _required(_PARTS[name]):
            del part[inner]
            self.tell(f"{name}.{number}.{inner}", LEFT_OUT, f"is left out, as it {sentence(problem)}")
            return
        dropped.add(place)
        of = "it" if inner is None else f"its {inner}"
        self.tell(f"{name}.{number}", LEFT_OUT, f"is left out, as {of} {sentence(problem)}")

    def _cut(self, problem: ErrorDetails) -> bool:
        """Cut a text that is too long; whether that makes it shorter."""
        *above, last = problem["loc"]
        holder: Any = self.entry
        for part in above:
            holder = holder[part]
        limit, text = problem["ctx"]["max_length"], holder[last]
        if not isinstance(text, str) or len(text) <= limit:
            return False
        holder[last] = text[:limit]
        name, *rest = problem["loc"]
        if rest and isinstance(rest[0], int):
            rest[0] = self._numbers(str(name))[rest[0]]
        self.tell(".".join(map(str, (name, *rest))), CUT, f"is cut after {limit} characters")
        return True

    def _numbers(self, name: str) -> list[int]:
        if name not in self.numbers:
            self.numbers[name] = list(range(len(self.entry[name])))
        return self.numbers[name]


@cache
def limits_of(model: type[Input]) -> dict[str, int]:
    """How many entries the lists of a model have at most, by their names in a file."""
    return {
        info.alias or name: note.max_length
        for name, info in model.model_fields.items()
        for note in info.metadata
        if isinstance(note, MaxLen)
    }


@cache
def _names(model: type[Input]) -> frozenset[str]:
    return frozenset(info.alias or name for name, info in model.model_fields.items())


@cache
def _required(model: type[Input]) -> frozenset[str]:
    return frozenset(info.alias or name for name, info in model.model_fields.items() if info.is_required())
