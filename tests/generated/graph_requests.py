"""GraphQL requests to one root field, generated from the schema and led to objects of the world."""

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    GraphQLField,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    parse_type,
    print_ast,
    value_from_ast_untyped,
)
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from schema.graph import graph
from tests.generated.stage import MEANT, Stage, mostly
from tests.resolvers.lab import PICTURE

FILE = "file"
"""The variable that a multipart request maps its file to."""
GRAPH = graph()
ROOTS: dict[str, GraphQLField] = {
    name: one for root in (GRAPH.query_type, GRAPH.mutation_type) if root for name, one in root.fields.items()
}
_CURSORS = ("after", "before")
_SIZES = ("first", "last")


@dataclass
class GraphRequest:
    """What is sent to `/graphql`; `file` is the name and the bytes of an upload."""

    document: DocumentNode
    variables: dict[str, Any] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None

    def body(self) -> dict[str, Any]:
        """The request's parts as httpx takes them."""
        sent = {"query": print_ast(self.document), "variables": self.variables}
        if self.file is None:
            return {"json": sent}
        mapped = json.dumps({"0": [f"variables.{FILE}"]})
        return {"files": [("operations", (None, json.dumps(sent))), ("map", (None, mapped)), ("0", self.file)]}


@st.composite
def graph_requests(draw: st.DrawFn, name: str, stage: Stage) -> GraphRequest:
    """A request to a root field: its arguments in the document or, as often, in variables."""
    document: DocumentNode = draw(_documents(name))
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    shaped = replace(operation, selection_set=_selected(draw, stage, operation.selection_set, name))
    variables: dict[str, Any] = {}
    file = None
    if f"${FILE}" in print_ast(document):
        file = (draw(st.text(min_size=1, max_size=20)), draw(mostly(st.just(PICTURE), st.binary())))
        variables = {FILE: None}
        shaped = replace(shaped, variable_definitions=(_definition(FILE, "Upload!"),))
    elif draw(st.booleans()):
        shaped = _lifted(shaped, variables)
    return GraphRequest(DocumentNode(definitions=(shaped,)), variables, file)


@cache
def _documents(name: str) -> st.SearchStrategy[DocumentNode]:
    """To make the strategy takes longer than to draw from it."""
    return from_schema(GRAPH, fields=[name], custom_scalars=_SCALARS, print_ast=_itself)


def _selected(draw: st.DrawFn, stage: Stage, selected: SelectionSetNode, root: str | None) -> SelectionSetNode:
    """The selection with arguments that lead somewhere, and the type of every object; `root` is of the top alone."""
    found: list[SelectionNode] = [FieldNode(name=NameNode(value="__typename"))]
    for one in selected.selections:
        assert isinstance(one, FieldNode | InlineFragmentNode)
        if isinstance(one, FieldNode):
            arguments = tuple(
                replace(given, value=_argument(draw, stage, given, root if one.name.value in ROOTS else None))
                for given in one.arguments or ()
            )
            one = replace(one, arguments=arguments)
        inside = one.selection_set
        found.append(replace(one, selection_set=_selected(draw, stage, inside, None)) if inside else one)
    return SelectionSetNode(selections=tuple(found))


def _argument(draw: st.DrawFn, stage: Stage, argument: ArgumentNode, root: str | None) -> ValueNode:
    if root is not None:
        return _filled(draw, stage, argument.value, _meaning(argument.name.value, root))
    return draw(_page(argument))


def _filled(draw: st.DrawFn, stage: Stage, value: ValueNode, name: str) -> ValueNode:
    """The value with ids of the world in most places that are named as ids are."""
    if isinstance(value, ObjectValueNode):
        # What can be left out is generated as null half of the time, and to most fields null is no value.
        kept = [
            one
            for one in value.fields or ()
            if not isinstance(one.value, NullValueNode) or draw(mostly(st.just(False), st.just(True)))
        ]
        return replace(
            value, fields=tuple(replace(one, value=_filled(draw, stage, one.value, one.name.value)) for one in kept)
        )
    if isinstance(value, ListValueNode):
        return replace(value, values=tuple(_filled(draw, stage, one, name) for one in value.values or ()))
    if isinstance(value, StringValueNode) and name in _SHAPES:
        shaped: ValueNode = draw(mostly(_SHAPES[name].map(_text), st.just(value)))
        return shaped
    if isinstance(value, StringValueNode) or (isinstance(value, IntValueNode) and _is_id(name)):
        return StringValueNode(value=draw(stage.filled(value.value, name)))
    return value


def _is_id(name: str) -> bool:
    return name in MEANT or name.endswith("Id")


