"""Mends a whole import: its entries one by one, and then what those cannot have beside each other."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from models.enums import ImportNoteCode
from models.errors import BadUserInput
from models.ids import new_id
from resolvers.custom_field.custom_field import options_of
from resolvers.inputs import custom_value
from resolvers.inputs.transfer import ImportedField, ProjectImport
from resolvers.kit.input import Input, read_input
from resolvers.transfer.check import Fault, faults, field_records
from resolvers.transfer.mend import KINDS, Entry, limits_of, mended, mended_members, mended_project
from resolvers.transfer.notes import Notes

P = TypeVar("P", bound=ProjectImport)

_ATTRIBUTES = {"customFields": "custom_fields"}


def read_mended(
    model: type[P], values: Mapping[str, Any], notes: Notes, lists: Mapping[str, list[Any]] | None = None
) -> P:
    """A project's file as its input; `lists` are those of it whose entries are mended already.

    Raises BadUserInput for what is no such file, or has too many entries. The time that it takes grows with the size of
    the file: a thread's work.
    """
    fields = {info.alias or name: name for name, info in model.model_fields.items()}
    limits = limits_of(model)
    given: Entry = {}
    ready = {fields[name]: entries for name, entries in (lists or {}).items()}
    for name, value in values.items():
        if name not in fields:
            notes.tell(name, ImportNoteCode.LEFT_OUT, "is left out, as a project has no such field")
        elif name == "project" and isinstance(value, dict):
            given[name] = mended_project(value, notes) or value
        elif name == "members" and isinstance(value, list) and len(value) <= limits[name]:
            given[name] = mended_members(value, notes)
        elif name in KINDS and isinstance(value, list) and len(value) <= limits[name]:
            found = (mended(name, index, entry, notes) for index, entry in enumerate(value))
            ready[fields[name]] = [item for item in found if item is not None]
        elif value is not None:
            given[name] = value
    return _settled(read_input(model, given).model_copy(update=ready), notes)


def _settled(values: P, notes: Notes) -> P:
    """The import without what `resolvers.transfer.check` refuses, told in `notes` by its places in the file."""
    fields = [_with_own_options(custom_field, index, notes) for index, custom_field in enumerate(values.custom_fields)]
    values = _without(values.model_copy(update={"custom_fields": fields}), faults, notes)
    return _without(values, _foreign_values, notes)


def _with_own_options(field: ImportedField, index: int, notes: Notes) -> ImportedField:
    """Options go by their labels: their ids are those of the project that they come from."""
    options = [option.model_copy(update={"id": None}) for option in field.options]
    try:
        options_of(field.type, options, ())
    except BadUserInput as error:
        place = f"customFields.{notes.number('customFields', index)}.options"
        reason = error.message.removeprefix(f"{error.field}: ")
        unlike = {option.label: option for option in reversed(options)} if field.type.has_options else {}
        options = list(reversed(unlike.values()))
        notes.tell(place, ImportNoteCode.LEFT_OUT, f"some are left out, as it {reason}")
    return field.model_copy(update={"options": options})


def _foreign_values(values: ProjectImport) -> Iterator[Fault]:
    """Values of custom fields that those cannot hold."""
    fields = field_records(values, new_id)
    for index, card in enumerate(values.cards):
        for place, given in enumerate(card.custom_fields):
            try:
                custom_value.parse(fields[given.field], given.value, name="value")
            except BadUserInput as error:
                reason = error.message.removeprefix(f"{error.field}: ")
                yield Fault("cards", index, f"customFields.{place}.value", reason, "custom_fields", place)


def _without(values: P, find: Callable[[P], Iterator[Fault]], notes: Notes) -> P:
    gone: dict[str, set[int]] = defaultdict(set)
    edits: dict[str, dict[int, dict[str, set[int]]]] = defaultdict(dict)
    for fault in find(values):
        where = f"{fault.name}.{notes.number(fault.name, fault.index)}"
        if fault.attribute is None:
            gone[fault.name].add(fault.index)
            notes.tell(where, ImportNoteCode.LEFT_OUT, f"is left out: its {fault.at} {fault.reason}")
            continue
        places = edits[fault.name].setdefault(fault.index, {}).setdefault(fault.attribute, set())
        where += f".{fault.at.partition('.')[0]}"
        if fault.place is not None:
            places.add(fault.place)
            where += f".{notes.number(where, fault.place)}"
        notes.tell(where, ImportNoteCode.LEFT_OUT, f"is left out: {fault.reason}")
    changes: dict[str, list[Input]] = {}
    for name in gone.keys() | edits.keys():
        attribute = _ATTRIBUTES.get(name, name)
        kept = [(n, item) for n, item in enumerate(getattr(values, attribute)) if n not in gone[name]]
        numbers = [notes.number(name, n) for n, _ in kept]
        changes[attribute] = [
            _edited(entry, edits[name].get(n), f"{name}.{number}", notes)
            for (n, entry), number in zip(kept, numbers, strict=True)
        ]
        notes.numbers[name] = numbers
    return values.model_copy(update=changes)


def _edited(entry: Input, edits: dict[str, set[int]] | None, where: str, notes: Notes) -> Input:
    """An entry without some of its attributes, or without what stands at some places of those."""
    if edits is None:
        return entry
    changes: dict[str, Any] = {}
    for attribute, places in edits.items():
        changes[attribute] = None
        if places:
            path = f"{where}.{to_camel(attribute)}"
            kept = [(place, item) for place, item in enumerate(getattr(entry, attribute)) if place not in places]
            changes[attribute] = [item for _, item in kept]
            notes.numbers[path] = [notes.number(path, place) for place, _ in kept]
    return entry.model_copy(update=changes)
