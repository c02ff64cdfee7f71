"""Whether what a document selects depends on who asks."""

from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, visit

from resolvers.operation import VIEWER_EDGES
from schema.loading import COMPUTE, EDGE
from schema.selection import DEFINITION, metadata_of


class _Fields(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
        self._types = types
        self.found = False

    def enter_field(self, _node: FieldNode, *_: Any) -> Any:
        field, parent = self._types.get_field_def(), self._types.get_parent_type()
        if field is None or parent in self._roots:
            return None
        metadata = metadata_of(field)
        if EDGE in metadata:
            self.found |= metadata[EDGE].load in VIEWER_EDGES
        elif COMPUTE not in metadata and (definition := field.extensions.get(DEFINITION)) is not None:
            # A resolver of its own may do anything.
            self.found |= definition.base_resolver is not None
        return None


def depends_on_viewer(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Whether two members of a workspace with the same scopes may see different values in it. Linear."""
    types = TypeInfo(schema)
    fields = _Fields(schema, types)
    visit(document, TypeInfoVisitor(types, fields))
    return fields.found
