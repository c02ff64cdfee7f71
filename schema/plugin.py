"""Plugins: what there is to install, and what a workspace has installed."""

import strawberry
from strawberry.scalars import JSON

import models
from schema.fields import shows
from schema.node import Node


@strawberry.type(description="What is said of a plugin to whoever may install it.")
class PluginManifest:
    key: str = strawberry.field(description="What `pluginInstall` takes as `plugin`.")
    name: str = strawberry.field(description="The name.")
    description: str = strawberry.field(description="What it does.")
    version: str = strawberry.field(description="Its version.")
    settings_schema: JSON = strawberry.field(
        description="A JSON Schema of its settings; what has the format `credential` is the id of a credential."
    )


@shows(models.Plugin, "A plugin that was installed in a workspace: for its admins.")
class Plugin(Node):
    pass


@strawberry.type(description="A tool of another server, in its words.")
class RemoteTool:
    name: str = strawberry.field(description="The name, as `remoteToolCall` takes it.")
    description: str = strawberry.field(description="What its server says that it does.")
    input_schema: JSON = strawberry.field(description="A JSON Schema of its arguments.")


@strawberry.type(description="A server of tools that a workspace has a plugin for.")
class RemoteServer:
    plugin_id: strawberry.ID = strawberry.field(description="The id of the plugin.")
    name: str = strawberry.field(description="What the plugin is called.")
    tools: list[RemoteTool] = strawberry.field(description="Its tools, those that may be called: at most 100.")
    error: str | None = strawberry.field(description="Why its tools cannot be told.")


@shows(models.RemoteCall, "A call of a tool of another server, which is made once.")
class RemoteCall(Node):
    pass
