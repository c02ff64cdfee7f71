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
from serving.graph.documents import GraphOperation
from serving.graph.operation_files import MAX_FILES, Form


async def check_doors(ctx: Context, operation: GraphOperation, form: Form) -> None:
    """Raise the refusal of a mutation whose fields that take files are all refused, BadUserInput for one without such a
    field, with more than 5, or where a file would go into two fields: it is sent once, and would be stored twice."""
    document = operation.prepared.document
    roots = [] if document is None else list(_roots(operation.node.selection_set, document))
    fields = [root for root in roots if root.name.value in DOORS]
    if not 0 < len(fields) <= MAX_FILES:
        raise BadUserInput(f"A multipart request takes a mutation with 1 to {MAX_FILES} fields that take a file")
    used = Counter(name for field in fields for name in _variables(field))
    for place in form.places.values():
        if used[place[0]] > 1:
            raise BadUserInput("puts a file into two fields: send it once for each", field="map")
    refusals = [await _refusal(ctx, field, form.sent["variables"]) for field in fields]
    if (first := refusals[0]) is not None and None not in refusals:
        raise first


async def _refusal(ctx: Context, field: FieldNode, variables: Mapping[str, Any]) -> OrreryError | None:
    given = {
        argument.name.value: value_from_ast_untyped(argument.value, dict(variables))
        for argument in field.arguments or ()
    }
    values = given.get("input")
    try:
        await check_door(ctx, field.name.value, values if isinstance(values, dict) else {})
    except OrreryError as refusal:
        return refusal
    return None


def _roots(selected: SelectionSetNode, document: DocumentNode) -> Iterator[FieldNode]:
    """The root fields, those of fragments too; validation has refused fragments that spread themselves."""
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            for other in document.definitions:
                if isinstance(other, FragmentDefinitionNode) and other.name.value == selection.name.value:
                    yield from _roots(other.selection_set, document)
        else:
            yield from _roots(selection.selection_set, document)  # type: ignore[attr-defined]


def _variables(field: FieldNode) -> list[str]:
    found: list[str] = []

    class _Collect(Visitor):
        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.append(node.name.value)

    for argument in field.arguments or ():
        visit(argument, _Collect())
    return found
