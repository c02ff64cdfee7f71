"""The levels of the path, written once."""

ORGANIZATIONS = "/organizations"
ORGANIZATION = ORGANIZATIONS + "/{orgSlug}"
WORKSPACES = "/orgs/{orgSlug}/workspaces"
WORKSPACE = WORKSPACES + "/{wsSlug}"
PROJECTS = WORKSPACE + "/projects"
PROJECT = PROJECTS + "/{projectId}"
CARD = PROJECT + "/cards/{cardId}"
