"""Applications that a person gave access to."""

import strawberry

import models
from schema.fields import shows


@shows(models.OAuthGrant, "That an application may act for the viewer over MCP. `oauthGrantRevoke` ends it.")
class OAuthGrant:
    id: strawberry.ID = strawberry.field(description="The id.")
