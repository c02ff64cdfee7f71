"""Inputs of the operations on scopes."""

from typing import Annotated

from pydantic import Field

from models import Scope
from models.enums import ViewType
from models.facts import CREATE, UPDATE
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Date, Input, ProjectId, ScopeId

MAX_SCOPES = 500


@fields_of(Scope, CREATE)
class ScopeCreate(Input):
    """A new scope."""

    project_id: ProjectId = Field(description="The project that it is part of.")
    start_date: Date | None = Field(None, description="When it starts.")
    end_date: Date | None = Field(None, description="When it ends; not before it starts.")


@fields_of(Scope, UPDATE)
class ScopeUpdate(Input):
    """What changes of a scope.

    Only what is given changes; null clears `description` and the dates.
    """


class ScopeReorder(Input):
    """The scopes of a project in another order."""

    project_id: ProjectId = Field(description="The project that they are part of.")
    ids: Annotated[list[ScopeId], Field(max_length=MAX_SCOPES)] = Field(
        description="All of its scopes, each once, in the order that they are to have."
    )


class ScopeViewSet(Input):
    """The view that a scope opens with.

    The view to show from now on.
    """

    active_view: ViewType = Field(description="The view.")
