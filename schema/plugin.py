"""Plugins: what there is to install, and what a workspace has installed."""

import strawberry
from strawberry.scalars import JSON

import models
from resolvers.plugin.plugin import plugins_of
from resolvers.plugin.remote import remote_calls_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import WorkspaceRef


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


@extends(WorkspaceRef, after="project_drafts")
class OfWorkspace:
    plugins: list[Plugin] = edge(plugins_of, description="The plugins that it has, oldest first: for its admins.")


@extends(WorkspaceRef, after="pipelines")
class CallsOfWorkspace:
    remote_calls: Connection[RemoteCall] = edge(
        remote_calls_of, arguments=window, description="The calls of tools of other servers, newest first."
    )
