"""Inputs of the operations on discovery engines."""

from typing import Annotated

from pydantic import Field

from models import DiscoveryEngine
from models.discovery_engine import DAY
from models.facts import CREATE, UPDATE
from models.limits import NAME
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, NotNull, Slug, WorkspaceId

MAX_ENGINES = 100
"""Of one workspace."""
SHORTEST = 60
LONGEST = 30 * DAY

Every = Annotated[int, Field(strict=True, ge=SHORTEST, le=LONGEST)]

_SLUG = "What it is called by, 2 to 60 characters; by default it follows from the name."
_EVERY = f"How many seconds there are between two runs, {SHORTEST} to {LONGEST:,}."
_MODEL = "The model that its agent works with, by its name; null for the default."


@fields_of(DiscoveryEngine, CREATE)
class DiscoveryEngineCreate(Input):
    """A new discovery engine, with an agent of its own."""

    workspace_id: WorkspaceId = Field(description="The workspace that it looks for work in.")
    slug: Slug | None = Field(None, description=_SLUG)
    every_seconds: Every = Field(DAY, description=f"{_EVERY.removesuffix('.')}; {DAY:,} by default.")
    model: Annotated[str, NAME] | None = Field(None, description=_MODEL)


@fields_of(DiscoveryEngine, UPDATE)
class DiscoveryEngineUpdate(Input):
    """What changes of a discovery engine."""

    every_seconds: Annotated[Every | None, NotNull] = Field(None, description=_EVERY)
    model: Annotated[str, NAME] | None = Field(None, description=_MODEL)
