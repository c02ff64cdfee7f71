"""What the shape of an import alone does not tell: that its indexes point somewhere, and which relations can be."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import CustomField
from models.enums import RelationType
from models.errors import BadUserInput
from models.facts import TRANSFER
from models.ids import Kind
from models.rank import ranks_after
from resolvers.custom_field.custom_field import options_of
from resolvers.document.place import MAX_DEPTH
from resolvers.document.room import MAX_DOCUMENTS
from resolvers.inputs import custom_value
from resolvers.inputs.label import MAX_PROJECT_LABELS
from resolvers.inputs.transfer import MAX_LINKS, ImportedCard, ImportedRelation, ProjectImport
from resolvers.kit.fields import values_of
from resolvers.kit.upload import file_name
from resolvers.relation.check import MAX_ANCESTORS, MAX_RELATIONS

MakeId = Callable[[Kind], ObjectId]
"""Makes a fresh id of a kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the entry `index` of the list `name` cannot have beside the others: `reason` says why, `at` where in it.

    It could be without its `attribute`; where that is a list, without what stands at `place` of it; and where there is
    none, not at all.
    """

    name: str
    index: int
    at: str
    reason: str
    attribute: str | None = None
    place: int | None = None


def check(values: ProjectImport) -> None:
    """Raise BadUserInput that names the first place at fault."""
    for fault in faults(values):
        where = f"{fault.name}.{fault.index}.{fault.at}"
        raise BadUserInput(fault.reason, field=where, index=fault.index)
    if len(values.documents) > MAX_DOCUMENTS:  # of one context
        raise BadUserInput(f"a project has at most {MAX_DOCUMENTS} documents", field="documents")


def faults(values: ProjectImport) -> Iterator[Fault]:
    """All that cannot be; each takes those before it for mended."""
    yield from _board(values)
    names = {label.name for label in values.labels}
    fields = {field.name for field in values.custom_fields}
    for index, card in enumerate(values.cards):
        yield from _card(card, index, len(values.columns), names)
        for place, value in enumerate(card.custom_fields):
            if value.field not in fields:
                reason = "is not a custom field of the project"
                yield Fault("cards", index, f"customFields.{place}.field", reason, "custom_fields", place)
    for index, relation in enumerate(values.relations):
        for end in ("source", "target"):
            if getattr(relation, end) >= len(values.cards):
                yield Fault("relations", index, end, "points to no card")
    yield from _documents(values)


def _board(values: ProjectImport) -> Iterator[Fault]:
    for index, scope in enumerate(values.scopes):
        if scope.start_date and scope.end_date and scope.end_date < scope.start_date:
            yield Fault("scopes", index, "endDate", "must not lie before startDate", "end_date")
    for index, column in enumerate(values.columns):
        if column.scope_index is not None and column.scope_index >= len(values.scopes):
            yield Fault("columns", index, "scopeIndex", "points to no scope", "scope_index")
    yield from _unlike("labels", [label.name for label in values.labels])
    yield from _unlike("customFields", [field.name for field in values.custom_fields])


def _unlike(where: str, names: Sequence[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Fault(where, index, "name", "is the name of another one")
        seen.add(name)


def _card(card: ImportedCard, index: int, columns: int, names: set[str]) -> Iterator[Fault]:
    """`names` are the labels that the project has so far, and those of the card from now on."""
    if card.column_index is not None and card.column_index >= columns:
        yield Fault("cards", index, "columnIndex", "points to no column", "column_index")
    if card.started_at and card.completed_at and card.completed_at < card.started_at:
        yield Fault("cards", index, "completedAt", "must not lie before startedAt", "completed_at")
    steps: set[int] = set()
    for place, step in enumerate(card.pipeline or ()):
        if step.column_index >= columns or step.column_index in steps:
            reason = "points to no column" if step.column_index >= columns else "names a column twice"
            yield Fault("cards", index, f"pipeline.{place}.columnIndex", reason, "pipeline", place)
        steps.add(step.column_index)
    ids: set[ObjectId] = set()
    for place, item in enumerate(card.checklist):
        if item.id in ids:
            yield Fault("cards", index, "checklist", "has two items with one id", "checklist", place)
        elif item.id is not None:
            ids.add(item.id)
    for place, file in enumerate(card.attachments):
        try:
            file_name(file.name)
        except BadUserInput as error:
            reason = error.message.removeprefix(f"{error.field}: ")
            yield Fault("cards", index, f"attachments.{place}.name", reason, "attachments", place)
    for place, name in enumerate(card.labels):
        if name not in names and len(names) >= MAX_PROJECT_LABELS:
            yield Fault("cards", index, "labels", f"a project has at most {MAX_PROJECT_LABELS} labels", "labels", place)
        else:
            names.add(name)


def _documents(values: ProjectImport) -> Iterator[Fault]:
    depths: list[int] = []
    linked: Counter[int] = Counter()
    for index, document in enumerate(values.documents):
        if document.scope_index is not None and document.scope_index >= len(values.scopes):
            yield Fault("documents", index, "scopeIndex", "points to no scope", "scope_index")
        parent = document.parent_index
        if parent is not None and parent >= index:
            reason = "points to no document before this one"
            yield Fault("documents", index, "parentIndex", reason, "parent_index")
            parent = None
        if parent is not None and depths[parent] >= MAX_DEPTH:
            reason = f"documents stand at most {MAX_DEPTH} deep"
            yield Fault("documents", index, "parentIndex", reason, "parent_index")
            parent = None
        depths.append(1 if parent is None else depths[parent] + 1)
        yield from _links(document.card_indexes, index, len(values.cards), linked)


def _links(places: Sequence[int], index: int, cards: int, linked: Counter[int]) -> Iterator[Fault]:
    """`linked` are the documents of each card so far."""
    for place, card in enumerate(places):
        if card >= cards:
            yield Fault("documents", index, f"cardIndexes.{place}", "points to no card", "card_indexes", place)
    seen: set[int] = set()
    for place, card in enumerate(places):
        if card >= cards or card in seen:
            continue
        if linked[card] >= MAX_LINKS:
            reason = f"a card has at most {MAX_LINKS} documents"
            yield Fault("documents", index, "cardIndexes", reason, "card_indexes", place)
        else:
            seen.add(card)
            linked[card] += 1


def _inside(error: BadUserInput, field: str, index: int) -> BadUserInput:
    return BadUserInput(error.message.removeprefix(f"{error.field}: "), field=field, index=index)


def field_records(values: ProjectImport, make_id: MakeId) -> dict[str, Any]:
    """The custom fields by name, with ids, ranks and options; not yet of any project."""
    ranks = ranks_after(None, len(values.custom_fields))
    found: dict[str, Any] = {}
    for index, (field, rank) in enumerate(zip(values.custom_fields, ranks, strict=True)):
        try:
            named = [{"id": make_id(Kind.CUSTOM_FIELD_OPTION), "label": option.label} for option in field.options]
            options = options_of(field.type, field.options, named)
        except BadUserInput as error:
            raise _inside(error, f"customFields.{index}.{error.field}", index) from error
        found[field.name] = values_of(field, CustomField, TRANSFER) | {
            "_id": make_id(Kind.CUSTOM_FIELD),
            "type": field.type.value,
            "options": options,
            "rank": rank,
        }
    return found


def custom_values(card: ImportedCard, index: int, fields: dict[str, Any]) -> dict[str, Any]:
    """A card's values as they are stored; raises BadUserInput that names the first bad one."""
    found: dict[str, Any] = {}
    for place, given in enumerate(card.custom_fields):
        field = fields[given.field]
        name = f"cards.{index}.customFields.{place}.value"
        try:
            value = custom_value.parse(field, given.value, name=name)
        except BadUserInput as error:
            raise _inside(error, name, index) from error
        if value is not None:
            found[str(field["_id"])] = value
    return found


