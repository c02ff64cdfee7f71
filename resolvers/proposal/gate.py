"""What an agent may do by itself, what it proposes, and what it may not do: asked of each of its changes, at every
door."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.enums import Verdict
from models.errors import ApprovalRequired, Forbidden, NotFound
from resolvers.kit.call import arguments_of, is_callable
from resolvers.kit.context import Context
from resolvers.kit.gate import verdict_of
from resolvers.kit.operation import GATES, Operation
from resolvers.kit.tool import tool_name
from resolvers.proposal.acting import find_worker
from resolvers.proposal.create import draft, draft_after, propose


async def gate(
    ctx: Context,
    operation: Operation,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    missing: NotFound | None = None,
) -> None:
    """See `resolvers.kit.operation.Gate`."""
    agent_id = ctx.subject.agent_id
    assert agent_id is not None  # noqa: S101  (only agents pass here)
    if missing is not None and ctx.is_decided:
        raise missing
    worker = await find_worker(agent_id)
    arguments = arguments_of(operation, args, kwargs) if is_callable(operation) else {}
    verdict = verdict_of(worker.agent, worker.ceiling, operation, arguments)
    tool = tool_name(operation) or operation.name
    if verdict is Verdict.DENY:
        raise Forbidden(f"{tool} is nothing that this agent may do", kind="TOOL_DENIED")
    if missing is not None and verdict is Verdict.ALLOW:
        raise missing
    if verdict is Verdict.ALLOW or ctx.is_decided:
        return
    if not is_callable(operation):
        raise Forbidden(f"{tool} waits for approval, and cannot be kept for it: a person does it", kind="NOT_KEPT")
    made = await (draft if missing is None else draft_after)(ctx, tool, operation, arguments)
    if made is None:
        assert missing is not None  # noqa: S101  (a draft says what it would change)
        raise missing
    proposed = await propose(ctx, worker.agent["workspace_id"], made, ctx.explanation, ctx.mission_id)
    raise ApprovalRequired(tool, proposed.value)


GATES.append(gate)
