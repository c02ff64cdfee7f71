"""Mutations that name an idempotency key, by header or, on a socket, by `extensions.idempotencyKey`."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphql import OperationType, print_ast

from auth.subject import Subject
from execution import dump
from resolvers.kit.idempotency import HEADER, Claim, Reply, check_key, fingerprint, once
from serving.graph.insight import asks
from serving.transports.protocol import OperationRequest

if TYPE_CHECKING:
    from serving.graph.documents import GraphOperation
    from serving.graph.engine import GraphEngine, Outcome

EXTENSION = "idempotencyKey"


@dataclass(frozen=True, slots=True)
class Done:
    """The reply, and what it was made of where it is no earlier one."""

    reply: Reply
    outcome: "Outcome | None"


def key_of(operation: "GraphOperation", header: str) -> str | None:
    """The key of a mutation that runs; raises BadUserInput for one that is malformed."""
    if operation.kind is not OperationType.MUTATION or asks(operation.request.extensions, "cost") == "dryRun":
        return None
    if header:
        return check_key(header)
    key = asks(operation.request.extensions, EXTENSION)
    return None if key is None else check_key(key, f"extensions.{EXTENSION}")


def with_key(request: OperationRequest, header: str) -> OperationRequest:
    """A request that brings the key of its header in its extensions, as a live transport reads it."""
    if not header:
        return request
    return replace(request, extensions={**(request.extensions or {}), EXTENSION: header})


async def run_once(engine: "GraphEngine", subject: Subject, operation: "GraphOperation", key: str) -> Done:
    """Run a mutation, or find the reply that it had; raises Conflict."""
    outcome: Outcome | None = None

    async def run(claim: Claim) -> Reply:
        nonlocal outcome
        outcome = await engine.run(subject, operation, dump, claim)
        return Reply(200 if outcome.ran else 400, outcome.payload, "", failed=bool(outcome.errors))

    request = operation.request
    parts = {"operationName": request.operation_name, "variables": request.variables}
    document = print_ast(operation.prepared.document) if operation.prepared.document else ""
    body = json.dumps(parts, sort_keys=True, default=str).encode()  # orjson takes no integers over 64 bits
    reply = await once(subject, key, fingerprint(b"MUTATION", document.encode(), body), run)
    return Done(reply, outcome)


__all__ = ["HEADER", "Done", "key_of", "run_once"]
