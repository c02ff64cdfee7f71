"""Inputs of the operations on templates of agents."""

from typing import Annotated

from pydantic import Field

from models import AgentTemplate
from models.agent_template import IDENTITY
from models.facts import CREATE, UPDATE
from models.limits import Text
from resolvers.inputs.agent import Interval, Tools
from resolvers.inputs.plugin import Settings
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, NotNull, Order, Prose, WorkspaceId

MAX_TEMPLATES = 200
"""Of one workspace, archived ones too."""

Capabilities = Annotated[list[Annotated[str, Text(1, 200)]], Field(max_length=100)]
Identity = Annotated[str, IDENTITY, Prose]

_TOOLS = "The tools that its agents may use; none for those that agents are given by themselves."
_CAPABILITIES = "What its agents can do, in words; at most 100."
_CONFIG = "What else programs keep with it, at most 16 KB as JSON."
_INTERVAL = "After how many seconds its agents look for work again, 1 to 2,592,000; null for no rhythm."
_IDENTITY = "Who its agents are, as Markdown, at most 20,000 characters."
_ORDER = "Its place among the others, the lowest first."


@fields_of(AgentTemplate, CREATE)
class AgentTemplateCreate(Input):
    """A new template of agents."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    interval_seconds: Interval | None = Field(None, description=_INTERVAL)
    identity: Identity | None = Field(None, description=_IDENTITY)
    tools: Tools = Field(default_factory=list, description=_TOOLS)
    capabilities: Capabilities = Field(default_factory=list, description=_CAPABILITIES)
    config: Settings = Field(default_factory=dict, description=_CONFIG)
    sort_order: Order = Field(0, description=_ORDER)


@fields_of(AgentTemplate, UPDATE)
class AgentTemplateUpdate(Input):
    """What changes of a template of agents."""

    interval_seconds: Interval | None = Field(None, description=_INTERVAL)
    identity: Identity | None = Field(None, description=_IDENTITY)
    tools: Annotated[Tools | None, NotNull] = Field(None, description=_TOOLS)
    capabilities: Annotated[Capabilities | None, NotNull] = Field(None, description=_CAPABILITIES)
    config: Annotated[Settings | None, NotNull] = Field(None, description=_CONFIG)
    sort_order: Annotated[Order | None, NotNull] = Field(None, description=_ORDER)
