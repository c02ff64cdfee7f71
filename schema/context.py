"""What every field of the graph is resolved with: the request's context, its loader, and what the edge around needs."""

from dataclasses import dataclass
from typing import Any

import strawberry

from resolvers.account import SignIn
from resolvers.context import Context
from schema.batching import Loader


@dataclass(slots=True)
class GraphContext:
    """One request, or one event of a subscription.

    `resume_after` is the `Last-Event-ID` of a reconnecting event stream. `signed_in` is what a sign-in returned, for
    the edge that can set cookies.
    """

    ctx: Context
    loader: Loader
    resume_after: str | None = None
    signed_in: SignIn | None = None
    signed_out: bool = False

    @classmethod
    def of(cls, ctx: Context, *, resume_after: str | None = None) -> "GraphContext":
        """A context with a loader of its own."""
        return cls(ctx, Loader(ctx), resume_after)


Info = strawberry.Info[GraphContext, Any]