def possible(relations: Sequence[ImportedRelation]) -> tuple[list[ImportedRelation], list[tuple[int, str]]]:
    """The relations that can be, and the places of those that cannot, with the reason: they are left out.

    The rules are those of `resolvers.relation.check`, asked of the file, as nothing else stands in its project.
    """
    refused: dict[int, str] = {}
    seen: set[tuple[RelationType, int, int]] = set()
    numbers: Counter[int] = Counter()
    parents: dict[int, int] = {}
    for index, described in enumerate(relations):
        reason = _refusal(described, seen, numbers, parents)
        if reason is not None:
            refused[index] = reason
            continue
        seen.add((described.type, described.source, described.target))
        numbers.update((described.source, described.target))
        if described.type is RelationType.PARENT_OF:
            parents[described.target] = described.source
    blocks = [n for n, relation in enumerate(relations) if relation.type is RelationType.BLOCKS and n not in refused]
    for index in _closing(relations, blocks):
        refused[index] = "would close a circle of cards that block each other"
    kept = [relation for index, relation in enumerate(relations) if index not in refused]
    return kept, sorted(refused.items())


def _refusal(
    one: ImportedRelation,
    seen: set[tuple[RelationType, int, int]],
    numbers: Counter[int],
    parents: dict[int, int],
) -> str | None:
    if one.source == one.target:
        return "relates a card to itself"
    mirrored = one.type in (RelationType.RELATED_TO, RelationType.DUPLICATES)
    if (one.type, one.source, one.target) in seen or (mirrored and (one.type, one.target, one.source) in seen):
        return "is there already"
    if max(numbers[one.source], numbers[one.target]) >= MAX_RELATIONS:
        return f"is beyond the {MAX_RELATIONS} relations of a card"
    if one.type is RelationType.PARENT_OF:
        if one.target in parents:
            return "would be a second parent"
        if not _may_be_parent(one, parents):
            return f"would make a card its own ancestor, or more than {MAX_ANCESTORS} generations"
    return None


def _may_be_parent(one: ImportedRelation, parents: dict[int, int]) -> bool:
    ancestor: int | None = one.source
    for _ in range(MAX_ANCESTORS):
        ancestor = parents.get(ancestor) if ancestor is not None else None
        if ancestor is None:
            return True
        if ancestor == one.target:
            return False
    return False


def _closing(relations: Sequence[ImportedRelation], blocks: Sequence[int]) -> list[int]:
    """Which of the relations lead back to a card that they come from; without those there is no circle.

    One walk over all of them: asking each on its own would take a time that grows with the square of their number.
    """
    leaving: dict[int, list[int]] = {}
    for index in blocks:
        leaving.setdefault(relations[index].source, []).append(index)
    found: list[int] = []
    done: set[int] = set()
    for start in leaving:
        if start in done:
            continue
        above = {start}
        path = [(start, iter(leaving[start]))]
        while path:
            card, edges = path[-1]
            for index in edges:
                target = relations[index].target
                if target in above:
                    found.append(index)
                elif target not in done:
                    above.add(target)
                    path.append((target, iter(leaving.get(target, ()))))
                    break
            else:
                path.pop()
                above.discard(card)
                done.add(card)
    return found
