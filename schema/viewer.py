"""What a document selects, found while it is validated."""

from typing import Any

from graphql import FieldNode, ValidationContext, ValidationRule

from resolvers.kit.operation import VIEWER_EDGES
from resolvers.kit.position import CURSORS
from schema.loading import COMPUTE, EDGE
from schema.selection import DEFINITION, metadata_of
from serving.graph.graph import Selects


class Look(ValidationRule):
    """Refuses nothing, and tells in `found` what it has seen."""

    def __init__(self, context: ValidationContext, found: Selects) -> None:
        super().__init__(context)
        schema = context.schema
        self._roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
        self._found = found

    def enter_field(self, _node: FieldNode, *_: Any) -> None:
        field, parent = self.context.get_field_def(), self.context.get_parent_type()
        if field is None or parent in self._roots:
            return
        metadata = metadata_of(field)
        if EDGE in metadata:
            self._found.by_viewer |= metadata[EDGE].load in VIEWER_EDGES
            self._found.cursor |= metadata[EDGE].load in CURSORS
        elif COMPUTE not in metadata and (definition := field.extensions.get(DEFINITION)) is not None:
            # A resolver of its own may do anything.
            self._found.by_viewer |= definition.base_resolver is not None
