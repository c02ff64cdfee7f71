"""`graph_query`: any part of the graph in one reading, within the limits that hold for every document."""

from functools import partial
from typing import Any

import orjson
from graphql import FieldNode, OperationType, Visitor, visit

from agents.tools.render import render_object
from agents.tools.schema import GoingOn, schema_taking
from agents.tools.tool import Call, Tool
from models.caller import note_asking
from models.errors import BadUserInput, NotFound
from resolvers.kit.input import read_input
from serving.graph.documents import Prepared
from serving.transports.protocol import OperationRefused, OperationRequest

_WHOLE = 'looks at the whole schema: ask for __type(name: "Query") and the types that its fields have'


class GraphQuery(GoingOn):
    """A query of the graph."""

    query: str
    variables: dict[str, Any] | None = None


async def _query(call: Call) -> str:
    asked = read_input(GraphQuery, call.arguments)
    if call.engine is None:
        raise NotFound("Tool")
    note_asking()
    try:
        operation = call.engine.prepare(call.ctx.subject, OperationRequest(asked.query, asked.variables))
        if operation.kind is not OperationType.QUERY:
            raise BadUserInput("must be a query: changes are tools of their own", field="query")
        if _sees_all(operation.prepared):
            raise BadUserInput(_WHOLE, field="query")
        payload = (await call.engine.run(call.ctx.subject, operation)).payload
    except OperationRefused as error:
        raise _refused(error) from error
    return render_object(orjson.dumps(payload).decode(), asked.offset)


def _refused(error: OperationRefused) -> BadUserInput:
    return BadUserInput("; ".join(str(told["message"]) for told in error.errors)[:2_000], field="query")


def _sees_all(prepared: Prepared) -> bool:
    seen = _Looks()
    if prepared.introspects and prepared.document is not None:
        visit(prepared.document, seen)
    return seen.whole


class _Looks(Visitor):
    """Whether a document asks for all of the schema at once."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = False

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.whole |= node.name.value == "__schema"


GRAPH_QUERY = Tool(
    "graph_query",
    "Read any part of the graph in GraphQL: just the fields that you need, nested, with filters. Start at "
    "workspace(orgSlug, slug), project(id), card(id) or node(id); __type(name) tells what a type has.",
    partial(schema_taking, GraphQuery),
    _query,
)