def _meaning(argument: str, root: str) -> str:
    """What an argument of a root field names: `id` is that of the field's noun."""
    if argument == "slug":
        return "orgSlug" if root == "organization" else "wsSlug"
    if argument not in ("id", "ids") or root in ("node", "nodes"):
        return "anyId" if argument in ("id", "ids") else argument
    noun = "checklistItem" if root.startswith("checklistItem") else re.split("[A-Z]", root)[0]
    return {"checklistItem": "itemId", "custom": "fieldId", "api": "apiTokenId"}.get(noun, f"{noun}Id")


def _page(argument: ArgumentNode) -> st.SearchStrategy[ValueNode]:
    if argument.name.value in _SIZES:
        return mostly(st.integers(1, 5).map(lambda size: IntValueNode(value=str(size))), st.just(argument.value))
    if argument.name.value in _CURSORS:
        return mostly(st.just(NullValueNode()), st.just(argument.value))
    return st.just(argument.value)


def _lifted(operation: OperationDefinitionNode, variables: dict[str, Any]) -> OperationDefinitionNode:
    """The operation with the arguments of its root fields in variables."""
    definitions: list[VariableDefinitionNode] = []
    found: list[SelectionNode] = []
    for root in operation.selection_set.selections:
        if not isinstance(root, FieldNode) or root.name.value not in ROOTS:
            found.append(root)
            continue
        arguments: list[ArgumentNode] = []
        for argument in root.arguments or ():
            name = f"v{len(definitions)}"
            variables[name] = value_from_ast_untyped(argument.value)
            definitions.append(_definition(name, str(ROOTS[root.name.value].args[argument.name.value].type)))
            arguments.append(replace(argument, value=VariableNode(name=NameNode(value=name))))
        found.append(replace(root, arguments=tuple(arguments)))
    selected = SelectionSetNode(selections=tuple(found))
    return replace(operation, selection_set=selected, variable_definitions=tuple(definitions))


def _definition(name: str, kind: str) -> VariableDefinitionNode:
    named = VariableNode(name=NameNode(value=name))
    return VariableDefinitionNode(variable=named, type=parse_type(kind), directives=())


def _itself(document: DocumentNode) -> DocumentNode:
    return document


def _text(value: str) -> StringValueNode:
    return StringValueNode(value=value)


_plain: st.SearchStrategy[ValueNode] = (
    st.text().map(_text)
    | st.integers(-(2**63), 2**64).map(lambda number: IntValueNode(value=str(number)))
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: FloatValueNode(value=repr(number)))
    | st.booleans().map(lambda value: BooleanValueNode(value=value))
    | st.builds(NullValueNode)
)


def _compound(values: st.SearchStrategy[ValueNode]) -> st.SearchStrategy[ValueNode]:
    names = st.sampled_from(["a", "b", "_id", "type", "text", "content", "constructor", "__proto__"])
    fields = st.builds(
        lambda name, value: ObjectFieldNode(name=NameNode(value=name), value=value), name=names, value=values
    )
    return st.lists(values, max_size=3).map(lambda found: ListValueNode(values=tuple(found))) | st.lists(
        fields, max_size=3, unique_by=lambda one: one.name.value
    ).map(lambda found: ObjectValueNode(fields=tuple(found)))


def _object(fields: dict[str, ValueNode]) -> ValueNode:
    return ObjectValueNode(
        fields=tuple(ObjectFieldNode(name=NameNode(value=name), value=value) for name, value in fields.items())
    )


_words = st.text(alphabet=st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
_SHAPES: dict[str, st.SearchStrategy[str]] = {
    **dict.fromkeys(("name", "title", "label", "content", "prompt", "query", "error", "description"), _words),
    "color": st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
    "slug": st.from_regex(r"[a-z][a-z0-9]{3,20}", fullmatch=True),
}
"""What operations take as some texts, of which the schema says no more than that they are texts."""
_json = st.recursive(_plain, _compound, max_leaves=6)
_lists = st.lists(st.tuples(st.sampled_from(["cards", "columns", "labels", "documents"]), _json), max_size=3)
_named = ObjectValueNode(fields=(ObjectFieldNode(name=NameNode(value="name"), value=_text("Sent")),))
_moments = st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.dates().map(str)
_SCALARS: dict[str, st.SearchStrategy[ValueNode]] = {
    "ID": st.text(alphabet="0123456789abcdef", min_size=24, max_size=24).map(_text) | st.text().map(_text),
    "Cursor": st.text().map(_text),
    "DateTime": mostly(_moments, st.text()).map(_text),
    "JSON": _json,
    "ProjectFile": mostly(_lists.map(lambda lists: _object({**dict(lists), "project": _named})), _json),
    "Upload": st.just(VariableNode(name=NameNode(value=FILE))),
}
