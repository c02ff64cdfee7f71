"""Where the routes of most nouns are, in each dialect."""

import re

ORGANIZATION = "/organizations/{orgSlug}"
WORKSPACES = "/orgs/{orgSlug}/workspaces"
WORKSPACE = WORKSPACES + "/{wsSlug}"
PROJECT = WORKSPACE + "/projects/{projectId}"
MISSION = WORKSPACE + "/missions/{missionId}"
PILOTAGE = WORKSPACE + "/pilotage"
CARD = PROJECT + "/cards/{cardId}"

BOARD = "/api"
B_ORGANIZATION = BOARD + "/organizations/{organizationId}"
B_PROJECT = BOARD + "/projects/{projectId}"
B_CARD = B_PROJECT + "/cards/{cardId}"

ORKOSI = "/orkosi/api"


def in_workspace(template: str) -> str:
    """Where a route of Orkosi's interface is for requests about a workspace that the address names; others stay."""
    return re.sub(f"^{ORKOSI}(?=/)", "/orkosi/w/{orgSlug}/{wsSlug}/api", template)
