"""Inputs of the operations on plugins."""

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models import Plugin
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.json import check_json
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, NotNull, WorkspaceId

MAX_PLUGINS = 20
"""Of one workspace."""
MAX_SETTINGS = 16 * 1024
"""Bytes of JSON."""


def _json(value: Any) -> Any:
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > MAX_SETTINGS:
        raise PydanticCustomError("json", "must have at most 16 KB as JSON")
    return value


Settings = Annotated[dict[str, Any], AfterValidator(_json)]


@fields_of(Plugin, CREATE)
class PluginInstall(Input):
    """A plugin for a workspace."""

    workspace_id: WorkspaceId = Field(description="The workspace that it is to work in.")
    plugin: Annotated[str, Text(1, 100)] = Field(description="The key of its manifest, as `plugins` lists them.")
    settings: Settings = Field(default_factory=dict, description="Its settings, as the manifest's schema says.")


@fields_of(Plugin, UPDATE)
class PluginUpdate(Input):
    """What changes of a plugin."""

    settings: Annotated[Settings | None, NotNull] = Field(None, description="All its settings from now on.")
