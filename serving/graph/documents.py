"""Documents: parsed, measured and validated once per text, and kept as long as they are used."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    specified_rules,
    validate,
)

from execution.cost import Estimate
from execution.limits import Limits
from models.errors import BadUserInput
from models.json import check_text
from serving.failures import formatted
from serving.graph.document_limits import check_written
from serving.graph.graph import Graph, Selects
from serving.graph.resuming import resuming
from serving.graph.reticence import without_suggestion
from serving.transports.protocol import OperationRequest

MAX_KEPT = 1_000
MAX_KEPT_BYTES = 1_000_000
"""Of text; what is made of it takes about a hundred times as much."""
MAX_ERRORS = 10
MAX_COSTS = 16
"""Estimates kept of one document, for different sizes in its variables."""

FIELDS_OF_ANYONE = frozenset(
    {
        "authLogin",
        "authRefresh",
        "authRegister",
        "authVerifyTwoFactor",
        "billingReceive",
        "credentialAuthorizationFinish",
        "emailVerify",
        "health",
        "installation",
        "installationSetup",
        "invitation",
        "invitationRegister",
        "oidcBegin",
        "oidcComplete",
        "passwordReset",
        "passwordResetRequest",
        "plugins",
        "pricing",
    }
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to run, or the errors that refuse it. No execution depends on the variables in `resuming`."""

    document: DocumentNode | None
    errors: list[dict[str, Any]]
    introspects: bool = False
    selects: Selects = field(default_factory=Selects)
    resuming: frozenset[str] = frozenset()
    costs: dict[Any, Estimate] = field(default_factory=dict)

    def cost(
        self, name: str | None, variables: Mapping[str, Any] | None, limits: Limits, schema: GraphQLSchema
    ) -> Estimate:
        """The estimated cost of an operation, kept per sizes asked for; raises GraphQLError over the limit."""
        if self.document is None:
            raise BadUserInput("The document was refused")
        # Only whole numbers can be the size of a list.
        sizes = {key: value for key, value in (variables or {}).items() if isinstance(value, int)}
        key = (name, *sorted(sizes.items()))
        found = self.costs.get(key)
        if found is None:
            found = limits.check_cost(schema, self.document, name, sizes)
            if len(self.costs) >= MAX_COSTS:
                self.costs.clear()
            self.costs[key] = found
        return found

    def variables(self, given: Mapping[str, Any] | None) -> bytes:
        """The variables that an execution depends on."""
        kept = {name: value for name, value in (given or {}).items() if name not in self.resuming}
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=repr)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run; raises BadUserInput where the name picks none, or is needed."""
        if self.document is None:
            raise BadUserInput("The document was refused")
        found = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        if name is None:
            if len(found) != 1:
                raise BadUserInput(
                    "must name the operation to run: the document has several, or none", field="operationName"
                )
            return found[0]
        for definition in found:
            if definition.name is not None and definition.name.value == name:
                return definition
        raise BadUserInput("names no operation of the document", field="operationName")


@dataclass(frozen=True, slots=True)
class GraphOperation:
    """An operation that may run."""

    prepared: Prepared
    node: OperationDefinitionNode
    request: OperationRequest

    @property
    def kind(self) -> OperationType:
        return self.node.operation

    @property
    def is_for_anyone(self) -> bool:
        """Whether it needs no session, so that a stale cookie must not stand in its way."""
        roots = self.node.selection_set.selections
        return all(isinstance(root, FieldNode) and root.name.value in FIELDS_OF_ANYONE for root in roots)

    @property
    def starts_import(self) -> bool:
        """Whether it takes the file of a project, which may be larger than others, and no other file."""
        roots = self.node.selection_set.selections
        return all(isinstance(root, FieldNode) and root.name.value == "projectImportStart" for root in roots)

    @property
    def imports(self) -> bool:
        """Whether it brings a whole project along."""
        roots = self.node.selection_set.selections
        return any(isinstance(root, FieldNode) and root.name.value == "projectImport" for root in roots)


def _subscribes(document: DocumentNode) -> bool:
    operations = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return any(operation.operation is OperationType.SUBSCRIPTION for operation in operations)


def _refused(errors: list[GraphQLError], introspects: bool = False) -> Prepared:
    # As text: the errors themselves hold the document that is not kept.
    return Prepared(None, formatted(errors), introspects)


def _without_suggestions(refused: Prepared) -> Prepared:
    for error in refused.errors:
        error["message"] = without_suggestion(error["message"])
    return refused


class Documents:
    """The least recently used documents go first, bounded by number and by bytes of text."""

    def __init__(self, graph: Graph, limits: Limits, *, hide_suggestions: bool) -> None:
        self._graph = graph
        self._limits = limits
        self._hide_suggestions = hide_suggestions
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._bytes = 0

    def prepare(self, text: str) -> Prepared:
        """A document that may run, or errors that say why not."""
        if (kept := self._kept.get(text)) is not None:
            self._kept.move_to_end(text)
            return kept
        prepared = self._prepare(check_text(text, field="query"))
        self._keep(text, prepared)
        return prepared

    def _prepare(self, text: str) -> Prepared:
        try:
            document = self._limits.parse(text)
            self._limits.check_document(document)
            introspects = check_written(document, self._limits.code)
        except GraphQLError as error:
            return _refused([error])
        except RecursionError:
            return _refused([GraphQLError("The document is nested too deeply.")])
        selects = Selects()
        rules: Any = [*specified_rules, lambda context: self._graph.look(context, selects)]
        schema, hidden = self._graph.schema, self._hide_suggestions
        errors = validate(schema, document, rules, max_errors=MAX_ERRORS, hide_suggestions=hidden)
        if errors:
            refused = _refused(errors, introspects)
            return _without_suggestions(refused) if self._hide_suggestions else refused
        only_resume = resuming(document) if _subscribes(document) else frozenset()
        return Prepared(document, [], introspects, selects, only_resume)

    def _keep(self, text: str, prepared: Prepared) -> None:
        self._kept[text] = prepared
        self._bytes += len(text)
        while len(self._kept) > MAX_KEPT or self._bytes > MAX_KEPT_BYTES:
            forgotten, _ = self._kept.popitem(last=False)
            self._bytes -= len(forgotten)
