"""What every field of the graph is resolved with: the request's context, and what the edge around needs."""

from dataclasses import dataclass
from typing import Any

import strawberry

from resolvers.account.sign_in import SignIn
from resolvers.kit.context import Context


@dataclass(slots=True)
class GraphContext:
    """One request, or one event of a subscription.

    `resume_after` is the `Last-Event-ID` of a reconnecting event stream. `signed_in` is what a sign-in returned, for
    the edge that can set cookies.
    """

    ctx: Context
    resume_after: str | None = None
    signed_in: SignIn | None = None
    signed_out: bool = False

    @classmethod
    def of(cls, ctx: Context, *, resume_after: str | None = None) -> "GraphContext":
        """The context around a request's own."""
        return cls(ctx, resume_after)


Info = strawberry.Info[GraphContext, Any]
