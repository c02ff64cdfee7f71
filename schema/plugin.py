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
