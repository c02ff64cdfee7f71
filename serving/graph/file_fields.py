"""The fields of a mutation that take the files of a multipart request, looked at before the files are received."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    value_from_ast_untyped,
    visit,
)

from models.errors import BadUserInput, OrreryError
from resolvers.files.door import DOORS, check_door
from resolvers.kit.context import Context
from serving.graph.documents import Operation
from serving.graph.operation_files import MAX_FILES, Form


async def check_doors(ctx: Context, operation: Operation, form: Form) -> None:
    """Raise the refusal of a mutation whose fields that take files are all refused, BadUserInput for one without such a
    field, with more than 5, or where a file would go into two fields: it is sent once, and would be stored twice."""
    document = operation.prepared.document
    roots = [] if document is None else list(_roots(operation.node.selection_set, document))
    fields = [one for one in roots if one.name.value in DOORS]
    if not 0 < len(fields) <= MAX_FILES:
        raise BadUserInput(f"A multipart request takes a mutation with 1 to {MAX_FILES} fields that take a file")
    used = Counter(name for one in fields for name in _variables(one))
    for place in form.places.values():
        if used[place[0]] > 1:
            raise BadUserInput("puts a file into two fields: send it once for each", field="map")
    refusals = [await _refusal(ctx, one, form.sent["variables"]) for one in fields]
    if (first := refusals[0]) is not None and None not in refusals:
        raise first


async def _refusal(ctx: Context, field: FieldNode, variables: Mapping[str, Any]) -> OrreryError | None:
    given = {one.name.value: value_from_ast_untyped(one.value, dict(variables)) for one in field.arguments or ()}
    values = given.get("input")
    try:
        await check_door(ctx, field.name.value, values if isinstance(values, dict) else {})
    except OrreryError as refusal:
        return refusal
    return None


def _roots(selected: SelectionSetNode, document: DocumentNode) -> Iterator[FieldNode]:
    """The root fields, those of fragments too; validation has refused fragments that spread themselves."""
    for one in selected.selections:
        if isinstance(one, FieldNode):
            yield one
        elif isinstance(one, FragmentSpreadNode):
            for other in document.definitions:
                if isinstance(other, FragmentDefinitionNode) and other.name.value == one.name.value:
                    yield from _roots(other.selection_set, document)
        else:
            yield from _roots(one.selection_set, document)  # type: ignore[attr-defined]


def _variables(field: FieldNode) -> list[str]:
    found: list[str] = []

    class _Collect(Visitor):
        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.append(node.name.value)

    for one in field.arguments or ():
        visit(one, _Collect())
    return found
