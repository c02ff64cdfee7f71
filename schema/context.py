"""What every field of the graph is resolved with: the request's context, and what the edge around needs."""

from asyncio import Future
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry
from bson import ObjectId

from execution import Selection
from resolvers.account.sign_in import SignIn
from resolvers.kit.context import Context

Begun = tuple[list[ObjectId], Future[Sequence[Any]]]
"""The parents that an edge is read for, and what it comes to."""


@dataclass(slots=True)
class GraphContext:
    """One request, or one event of a subscription.

    `resume_after` is the `Last-Event-ID` of a reconnecting event stream. `signed_in` is what a sign-in returned, for
    the edge that can set cookies. `begun` holds what is read before it is asked for, by its place in
    the operation (`schema.ahead`).
    """

    ctx: Context
    resume_after: str | None = None
    signed_in: SignIn | None = None
    signed_out: bool = False
    begun: dict[Selection, Begun] = field(default_factory=dict)

    @classmethod
    def of(cls, ctx: Context, *, resume_after: str | None = None) -> "GraphContext":
        """The context around a request's own."""
        return cls(ctx, resume_after)


Info = strawberry.Info[GraphContext, Any]
