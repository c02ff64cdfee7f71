"""What a document selects: whether that depends on who asks, and whether a cursor is part of it."""

from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, visit

from resolvers.kit.operation import VIEWER_EDGES
from resolvers.kit.position import CURSORS
from schema.loading import COMPUTE, EDGE
from schema.selection import DEFINITION, metadata_of


class _Fields(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
        self._types = types
        self.found = False
        self.cursor = False

    def enter_field(self, _node: FieldNode, *_: Any) -> Any:
        field, parent = self._types.get_field_def(), self._types.get_parent_type()
        if field is None or parent in self._roots:
            return None
        metadata = metadata_of(field)
        if EDGE in metadata:
            self.found |= metadata[EDGE].load in VIEWER_EDGES
            self.cursor |= metadata[EDGE].load in CURSORS
        elif COMPUTE not in metadata and (definition := field.extensions.get(DEFINITION)) is not None:
            # A resolver of its own may do anything.
            self.found |= definition.base_resolver is not None
        return None


def depends_on_viewer(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Whether two members of a workspace with the same scopes may see different values in it. Linear."""
    return _fields(schema, document).found


def selects_cursor(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Whether it asks where a stream stands, so that this has to be noted before anything is read. Linear."""
    return _fields(schema, document).cursor


def _fields(schema: GraphQLSchema, document: DocumentNode) -> _Fields:
    types = TypeInfo(schema)
    fields = _Fields(schema, types)
    visit(document, TypeInfoVisitor(types, fields))
    return fields
