"""Which variables of a subscription part its subscribers, and which only say where each of them was."""

from typing import Any

from graphql import ArgumentNode, DocumentNode, OperationDefinitionNode, VariableNode, Visitor, visit

AFTER = "after"


def resuming(document: DocumentNode) -> frozenset[str]:
    """The variables of a document that only say where a stream is resumed: no execution depends on them."""
    uses = _Uses()
    visit(document, uses)
    return frozenset(uses.cursors - uses.others)


class _Uses(Visitor):
    """Which variables are the `after` of a root field, and which are used for anything else."""

    def __init__(self) -> None:
        super().__init__()
        self.cursors: set[str] = set()
        self.others: set[str] = set()

    def enter_variable_definition(self, *_: Any) -> Any:
        return self.SKIP

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, _path: Any, ancestors: Any) -> None:
        # The ancestors of a root field's argument: document, definitions, operation, selection set, selections, field.
        of_root = len(ancestors) > 2 and isinstance(ancestors[2], OperationDefinitionNode) and len(ancestors) <= 9
        if isinstance(parent, ArgumentNode) and parent.name.value == AFTER and of_root:
            self.cursors.add(node.name.value)
        else:
            self.others.add(node.name.value)
