"""Inputs of the operations on plugins."""

from typing import Annotated, Any

import orjson
from bson import ObjectId
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models import Plugin
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.ids import Kind
from models.json import check_json
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Flag, IdOf, Input, NotNull, Prose, WorkspaceId

MAX_PLUGINS = 20
"""Of one workspace."""
MAX_SETTINGS = 16 * 1024
"""Bytes of JSON, of settings and of the arguments of a remote tool."""


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


class RemoteToolCall(Input):
    """A call of a tool of another server.

    People approve each call that an agent asks for.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that the plugin is installed in.")
    plugin_id: Annotated[ObjectId, IdOf(Kind.PLUGIN)] = Field(description="The plugin that names the server.")
    tool: Annotated[str, Text(1, 200)] = Field(description="The tool, as its server calls it.")
    arguments: Settings = Field(default_factory=dict, description="Its arguments, as its server's schema says.")


class RemoteCallSettle(Input):
    """What became of a call, as somebody has found out."""

    done: Flag = Field(description="Whether it was carried out.")
    note: Annotated[str, Text(1, 2_000, strip=False), Prose] = Field(
        description="What came of it, 1 to 2,000 characters."
    )


@fields_of(Plugin, UPDATE)
class PluginUpdate(Input):
    """What changes of a plugin."""

    settings: Annotated[Settings | None, NotNull] = Field(None, description="All its settings from now on.")
