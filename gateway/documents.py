"""Documents: parsed, measured and validated once per text, and kept as long as they are used."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, validate

from gateway.limits import MAX_BYTES, MAX_TOKENS, DocumentSize
from models.errors import BadUserInput
from models.json import check_text

MAX_KEPT = 1_000
MAX_KEPT_BYTES = 8_000_000
MAX_ERRORS = 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to run, or the errors that refuse it."""

    document: DocumentNode | None
    errors: list[GraphQLError]
    introspects: bool = False

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run; raises BadUserInput where the name picks none, or is needed."""
        if self.document is None:
            raise BadUserInput("The document was refused")
        found = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        if name is None:
            if len(found) != 1:
                raise BadUserInput(
                    "must name the operation to run: the document has several, or none", field="operationName"
                )
            return found[0]
        for one in found:
            if one.name is not None and one.name.value == name:
                return one
        raise BadUserInput("names no operation of the document", field="operationName")


class Documents:
    """The least recently used documents go first, bounded by number and by bytes of text."""

    def __init__(self, schema: GraphQLSchema, *, hide_suggestions: bool) -> None:
        self._schema = schema
        self._hide_suggestions = hide_suggestions
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._bytes = 0

    def prepare(self, text: str) -> Prepared:
        """A document that may run, or errors that say why not."""
        if (kept := self._kept.get(text)) is not None:
            self._kept.move_to_end(text)
            return kept
        if len(check_text(text, field="query").encode()) > MAX_BYTES:
            raise BadUserInput(f"is longer than {MAX_BYTES} bytes", field="query")
        prepared = self._prepare(text)
        self._keep(text, prepared)
        return prepared

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_TOKENS)
            size = DocumentSize(document)
        except GraphQLError as error:
            return Prepared(None, [error])
        except RecursionError:
            return Prepared(None, [GraphQLError("The document is nested too deeply.")])
        errors = validate(self._schema, document, max_errors=MAX_ERRORS, hide_suggestions=self._hide_suggestions)
        return Prepared(None if errors else document, errors, size.introspects)

    def _keep(self, text: str, prepared: Prepared) -> None:
        self._kept[text] = prepared
        self._bytes += len(text)
        while len(self._kept) > MAX_KEPT or self._bytes > MAX_KEPT_BYTES:
            forgotten, _ = self._kept.popitem(last=False)
            self._bytes -= len(forgotten)
