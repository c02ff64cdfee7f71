"""The token that the operator of a gateway gives to clients of MCP in its environment: it reads one workspace, as an
agent of that workspace which is there from the first time that it is used."""

import hmac
from dataclasses import dataclass, field

from bson import ObjectId

from auth.subject import Subject
from models.enums import TokenScope
from models.errors import BadUserInput, NotFound, Unauthenticated
from models.ids import Kind, parse_id
from resolvers.agent.built_in import reader_of
from resolvers.kit.context import Context

MIN_LENGTH = 32
READS = frozenset({TokenScope.PROJECTS_READ, TokenScope.PILOTAGE_READ})


@dataclass(frozen=True, slots=True)
class OperatorToken:
    """The token, and the workspace that it reads."""

    token: str = field(repr=False)
    workspace_id: ObjectId

    def is_of(self, authorization: str) -> bool:
        """Whether a header brings it."""
        scheme, _, sent = authorization.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), self.token.encode())

    async def subject(self, ctx: Context) -> Subject:
        """Who comes with it; `ctx` is a stranger's, of the same request. Raises Unauthenticated where there is no such
        workspace."""
        try:
            agent = await reader_of(ctx, self.workspace_id)
        except NotFound as error:
            raise Unauthenticated("The workspace of this token does not exist") from error
        return Subject(
            user_id=agent["user_id"],
            scopes=READS,
            agent_id=agent["_id"],
            workspace_id=self.workspace_id,
            source=ctx.source,
            calls_a_minute=agent.get("rate_limit"),
        )


def operator_token(token: str, workspace: str | None) -> OperatorToken:
    """What the environment says. Raises ValueError."""
    if workspace is None:
        raise ValueError("needs MCP_TOKEN_WORKSPACE, the id of the workspace that it reads")
    if len(token) < MIN_LENGTH or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError(f"must be at least {MIN_LENGTH} characters of ASCII, without spaces")
    try:
        return OperatorToken(token, parse_id(workspace, Kind.WORKSPACE))
    except BadUserInput as error:
        raise ValueError("needs MCP_TOKEN_WORKSPACE to be the id of a workspace") from error
