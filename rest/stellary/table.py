"""Every route of the interface, in the order in which the document shows them."""

from rest.routing import Route
from rest.stellary import (
    agents,
    api_tokens,
    auth,
    cards,
    checklist,
    columns,
    comments,
    invitations,
    labels,
    missions,
    notifications,
    organizations,
    projects,
    scopes,
    transfer,
    workspaces,
)

TAGS = {
    "Account": "Registering, signing in and out, profile and password.",
    "API tokens": "Personal access tokens, managed by the signed-in person.",
    "Notifications": "What happened in the caller's projects.",
    "Organizations": "The top of the tenancy.",
    "Organization members": "Who belongs to an organization, and with which role.",
    "Workspaces": "The tenants of projects, agents and missions.",
    "Workspace members": "Who belongs to a workspace, and with which roles.",
    "Invitations": "Asking people into a workspace by mail, and what their link opens.",
    "Projects": "Projects of a workspace.",
    "Import and export": "Whole projects, all or nothing.",
    "Project members": "Who is notified of a project and can be assigned its cards.",
    "Scopes": "Work packages of a project, with boards and views of their own.",
    "Columns": "The stages of a board.",
    "Cards": "The work items.",
    "Checklists": "The steps of a card.",
    "Comments": "What people and agents say on a card.",
    "Labels": "Coloured tags of a project's cards.",
    "Agents": "Service users of a workspace that carry out missions.",
    "Missions": "Read and cancelled by people, driven with the agent's own token.",
}

_PARTS = (
    auth.routes,
    api_tokens.routes,
    notifications.routes,
    organizations.routes,
    organizations.members,
    workspaces.routes,
    workspaces.members,
    invitations.routes,
    invitations.links,
    projects.routes,
    transfer.routes,
    projects.members,
    scopes.routes,
    columns.routes,
    cards.routes,
    checklist.routes,
    comments.routes,
    labels.routes,
    labels.on_cards,
    agents.routes,
    missions.routes,
)

TABLE: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.table)
